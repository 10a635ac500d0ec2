"""Health for probes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agentscope.inbox.models import Inbox

pytestmark = pytest.mark.django_db


def test_live_says_nothing_of_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz/live").json() == {"status": "live"}


def test_ready_when_all_is_well(client):
    assert client.get("/healthz/ready").json() == {"status": "ready", "problems": []}


def test_red_when_the_oldest_request_waits_too_long(client):
    row = Inbox.objects.create(project_id=1, signal="traces", content_type="", body=b"")
    assert client.get("/healthz/ready").status_code == 200
    Inbox.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(minutes=6))
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert "inbox" in answer.json()["problems"][0]


def test_status_counts_what_waits(client, stored):
    Inbox.objects.create(project_id=1, signal="traces", content_type="", body=b"")
    body = client.get("/api/v1/system/status").json()
    assert body["inbox_rows"] == 1
    assert body["traces_due"] == 1
    assert body["oldest_inbox_seconds"] >= 0
    assert set(body["versions"]) == {"agentscope", "python", "django", "postgres"}
