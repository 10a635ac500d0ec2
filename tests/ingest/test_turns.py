"""Several large bodies at once must not need the memory of all of them."""

import gzip

import pytest

from agentscope.inbox.models import Inbox
from ingest import turns
from ingest.limits import LARGE
from ingest.turns import Busy, Turn
from tests.ingest.conftest import Post
from tests.kit.otlp import PROTOBUF, a_span, encode, traces

LARGE_BODY = encode(traces(a_span(name="n" * LARGE)), PROTOBUF)


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.01)


def test_one_has_its_turn_at_a_time() -> None:
    with Turn() as first, Turn() as second:
        first.take()
        first.take()
        with pytest.raises(Busy):
            second.take()
    with Turn() as third:
        third.take()


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_large_body_waits_its_turn_and_is_asked_to_come_again(post: Post, encoding: str) -> None:
    body = gzip.compress(LARGE_BODY, 1) if encoding else LARGE_BODY
    with Turn() as other:
        other.take()
        response = post(body, content_encoding=encoding)
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert post(encode(traces(a_span()), PROTOBUF)).status_code == 200
    assert post(body, content_encoding=encoding).status_code == 200
    assert Inbox.objects.count() == 2


def test_a_refused_large_body_gives_its_turn_back(post: Post) -> None:
    assert post(b"\xff" * (LARGE + 1)).status_code == 400
    assert post(LARGE_BODY).status_code == 200
