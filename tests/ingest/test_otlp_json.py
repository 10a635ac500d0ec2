import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import Flag, WireSpan
from ingest.otlp import Decoded, Undecodable, decode_logs, decode_traces
from ingest.values import MAX_DEPTH
from tests.kit.otlp import JSON, SPAN_ID, START, TRACE_ID, a_span, one_span_json, span_of, traces
from tests.kit.otlp import as_json as json_of


def decode(request: Any) -> Decoded[WireSpan]:
    return decode_traces(json.dumps(request).encode(), JSON)


def attribute(value: Any) -> WireSpan:
    """The span of a request in which attribute `a` has this JSON value."""
    (span,) = decode(one_span_json(attributes=[{"key": "a", "value": value}])).items
    return span


@pytest.mark.parametrize("write", [bytes.hex, lambda raw: raw.hex().upper()])
def test_row_35_ids_are_hexadecimal_in_either_case(write: Any) -> None:
    parent = SPAN_ID[::-1]
    ids = {"traceId": write(TRACE_ID), "spanId": write(SPAN_ID), "parentSpanId": write(parent)}
    links = [{"traceId": write(TRACE_ID), "spanId": write(SPAN_ID)}]
    (span,) = decode(one_span_json(**ids, links=links)).items
    assert (span.trace_id, span.span_id, span.parent_id) == (TRACE_ID, SPAN_ID, parent)
    assert a_span().FromString(span.raw).links[0].trace_id == TRACE_ID


@pytest.mark.parametrize(("name", "raw"), [("traceId", TRACE_ID), ("spanId", SPAN_ID)])
def test_row_36_base64_ids_reject_the_span_and_say_why(name: str, raw: bytes) -> None:
    request = one_span_json(**{name: base64.b64encode(raw).decode()})
    request["resourceSpans"] += json_of(traces(a_span()))["resourceSpans"]
    decoded = decode(request)
    assert len(decoded.items) == 1
    assert "hex digits here, not base64" in decoded.rejected[0]


@pytest.mark.parametrize("text", ["g" * 32, "0" * 31 + "g", " " + "0" * 31, "ab" * 15, 7, [], "é"])
def test_row_36_no_other_text_passes_for_an_id(text: Any) -> None:
    assert len(decode(one_span_json(traceId=text)).rejected) == 1


def test_row_37_enum_names_are_understood_with_a_note() -> None:
    decoded = decode(one_span_json(kind="SPAN_KIND_CLIENT", status={"code": "STATUS_CODE_ERROR"}))
    (span,) = decoded.items
    assert (span.span_kind, span.status_code) == (3, 2)
    assert "kind is a number in OTLP JSON, not a name." in decoded.notes


def test_a_name_with_a_byte_that_is_no_utf8_is_an_unknown_name() -> None:
    request = one_span_json(**{"status": {"code": "\udcff"}, "\udc80kind": 1})
    (span,) = decode_traces(json.dumps(request).encode(), JSON).items
    assert span.status_code == 0


def test_row_37_unknown_enum_names_are_unspecified() -> None:
    (span,) = decode(one_span_json(kind="SPAN_KIND_TELEPATH")).items
    assert span.span_kind == 0


def test_row_38_unknown_enum_numbers_are_kept() -> None:
    (span,) = decode(one_span_json(kind=42)).items
    assert span.span_kind == 42


@pytest.mark.parametrize("write", [str, int])
def test_row_39_whole_numbers_keep_every_digit(write: Any) -> None:
    value = {"intValue": write(2**63 - 1)}
    request = one_span_json(
        startTimeUnixNano=write(START), attributes=[{"key": "a", "value": value}]
    )
    (span,) = decode(request).items
    assert (span.start_ns, span.attributes) == (START, {"a": 2**63 - 1})


@pytest.mark.parametrize(
    ("text", "start"), [("1.7e18", 17 * 10**17), ("1800000000000000001.0", START)]
)
def test_row_39_numbers_with_a_point_do_not_pass_through_floats(text: str, start: int) -> None:
    body = json.dumps(one_span_json(startTimeUnixNano=0)).replace(
        '"startTimeUnixNano": 0', f'"startTimeUnixNano": {text}'
    )
    (span,) = decode_traces(body.encode(), JSON).items
    assert span.start_ns == start


