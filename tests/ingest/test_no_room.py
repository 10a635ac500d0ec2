"""What is sent while the disk is nearly full is not taken, and all else goes on."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from agentscope.inbox.models import Inbox, Refusal
from agentscope.retention.disk import ROOM, Disk
from tests.ingest.conftest import Post
from tests.kit.otlp import PROTOBUF, a_span, encode, traces

pytestmark = pytest.mark.django_db
BODY = encode(traces(a_span()), PROTOBUF)
Free = Callable[[int], None]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Free:
    """Sets what is free."""
    settings.AGENTSCOPE_MIN_FREE_BYTES = 1 << 30
    monkeypatch.setattr(ROOM, "is_full", False)
    monkeypatch.setattr(ROOM, "until", 0.0)

    def of(number: int) -> None:
        monkeypatch.setattr(ROOM, "read", lambda: Disk(number, 1 << 40))
        monkeypatch.setattr(ROOM, "until", float("-inf"))

    return of


def test_senders_are_told_to_try_again(post: Post, free: Free) -> None:
    free(1 << 29)
    answer = post(BODY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert b"The disk is nearly full" in answer.content
    assert not Inbox.objects.exists()
    assert Refusal.objects.get().reason == "no room on the disk"
    free(1 << 31)
    assert post(BODY).status_code == 200


def test_pages_go_on_and_say_so(post: Post, free: Free) -> None:
    assert post(BODY).status_code == 200
    free(1 << 29)
    client = Client(headers={"host": "localhost"})
    assert client.get("/p/default/traces/").status_code == 200
    assert "The disk is nearly full" in client.get("/p/default/problems/").content.decode()
    status = client.get("/api/v1/system/status").json()
    assert status["not_taken"].startswith("The disk is nearly full")
    assert client.get("/healthz/ready").json()["warnings"] == [status["not_taken"]]
    free(1 << 31)
    assert "nearly full" not in client.get("/p/default/problems/").content.decode()
