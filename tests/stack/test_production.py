"""The same code in the shape of production: separate Postgres and Redis, keys required."""

import json
import urllib.error
import urllib.request
from http import HTTPStatus

import psycopg
import pytest

from tests.kit.postgres import ROOT
from tests.kit.production import production
from tests.kit.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 900  # seconds
CASE = ROOT / "tests" / "wire" / "langgraph-openinference"
TRUTH = json.loads((CASE / "case.json").read_text())


@pytest.fixture(scope="module")
def servers():
    with production() as running:
        yield running


@pytest.fixture(scope="module")
def keys(servers):
    """The ingest key and the read key of one project, made as an operator makes them."""
    servers.manage("create_project", "shop")
    return [
        servers.manage("create_key", "shop", "--scope", scope).strip()
        for scope in ("ingest", "read")
    ]


def request(servers, path, key="", body=None):
    """Status and decoded JSON of a request with a key, or without one."""
    headers = {"content-type": "application/x-protobuf", "accept": "application/json"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    asked = urllib.request.Request(f"{servers.http_url}{path}", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, json.loads(answer.read()) if body is None else {}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}


def test_every_process_runs(servers):
    assert {name: child.exit_code() for name, child in servers.children.items()} == dict.fromkeys(
        servers.children
    )
    assert request(servers, "/healthz/ready")[0] == HTTPStatus.OK


def test_without_a_key_nothing_goes_in_or_out(servers):
    assert request(servers, "/v1/traces", body=b"")[0] == HTTPStatus.UNAUTHORIZED
    assert request(servers, "/api/v1/traces")[0] == HTTPStatus.UNAUTHORIZED


def test_not_even_the_servers_may_change_the_ledger(servers, keys):
    with psycopg.connect(servers.settings["DATABASE_URL"], autocommit=True) as connection:
        assert connection.execute("select count(*) > 0 from ledger_entry").fetchone() == (True,)
        for change in ("update ledger_entry set position = 7", "delete from ledger_entry"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set session_replication_role = replica")


def test_a_trace_goes_all_the_way(servers, keys):
    ingest, read = keys
    for body in sorted(CASE.glob("*.traces.pb")):
        assert request(servers, "/v1/traces", ingest, body.read_bytes())[0] == HTTPStatus.OK

    def traces():
        return request(servers, "/api/v1/traces", read)[1]["traces"]

    wait_until(
        lambda: sum(trace["spans"] for trace in traces()) == TRUTH["observed"]["spans_distinct"],
        PATIENCE,
    )


def test_a_key_does_only_what_it_is_for(servers, keys):
    ingest, read = keys
    assert request(servers, "/v1/traces", read, b"")[0] == HTTPStatus.FORBIDDEN
    assert request(servers, "/api/v1/traces", ingest)[0] == HTTPStatus.FORBIDDEN


def test_a_worker_that_is_killed_loses_nothing(servers, keys):
    ingest, read = keys
    servers.kill("worker")
    body = min(CASE.glob("*.traces.pb")).read_bytes()
    assert request(servers, "/v1/traces", ingest, body)[0] == HTTPStatus.OK
    servers.children["worker"].start()
    wait_until(lambda: status(servers, read)["inbox_rows"] == 0, PATIENCE)


def test_without_redis_the_worker_lives_and_works(servers, keys):
    ingest, read = keys
    servers.redis.stop()
    body = min(CASE.glob("*.traces.pb")).read_bytes()
    assert request(servers, "/v1/traces", ingest, body)[0] == HTTPStatus.OK
    wait_until(lambda: status(servers, read)["inbox_rows"] == 0, PATIENCE)
    servers.redis.start()
    wait_until(lambda: request(servers, "/healthz/ready")[1]["broker"] == "reachable", PATIENCE)
    assert servers.children["worker"].exit_code() is None


def status(servers, key):
    return request(servers, "/api/v1/system/status", key)[1]
