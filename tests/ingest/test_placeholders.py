"""Placeholders of spans, as Logfire sends them, and the spans that they announce."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

from agentscope.traces.models import Span
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Flag, WireSpan
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF, SPAN_ID, START, a_span, encode, pair, traces

GRANDPARENT = bytes(range(11, 19))


def placeholder(parent: str, **fields) -> Sent:
    """What Logfire sends when the span SPAN_ID begins."""
    said = [
        pair("logfire.span_type", string_value="pending_span"),
        pair("logfire.pending_parent_id", string_value=parent),
    ]
    given = {"span_id": b"other id", "parent_span_id": SPAN_ID, "end_time_unix_nano": START}
    return a_span(attributes=said, **(given | fields))


def read(*sent: Sent) -> list[WireSpan]:
    return decode_traces(encode(traces(*sent), PROTOBUF), PROTOBUF).items


def test_a_placeholder_is_the_span_that_it_announces_still_running() -> None:
    (found,) = read(placeholder(GRANDPARENT.hex()))
    assert (found.span_id, found.parent_id) == (SPAN_ID, GRANDPARENT)
    assert (found.start_ns, found.end_ns) == (START, 0)
    assert found.flags & Flag.NOT_ENDED


def test_of_a_root() -> None:
    (found,) = read(placeholder("0" * 16))
    assert (found.span_id, found.parent_id) == (SPAN_ID, b"")


def test_under_the_id_of_the_span_itself() -> None:
    (found,) = read(placeholder(GRANDPARENT.hex(), span_id=SPAN_ID, parent_span_id=GRANDPARENT))
    assert (found.span_id, found.parent_id, found.end_ns) == (SPAN_ID, GRANDPARENT, 0)


@pytest.mark.parametrize("parent", ["", "nobody knows", "xyzxyzxyzxyzxyzx", "00"])
def test_one_that_does_not_say_where_it_belongs_stays_what_it_is(parent: str) -> None:
    (found,) = read(placeholder(parent))
    assert (found.span_id, found.parent_id, found.end_ns) == (b"other id", SPAN_ID, START)


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_span_replaces_its_placeholder_in_whatever_order_they_come(order) -> None:
    sent = [placeholder(GRANDPARENT.hex()), a_span(parent_span_id=GRANDPARENT)]
    for at in order:
        save_spans(1, [(span, understand(span)) for span in read(sent[at])])
    span = Span.objects.get()
    assert (span.end_ns, span.flags & Flag.NOT_ENDED, span.flags & Flag.CONFLICT) == (
        *(START + 10**9, 0),
        0,
    )
