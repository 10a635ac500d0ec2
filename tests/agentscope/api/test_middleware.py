"""Answers that no view gives: foreign names, probes, other people's web pages."""

import pytest
from django.db import OperationalError, connection

pytestmark = pytest.mark.django_db
HERE, THERE = "https://app.example", "https://evil.example"
TRACES = "/api/v1/traces"


@pytest.fixture(autouse=True)
def _reachable(settings, shop):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    settings.AGENTSCOPE_CORS_ORIGINS = [HERE]


@pytest.mark.parametrize(
    "path", [TRACES, f"{TRACES}/{'1' * 32}/otlp", "/api/v1/system/status", "/api/schema/"]
)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:4318", "a b"])
def test_a_page_that_rebinds_its_name_reads_nothing(client, path, host):
    answer = client.get(path, headers={"host": host})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 400
    assert "AGENTSCOPE_ALLOWED_HOSTS" in answer.json()["error"]["hint"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:4318", "[::1]:4318"])
def test_loopback_names_are_ours(client, host):
    assert client.get(TRACES, headers={"host": host}).status_code == 200


@pytest.mark.parametrize("probe", ["live", "ready"])
def test_probes_call_by_any_name_without_a_key(client, settings, probe):
    settings.AGENTSCOPE_EMBEDDED = False
    answer = client.get(f"/healthz/{probe}", headers={"host": "10.1.2.3:8000"})
    assert answer.status_code == 200, answer.content
    assert client.post(f"/healthz/{probe}").status_code == 405
    assert client.get("/healthz/other", headers={"host": "localhost"}).status_code == 404


def test_only_configured_origins_may_read(client):
    def allowed(origin):
        return client.get(TRACES, headers={"host": "localhost", "origin": origin}).headers

    assert allowed(HERE)["Access-Control-Allow-Origin"] == HERE
    assert "Access-Control-Allow-Origin" not in allowed(THERE)
    assert "Access-Control-Allow-Credentials" not in allowed(HERE)
    assert "Origin" in allowed(THERE)["Vary"]


def test_a_preflight_allows_reading_and_nothing_else(client):
    asked = {"origin": HERE, "host": "localhost", "access-control-request-method": "DELETE"}
    answer = client.options(TRACES, headers=asked)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "x-agentscope-project" in answer["Access-Control-Allow-Headers"]


def test_answers_are_neither_kept_by_caches_nor_run_by_browsers(client):
    answer = client.get(TRACES, headers={"host": "localhost"})
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_lost_database_is_503_and_says_so(client):
    def away(*_args):
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        answer = client.get(TRACES, headers={"host": "localhost"})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "database" in answer.json()["error"]["message"]


def test_a_mistake_of_ours_is_told_in_json_without_details(client, monkeypatch):
    def mistaken(*_args):
        raise RuntimeError("secret")

    monkeypatch.setattr("agentscope.api.traces.traces", mistaken)
    client.raise_request_exception = False
    answer = client.get(TRACES, headers={"host": "localhost"})
    assert answer.status_code == 500
    assert answer.json() == {"error": {"code": 500, "message": "Internal Server Error", "hint": ""}}
