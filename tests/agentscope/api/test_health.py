"""Health for probes, and the numbers behind it."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from agentscope.api import health
from agentscope.inbox.models import DeadLetter, Inbox

pytestmark = pytest.mark.django_db
REQUEST = {"project_id": 1, "signal": "traces", "content_type": "", "body": b""}


@pytest.fixture(autouse=True)
def _no_broker(settings):
    settings.BROKER_URL = ""


def test_live_says_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz/live").json() == {"status": "live"}


def test_ready_when_all_is_well(client):
    well = {"status": "ready", "problems": [], "warnings": [], "broker": "not configured"}
    assert client.get("/healthz/ready").json() == well


def test_red_when_the_oldest_request_waits_too_long(client):
    row = Inbox.objects.create(**REQUEST)
    assert client.get("/healthz/ready").status_code == 200
    Inbox.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(minutes=6))
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert "inbox" not in str(answer.json()["broker"])
    assert "no worker drains the inbox" in answer.json()["problems"][0]


def test_red_when_the_database_is_away(client):
    def away(*_args):
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        answer = client.get("/healthz/ready")
        assert client.get("/healthz/live").status_code == 200
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The database does not answer."]


def test_red_when_the_database_is_older_than_the_code(client, monkeypatch):
    monkeypatch.setattr(health, "unapplied_migrations", lambda: True)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert "migrate" in answer.json()["problems"][0]


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//", "nonsense:"])
def test_a_broker_that_is_away_is_told_and_no_reason_to_be_red(client, settings, address):
    settings.BROKER_URL = address
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json()["broker"] == "away"


def test_status_counts_what_waits(client, stored):
    Inbox.objects.create(**REQUEST)
    DeadLetter.objects.create(**REQUEST, received_at=timezone.now(), error="odd")
    body = client.get("/api/v1/system/status").json()
    assert (body["inbox_rows"], body["dead_letters"], body["traces_due"]) == (1, 1, 1)
    assert body["oldest_inbox_seconds"] >= 0
    assert body["oldest_due_seconds"] >= 0
    assert set(body["versions"]) == {"agentscope", "python", "django", "postgres"}
    assert body["versions"]["postgres"].startswith("18.")


def test_status_of_nothing_to_do(client, shop):
    body = client.get("/api/v1/system/status").json()
    assert (body["inbox_rows"], body["oldest_inbox_seconds"], body["oldest_due_seconds"]) == (
        0,
        None,
        None,
    )