@pytest.mark.parametrize(
    "bad", [2**63, -(2**63) - 1, "12.5", "abc", 0.5, True, {"x": 1}, "9" * 5000]
)
def test_row_40_what_is_no_int64_is_kept_as_text(bad: Any) -> None:
    span = attribute({"intValue": bad})
    assert span.attributes["a"] == (bad if isinstance(bad, str) else json.dumps(bad))
    assert span.flags & Flag.SANITISED


def test_row_40_a_bad_time_costs_the_time_only() -> None:
    decoded = decode(one_span_json(endTimeUnixNano="yesterday"))
    assert decoded.items[0].end_ns == 0
    assert decoded.items[0].flags & Flag.SANITISED
    assert decoded.notes == ["endTimeUnixNano cannot be yesterday."]


@pytest.mark.parametrize("text", ['"NaN"', '"Infinity"', '"-Infinity"', "NaN", "Infinity"])
def test_row_41_numbers_that_are_none_are_accepted(text: str) -> None:
    body = json.dumps(one_span_json(attributes=[{"key": "a", "value": {"doubleValue": 0}}]))
    body = body.replace('"doubleValue": 0', f'"doubleValue": {text}')
    (span,) = decode_traces(body.encode(), JSON).items
    assert str(span.attributes["a"]) == str(float(text.strip('"')))


def test_row_42_unknown_fields_are_ignored_in_silence() -> None:
    request = one_span_json(someNewField={"deep": [1, 2, {"x": None}]}, another=1)
    decoded = decode(request | {"newTopLevel": []})
    assert len(decoded.items) == 1
    assert decoded.notes == []


def test_row_43_snake_case_is_ignored_with_a_note() -> None:
    decoded = decode({"resource_spans": []})
    assert decoded.items == []
    assert decoded.notes == ["resource_spans ignored: use resourceSpans."]
    request = one_span_json(parent_span_id=SPAN_ID.hex())
    assert decode(request).notes == ["parent_span_id ignored: use parentSpanId."]


def test_row_44_null_and_missing_are_defaults() -> None:
    nulls = dict.fromkeys(["parentSpanId", "attributes", "events", "status", "kind", "flags"])
    decoded = decode(one_span_json(**nulls))
    assert decoded.items[0].attributes == {}
    assert decoded.items[0].flags == Flag(0)
    assert attribute(None).attributes == {"a": None}
    assert decode({"resourceSpans": None}).items == []


@pytest.mark.parametrize("text", ["+/8=", "-_8=", "+/8", "-_8"])
def test_row_45_bytes_are_base64_of_either_alphabet(text: str) -> None:
    assert attribute({"bytesValue": text}).attributes == {"a": b"\xfb\xff"}


def test_row_45_what_is_no_base64_is_kept_as_text() -> None:
    assert attribute({"bytesValue": "not base64!"}).attributes == {"a": "not base64!"}


def test_row_46_of_duplicate_keys_the_last_wins() -> None:
    body = json.dumps(one_span_json()).replace('"name": "chat"', '"name": "a", "name": "b"')
    assert decode_traces(body.encode(), JSON).items[0].name == "b"


def test_row_46_a_byte_order_mark_is_dropped() -> None:
    body = b"\xef\xbb\xbf" + json.dumps(one_span_json()).encode()
    assert len(decode_traces(body, JSON).items) == 1


@pytest.mark.parametrize("body", [b'{"resourceSpans": [],}', b"{'a': 1}", b"{", b'{"a": tru}'])
def test_row_46_other_errors_of_syntax_are_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable, match="not JSON"):
        decode_traces(body, JSON)


