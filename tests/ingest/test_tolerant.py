"""Row 65: what a strict protobuf parser refuses as a whole is repaired span by span."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.vocabulary import Flag
from ingest.otlp import Undecodable, decode_logs, decode_traces
from ingest.values import MAX_DEPTH
from ingest.wire_format import length_delimited
from tests.kit.otlp import (
    JSON,
    PROTOBUF,
    TRACE_ID,
    a_span,
    logs,
    one_span_json,
    pair,
    spans,
    traces,
)

BAD_TEXT = b"caf\xff\xfe"
MARKER = "MARK!"  # as long as BAD_TEXT, so that lengths stay true


def spoil(body: bytes) -> bytes:
    assert MARKER.encode() in body
    return body.replace(MARKER.encode(), BAD_TEXT)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": MARKER},
        {"attributes": [pair("a", string_value=MARKER)]},
        {"attributes": [pair(MARKER, string_value="a")]},
        {"events": [Span.Event(name=MARKER)]},
        {"links": [Span.Link(trace_state=MARKER)]},
    ],
)
def test_row_65_bad_text_is_replaced_and_only_its_span_is_marked(fields: dict[str, object]) -> None:
    before, after = a_span(name="before"), a_span(name="after")
    body = spoil(traces(before, a_span(**fields), after).SerializeToString())
    decoded = decode_traces(body, PROTOBUF)
    assert [span.flags for span in decoded.items] == [Flag(0), Flag.SANITISED, Flag(0)]
    assert decoded.items[0].raw == before.SerializeToString()
    assert "caf\ufffd\ufffd".encode() in decoded.items[1].raw
    assert decoded.notes == ["Text that is not UTF-8 was replaced."]


def test_row_65_bad_text_in_a_resource_costs_nothing() -> None:
    request = traces(a_span(), a_span())
    request.resource_spans[0].resource.attributes.append(pair("host", string_value=MARKER))
    decoded = decode_traces(spoil(request.SerializeToString()), PROTOBUF)
    assert [span.scope.resource for span in decoded.items] == [{"host": "caf\ufffd\ufffd"}] * 2


def test_row_65_bad_text_in_a_log_record_is_replaced() -> None:
    record = LogRecord(trace_id=TRACE_ID, attributes=[pair("a", string_value=MARKER)])
    (log,) = decode_logs(spoil(logs(record).SerializeToString()), PROTOBUF).items
    assert log.attributes == {"a": "caf\ufffd\ufffd"}


@pytest.mark.parametrize("levels", [MAX_DEPTH, MAX_DEPTH + 1, 60, 200])
def test_row_49_nested_protobuf_is_kept_to_a_depth(levels: int) -> None:
    decoded = decode_traces(deep_body(levels), PROTOBUF)
    odd, sound = decoded.items
    assert sound.raw == a_span().SerializeToString()
    assert odd.flags == (Flag.SANITISED if levels > MAX_DEPTH else Flag(0))
    value = odd.attributes["a"]
    for _ in range(MAX_DEPTH):
        value = value[0]
    assert value == "deep" if levels == MAX_DEPTH else b"deep" in value


def deep_body(levels: int) -> bytes:
    """Two spans, the first with an attribute that the protobuf library would refuse to write."""
    value = length_delimited(1, b"deep")
    for _ in range(levels):
        value = length_delimited(5, length_delimited(1, value))
    attribute = length_delimited(1, b"a") + length_delimited(2, value)
    span = a_span().SerializeToString()
    scope = length_delimited(2, span + length_delimited(9, attribute)) + length_delimited(2, span)
    return length_delimited(1, length_delimited(2, scope))


def test_row_49_maps_take_three_messages_a_level_and_still_fit_everywhere() -> None:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(MAX_DEPTH + 5):
        value = {"kvlistValue": {"values": [{"key": "k", "value": value}]}}
    event = {"name": "e", "attributes": [{"key": "a", "value": value}]}
    body = json.dumps(one_span_json(events=[event])).encode()
    (span,) = decode_traces(body, JSON).items
    again = decode_traces(traces(Span.FromString(span.raw)).SerializeToString(), PROTOBUF)
    assert again.items[0].events == span.events
    assert span.flags == Flag.SANITISED


@pytest.mark.parametrize("broken", [b"\x0a\x7f", b"\x0e", b"\xff" * 11, b"\x00\x01"])
def test_a_span_that_cannot_be_read_is_rejected_alone(broken: bytes) -> None:
    good = [span.SerializeToString() for span in spans(3)]
    scope = b"".join(length_delimited(2, item) for item in [good[0], broken, *good[1:]])
    decoded = decode_traces(length_delimited(1, length_delimited(2, scope)), PROTOBUF)
    assert [span.raw for span in decoded.items] == good
    assert len(decoded.rejected) == 1
    assert decoded.rejected[0].startswith("Span is not readable")


@pytest.mark.parametrize("body", [b"\x0a\x05abc", b"hello", b"\xff" * 20, b'{"resourceSpans":[]}'])
def test_row_26_what_is_no_request_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable, match="not an ExportTraceServiceRequest"):
        decode_traces(body, PROTOBUF)


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_span_costs_another(poison: list[bytes]) -> None:
    good = a_span().SerializeToString()
    items = [part for bad in poison for part in (good, bad)] + [good]
    scope = b"".join(length_delimited(2, item) for item in items)
    decoded = decode_traces(length_delimited(1, length_delimited(2, scope)), PROTOBUF)
    assert [span.raw for span in decoded.items].count(good) >= len(poison) + 1
    assert len(decoded.items) + len(decoded.rejected) == len(items)
