"""A small body must not become large objects: neither here nor in the worker."""

import gzip
import tracemalloc

import pytest

from agentscope.inbox.models import Inbox
from ingest.bounds import MOST_ITEMS, SMALL, check_json, check_protobuf, short_fields
from ingest.check import check_logs, check_metrics, check_traces
from ingest.refused import TooLarge, Undecodable
from ingest.wire_format import length_delimited
from tests.ingest.conftest import Post
from tests.kit.otlp import JSON, PROTOBUF, a_span, encode, pair, spans, traces

MANY = 4_500_000
EMPTY_SPAN, EMPTY_ATTRIBUTE, EMPTY_LINK = b"\x12\x00", b"\x4a\x00", b"\x6a\x00"


def scope_of(content: bytes) -> bytes:
    """A request whose only scope has this content."""
    return length_delimited(1, length_delimited(2, content))


@pytest.mark.parametrize("check", [check_traces, check_logs, check_metrics])
def test_many_items_of_no_content_are_refused_by_number(check) -> None:
    with pytest.raises(TooLarge, match="more than 250,000 spans or records"):
        check(scope_of(EMPTY_SPAN * 3_000_000), PROTOBUF)


@pytest.mark.parametrize("part", [EMPTY_ATTRIBUTE, EMPTY_LINK])
def test_one_span_of_many_empty_parts_is_refused(part: bytes) -> None:
    with pytest.raises(TooLarge, match="MiB of memory for its many small parts"):
        check_traces(scope_of(length_delimited(2, part * MANY)), PROTOBUF)


@pytest.mark.parametrize(
    "inside", [b'"spans":[%s]', b'"spans":[{"attributes":[%s]}]', b'"unknown":[%s]']
)
def test_json_of_many_empty_objects_is_refused(inside: bytes) -> None:
    body = (
        b'{"resourceSpans":[{"scopeSpans":[{' + inside % b",".join([b"{}"] * 2_000_000) + b"}]}]}"
    )
    with pytest.raises(TooLarge, match="MiB of memory"):
        check_traces(body, JSON)


def test_json_with_too_many_spans_is_refused() -> None:
    spans = b",".join([b"{}"] * (MOST_ITEMS + 1))
    body = b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + spans + b"]}]}]}"
    assert len(body) < SMALL
    with pytest.raises(TooLarge, match="more than 250,000 spans or records"):
        check_traces(body, JSON)


def test_refusing_takes_little_memory() -> None:
    body = scope_of(length_delimited(2, EMPTY_LINK * MANY))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        check_protobuf(body)
    assert tracemalloc.get_traced_memory()[1] < 10 * SMALL
    tracemalloc.stop()


@pytest.mark.parametrize("encoding", [PROTOBUF, JSON])
def test_a_large_request_of_usual_spans_is_taken(encoding: str) -> None:
    attributes = [pair("gen_ai.request.model", string_value="gpt-4o"), pair("n", int_value=7)] * 10
    some = [a_span(span_id=span.span_id, attributes=attributes) for span in spans(3000)]
    body = encode(traces(*some), encoding)
    assert len(body) > SMALL
    assert check_traces(body, encoding).kept == 3000


def test_a_large_text_is_taken_whatever_it_says() -> None:
    text = '{"a": [1, 2]}\n\t"quoted"\n' * 100_000
    assert short_fields(text.encode()) < 200_000
    check_protobuf(encode(traces(a_span(name=text)), PROTOBUF))
    check_json(encode(traces(a_span(name=text)), JSON))


def test_a_bomb_of_empty_spans_is_answered_with_413(post: Post) -> None:
    bomb = gzip.compress(scope_of(EMPTY_SPAN * 3_000_000))
    assert len(bomb) < 10_000
    assert post(bomb, content_encoding="gzip").status_code == 413
    assert not Inbox.objects.exists()


def test_mending_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.tolerant.MOST_REPAIRED", 1000)
    damaged = length_delimited(5, b"\xff") + EMPTY_ATTRIBUTE * 2000
    with pytest.raises(Undecodable, match="smaller batches"):
        check_traces(scope_of(length_delimited(2, damaged)), PROTOBUF)