@pytest.mark.parametrize("name", ['"a\\ud83d"', '"a\\u0000"'])
def test_row_47_text_that_postgres_refuses_is_replaced_and_marked(name: str) -> None:
    request = one_span_json(name=0)
    request["resourceSpans"] += json_of(traces(a_span()))["resourceSpans"]
    body = json.dumps(request).replace('"name": 0', f'"name": {name}')
    odd, sound = decode_traces(body.encode(), JSON).items
    assert odd.name == "a\ufffd"
    assert odd.flags == Flag.SANITISED
    assert sound.flags == Flag(0)


def test_row_47_bytes_that_are_not_utf8_are_replaced_and_marked() -> None:
    body = json.dumps(one_span_json(name="NAME")).encode().replace(b"NAME", b"a\xff")
    (span,) = decode_traces(body, JSON).items
    assert span.name == "a\ufffd"
    assert span.flags == Flag.SANITISED


def test_row_48_old_names_are_ignored_with_a_note() -> None:
    decoded = decode({"resourceSpans": [{"instrumentationLibrarySpans": []}]})
    assert decoded.notes == ["instrumentationLibrarySpans ignored: use scopeSpans."]


def deep_value(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(levels):
        value = {"arrayValue": {"values": [value]}}
    return value


def depth_of(value: Any) -> int:
    depth = 0
    while isinstance(value, list):
        value, depth = value[0], depth + 1
    return depth


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 150, 250])
def test_row_49_values_nested_too_deep_are_kept_as_text(levels: int) -> None:
    span = attribute(deep_value(levels))
    value = span.attributes["a"]
    assert depth_of(value) == MAX_DEPTH
    for _ in range(MAX_DEPTH):
        value = value[0]
    assert "deep" in value
    assert span.flags & Flag.SANITISED


def test_row_49_no_depth_breaks_the_batch() -> None:
    levels = 20_000
    deep = '{"arrayValue":{"values":[' * levels + "{}" + "]}}" * levels
    request = one_span_json(attributes=[{"key": "a", "value": {"stringValue": "DEEP"}}])
    request["resourceSpans"] += json_of(traces(a_span()))["resourceSpans"]
    body = json.dumps(request).replace('{"stringValue": "DEEP"}', deep)
    odd, sound = decode_traces(body.encode(), JSON).items
    assert odd.flags & Flag.SANITISED
    assert sound.flags == Flag(0)


def test_row_49_nesting_up_to_the_limit_is_kept() -> None:
    span = attribute(deep_value(MAX_DEPTH))
    assert depth_of(span.attributes["a"]) == MAX_DEPTH
    assert span.flags == Flag(0)


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"null", b"7"])
def test_row_14_what_is_no_object_is_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        decode_traces(body, JSON)


@pytest.mark.parametrize("field", ["attributes", "events", "links", "status", "name"])
@pytest.mark.parametrize("wrong", [5, "text", [5], {"a": 5}, True])
def test_a_field_of_the_wrong_shape_costs_no_span(field: str, wrong: Any) -> None:
    assert len(decode(one_span_json(**{field: wrong})).items) == 1


def test_something_that_is_no_span_is_rejected_alone() -> None:
    request = one_span_json()
    request["resourceSpans"][0]["scopeSpans"][0]["spans"] += [5, None]
    decoded = decode(request)
    assert (len(decoded.items), decoded.rejected) == (1, ["Span is not an object"] * 2)


def test_log_records_are_read_too() -> None:
    record = {"traceId": TRACE_ID.hex(), "body": {"stringValue": "hi"}, "timeUnixNano": str(START)}
    request = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    (log,) = decode_logs(json.dumps(request).encode(), JSON).items
    assert (log.trace_id, log.body, log.time_ns) == (TRACE_ID, "hi", START)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = ["traceId", "name", "kind", "startTimeUnixNano", "attributes", "events", "status", "flags"]


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(), ANYTHING))
def test_no_json_span_costs_another(fields: dict[str, Any]) -> None:
    request = one_span_json()
    good = span_of(request)
    request["resourceSpans"][0]["scopeSpans"][0]["spans"] = [good | fields, good]
    assert decode(request).items[-1].raw == decode(one_span_json()).items[0].raw
