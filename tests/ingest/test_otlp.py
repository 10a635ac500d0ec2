"""Rows 50 to 75 of the checklist: spans, resources and values, in both encodings."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from agentscope.vocabulary import Flag, WireSpan
from ingest.otlp import Decoded, decode_logs, decode_traces
from tests.kit.otlp import (
    JSON,
    PROTOBUF,
    SPAN_ID,
    START,
    TRACE_ID,
    a_span,
    encode,
    logs,
    pair,
    traces,
)

Decode = Callable[[ExportTraceServiceRequest], Decoded[WireSpan]]
YEAR = 365 * 86400 * 10**9


@pytest.fixture(params=[PROTOBUF, JSON])
def decode(request: pytest.FixtureRequest) -> Decode:
    return lambda sent: decode_traces(encode(sent, request.param), request.param)


@pytest.fixture
def read(decode: Decode) -> Callable[..., WireSpan]:
    """What becomes of a span with these fields."""

    def of(**fields: Any) -> WireSpan:
        (item,) = decode(traces(a_span(**fields))).items
        return item

    return of


Read = Callable[..., WireSpan]


@pytest.mark.parametrize("trace_id", [b"", bytes(16), b"short", b"x" * 17, b"x" * 100])
def test_row_50_a_span_without_a_trace_id_is_rejected_alone(
    decode: Decode, trace_id: bytes
) -> None:
    decoded = decode(traces(a_span(trace_id=trace_id), a_span()))
    assert len(decoded.items) == len(decoded.rejected) == 1
    assert decoded.rejected[0].startswith("trace id ")


@pytest.mark.parametrize("span_id", [b"", bytes(8), b"short", b"x" * 16])
def test_row_50_a_span_without_a_span_id_is_rejected_alone(decode: Decode, span_id: bytes) -> None:
    decoded = decode(traces(a_span(span_id=span_id), a_span()))
    assert len(decoded.items) == len(decoded.rejected) == 1
    assert decoded.rejected[0].startswith("span id ")


@pytest.mark.parametrize("parent", [b"", bytes(8)])
def test_row_51_no_parent_or_an_all_zero_one_is_a_root(read: Read, parent: bytes) -> None:
    span = read(parent_span_id=parent)
    assert (span.parent_id, span.flags) == (b"", Flag(0))


@pytest.mark.parametrize("parent", [b"short", b"x" * 16])
def test_row_51_a_malformed_parent_hangs_the_span_at_the_root(read: Read, parent: bytes) -> None:
    span = read(parent_span_id=parent)
    assert (span.parent_id, span.flags) == (b"", Flag.PARENT_MALFORMED)


def test_row_52_a_span_may_be_its_own_parent(read: Read) -> None:
    assert read(parent_span_id=SPAN_ID).parent_id == SPAN_ID


def test_row_53_a_parent_that_is_not_in_the_batch_is_kept(read: Read) -> None:
    span = read(parent_span_id=b"elsewher")
    assert (span.parent_id, span.flags) == (b"elsewher", Flag(0))


@pytest.mark.parametrize(
    ("flags", "remote"),
    [(0, False), (0x001, False), (0x101, False), (0x301, True), (0x201, False), (0xFFFFFF01, True)],
)
def test_row_54_a_parent_is_remote_only_if_both_bits_say_so(
    read: Read, flags: int, remote: bool
) -> None:
    assert bool(read(flags=flags).flags & Flag.REMOTE_PARENT) is remote


def test_row_55_an_empty_name_is_kept(read: Read) -> None:
    assert read(name="").name == ""


def test_row_56_an_unspecified_kind_is_kept(read: Read) -> None:
    assert read(kind=0).span_kind == 0


def test_row_57_a_missing_status_is_unset_and_a_message_may_come_with_any(read: Read) -> None:
    assert (read().status_code, read().status_message) == (0, "")
    said = read(status=Status(code=Status.STATUS_CODE_OK, message="fine"))
    assert (said.status_code, said.status_message) == (1, "fine")


@pytest.mark.parametrize(
    ("start", "end", "flags"),
    [
        (START, START, Flag(0)),
        (START, START - 1, Flag.CLOCK_SUSPECT),
        (START, 0, Flag.NOT_ENDED),
        (0, START, Flag.CLOCK_SUSPECT),
        (0, 0, Flag.NOT_ENDED | Flag.CLOCK_SUSPECT),
    ],
)
def test_row_58_odd_bounds_are_kept_and_marked(
    read: Read, start: int, end: int, flags: Flag
) -> None:
    span = read(start_time_unix_nano=start, end_time_unix_nano=end)
    assert (span.start_ns, span.end_ns, span.flags) == (start, end, flags)


@pytest.mark.parametrize(
    "start", [START // 10**6, START // 10**3, START // 10**9, START + 90 * YEAR]
)
def test_row_59_times_in_other_units_or_centuries_are_kept_and_marked(
    read: Read, start: int
) -> None:
    span = read(start_time_unix_nano=start, end_time_unix_nano=start + 1)
    assert (span.start_ns, span.flags) == (start, Flag.CLOCK_SUSPECT)


def test_row_59_times_that_no_clock_shows_fit_the_database(read: Read) -> None:
    span = read(start_time_unix_nano=2**64 - 1, end_time_unix_nano=2**64 - 1)
    assert span.start_ns == span.end_ns == 2**63 - 1
    assert Span.FromString(span.raw).end_time_unix_nano == 2**64 - 1


def test_row_32_old_spans_are_not_refused(read: Read) -> None:
    span = read(start_time_unix_nano=START - 8 * YEAR, end_time_unix_nano=START - 8 * YEAR)
    assert span.flags == Flag(0)


def test_row_60_of_a_repeated_key_the_last_counts(read: Read) -> None:
    twice = [pair("a", int_value=1), pair("b", int_value=2), pair("a", string_value="last")]
    span = read(attributes=twice)
    assert (span.attributes, span.flags) == ({"a": "last", "b": 2}, Flag.DUPLICATE_KEY)


def test_row_61_an_empty_value_is_neither_absent_nor_empty_text(read: Read) -> None:
    span = read(attributes=[KeyValue(key="a", value=AnyValue()), pair("b", string_value="")])
    assert span.attributes == {"a": None, "b": ""}


EVERY_TYPE = {
    "text": "é",
    "yes": True,
    "no": False,
    "whole": -7,
    "zero": 0,
    "real": 0.5,
    "bytes": b"\0\xff",
    "list": ["a", 1, [True, None], {"k": [b"x"]}],
    "map": {"inner": {"deeper": [1.5]}, "empty": {}, "none": []},
}


def any_value(value: Any) -> AnyValue:
    """A Python value as AnyValue."""
    if value is None:
        return AnyValue()
    if isinstance(value, list):
        return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))
    if isinstance(value, dict):
        return AnyValue(kvlist_value=KeyValueList(values=pairs(value)))
    names = {bool: "bool_value", int: "int_value", float: "double_value", bytes: "bytes_value"}
    return AnyValue(**{names.get(type(value), "string_value"): value})


def pairs(values: dict[str, Any]) -> list[KeyValue]:
    """A dict as attributes."""
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def test_row_62_every_type_nests_in_every_place(decode: Decode) -> None:
    attributes = pairs(EVERY_TYPE)
    event = Span.Event(name="e", attributes=attributes)
    link = Span.Link(trace_id=TRACE_ID, span_id=SPAN_ID, attributes=attributes)
    request = traces(a_span(attributes=attributes, events=[event], links=[link]))
    request.resource_spans[0].resource.attributes.extend(attributes)
    request.resource_spans[0].scope_spans[0].scope.attributes.extend(attributes)
    (span,) = decode(request).items
    read = span.attributes, span.events[0].attributes, span.scope.resource, span.scope.attributes
    assert list(read) == [EVERY_TYPE] * 4
    assert Span.FromString(span.raw).links[0] == link


@pytest.mark.parametrize("value", [2**53 + 1, 2**63 - 1, -(2**63)])
def test_row_63_large_whole_numbers_survive(read: Read, value: int) -> None:
    assert read(attributes=[pair("a", int_value=value)]).attributes == {"a": value}


def test_row_64_indexes_into_a_table_of_strings_are_absent(
    read: Read, caplog: pytest.LogCaptureFixture
) -> None:
    pointing = [
        KeyValue(key_strindex=3, value=AnyValue(string_value="x")),
        pair("a", string_value_strindex=5),
        pair("b", int_value=1),
    ]
    assert read(attributes=pointing).attributes == {"a": None, "b": 1}
    assert "given by index were ignored" in caplog.text


def test_row_66_resource_and_scope_may_be_absent(read: Read) -> None:
    span = read()
    assert (span.scope.resource, span.scope.name, span.scope.version) == ({}, "", "")
    assert span.scope.service == ""
    assert not ResourceSpans.FromString(span.scope.envelope).HasField("resource")


def test_row_67_every_span_has_its_own_resource_and_scope(decode: Decode) -> None:
    request = ExportTraceServiceRequest()
    for service in ("shop", "bank", "shop"):
        resource = request.resource_spans.add()
        resource.resource.attributes.append(pair("service.name", string_value=service))
        for scope in ("one", "two"):
            inner = resource.scope_spans.add()
            inner.scope.name = scope
            inner.spans.extend([a_span(), a_span()])
    items = decode(request).items
    found = [(span.scope.service, span.scope.name) for span in items[::2]]
    assert found == [
        (service, scope) for service in ("shop", "bank", "shop") for scope in ("one", "two")
    ]
    assert items[0].scope is items[1].scope
    assert items[0].scope.envelope == items[8].scope.envelope != items[4].scope.envelope


@pytest.mark.parametrize(
    ("resource", "scope", "effective"), [("r", "s", "s"), ("r", "", "r"), ("", "", "")]
)
def test_row_68_both_schema_urls_are_kept(
    decode: Decode, resource: str, scope: str, effective: str
) -> None:
    request = traces(a_span())
    request.resource_spans[0].schema_url = resource
    request.resource_spans[0].scope_spans[0].schema_url = scope
    (span,) = decode(request).items
    envelope = ResourceSpans.FromString(span.scope.envelope)
    assert span.scope.schema_url == effective
    assert (envelope.schema_url, envelope.scope_spans[0].schema_url) == (resource, scope)


def test_row_69_links_are_kept_as_they_are(read: Read) -> None:
    link = Span.Link(
        trace_id=b"t" * 16,
        span_id=b"s" * 8,
        trace_state="a=1",
        flags=0x301,
        attributes=[pair("why", string_value="handoff")],
    )
    assert list(Span.FromString(read(links=[link]).raw).links) == [link]


def test_row_70_events_keep_their_order_whatever_they_lack(read: Read) -> None:
    sent = [Span.Event(name="b", time_unix_nano=START), Span.Event(), Span.Event(name="a")] * 700
    sent[0].attributes.append(pair("gen_ai.usage.input_tokens", int_value=7))
    events = read(events=sent).events
    assert [(event.name, event.time_ns) for event in events[:3]] == [
        ("b", START),
        ("", 0),
        ("a", 0),
    ]
    assert len(events) == 2100
    assert events[0].attributes == {"gen_ai.usage.input_tokens": 7}


@pytest.mark.parametrize("what", ["attributes", "events", "links"])
def test_row_71_what_the_sender_dropped_is_marked(read: Read, what: str) -> None:
    assert read(**{f"dropped_{what}_count": 1}).flags == Flag.DROPPED_AT_SENDER


def test_row_72_the_trace_state_is_kept_verbatim(read: Read) -> None:
    assert Span.FromString(read(trace_state="ot=th:8,x=y").raw).trace_state == "ot=th:8,x=y"


@pytest.mark.parametrize("flags", [0, 1])
def test_row_73_the_sampled_flag_changes_nothing(read: Read, flags: int) -> None:
    assert read(flags=flags).flags == Flag(0)
    assert Span.FromString(read(flags=flags).raw).flags == flags


def test_row_74_nothing_is_too_long_or_too_many(read: Read) -> None:
    many = [pair(f"key {number}", int_value=number) for number in range(10_000)]
    span = read(attributes=[*many, pair("k" * 10_000, string_value="v" * 1_000_000)])
    assert len(span.attributes) == 10_001
    assert len(span.attributes["k" * 10_000]) == 1_000_000
    assert len(Span.FromString(span.raw).attributes) == 10_001


def test_row_75_two_versions_of_a_span_are_both_passed_on(decode: Decode) -> None:
    pending, ended = decode(traces(a_span(end_time_unix_nano=0), a_span())).items
    assert (pending.span_id, pending.flags) == (ended.span_id, Flag.NOT_ENDED)


def test_row_31_the_same_request_decodes_to_the_same_bytes(decode: Decode) -> None:
    request = traces(a_span(attributes=pairs(EVERY_TYPE)))
    once, again = decode(request).items, decode(request).items
    assert once == again


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abcdef", min_size=1), VALUES, max_size=5))
@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
def test_what_is_kept_is_the_same_span_and_both_encodings_agree(
    content_type: str, values: dict[str, Any]
) -> None:
    sent = a_span(
        attributes=pairs(values), events=[Span.Event(name="e", attributes=pairs(values))], flags=1
    )
    (span,) = decode_traces(encode(traces(sent), content_type), content_type).items
    assert Span.FromString(span.raw) == sent
    assert span.attributes == span.events[0].attributes == values


def test_fields_that_we_do_not_know_are_kept() -> None:
    unknown = b"\xfa\x01\x03new"  # field 31
    body = traces(Span.FromString(a_span().SerializeToString() + unknown)).SerializeToString()
    (span,) = decode_traces(body, PROTOBUF).items
    assert unknown in span.raw


def test_nul_is_replaced_and_the_raw_span_keeps_it() -> None:
    odd = {"a\0": "x\0y", "list": ["\0"]}
    sent = a_span(name="n\0", attributes=pairs(odd))
    (span,) = decode_traces(traces(sent).SerializeToString(), PROTOBUF).items
    assert (span.name, span.flags) == ("n\ufffd", Flag.SANITISED)
    assert span.attributes == {"a\ufffd": "x\ufffdy", "list": ["\ufffd"]}
    assert Span.FromString(span.raw) == sent


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
@pytest.mark.parametrize(
    ("record", "name"),
    [
        (
            LogRecord(
                event_name="gen_ai.choice", attributes=[pair("event.name", string_value="x")]
            ),
            "gen_ai.choice",
        ),
        (LogRecord(attributes=[pair("event.name", string_value="gen_ai.choice")]), "gen_ai.choice"),
        (LogRecord(attributes=[pair("event_name", string_value="gen_ai.choice")]), "gen_ai.choice"),
        (
            LogRecord(trace_id=TRACE_ID, body=AnyValue(string_value="codex.api_request")),
            "codex.api_request",
        ),
        (LogRecord(trace_id=TRACE_ID, body=AnyValue(string_value="a sentence")), ""),
        (LogRecord(attributes=[pair("gen_ai.system", string_value="openai")]), ""),
    ],
)
def test_the_name_of_a_log_event_is_found_where_senders_put_it(
    content_type: str, record: LogRecord, name: str
) -> None:
    (log,) = decode_logs(encode(logs(record), content_type), content_type).items
    assert log.event_name == name
    assert LogRecord.FromString(log.raw) == record


def test_log_records_without_a_trace_are_rejected_unless_about_gen_ai() -> None:
    kept = LogRecord(trace_id=TRACE_ID, span_id=b"bad", observed_time_unix_nano=START)
    plain = LogRecord(body=AnyValue(string_value="GET / 200"), trace_id=bytes(16))
    decoded = decode_logs(logs(kept, plain).SerializeToString(), PROTOBUF)
    assert decoded.rejected == ["log record without a trace id that is no gen_ai event"]
    (log,) = decoded.items
    assert (log.trace_id, log.span_id, log.time_ns) == (TRACE_ID, b"", START)
