"""Law: what is exported as OTLP/JSON and read again is the same, byte for byte."""

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from agentscope.traces.otlp_json import otlp_json
from ingest.otlp_json import read_json

INT32, INT64 = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
UINT32, UINT64 = st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1)
TEXT, BYTES = st.text(max_size=8), st.binary(max_size=8)
TRACE_IDS, SPAN_IDS = st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8)


def holders(values):
    pairs = st.lists(st.builds(KeyValue, key=TEXT, value=values), max_size=3)
    return st.one_of(
        st.builds(AnyValue, array_value=st.builds(ArrayValue, values=st.lists(values, max_size=3))),
        st.builds(AnyValue, kvlist_value=st.builds(KeyValueList, values=pairs)),
    )


VALUES = st.recursive(
    st.one_of(
        st.builds(AnyValue),
        st.builds(AnyValue, string_value=TEXT),
        st.builds(AnyValue, bool_value=st.booleans()),
        st.builds(AnyValue, int_value=INT64),
        st.builds(AnyValue, double_value=st.floats()),
        st.builds(AnyValue, bytes_value=BYTES),
    ),
    holders,
    max_leaves=8,
)
PAIRS = st.lists(st.builds(KeyValue, key=TEXT, value=VALUES), max_size=3)
EVENTS = st.builds(
    Span.Event,
    time_unix_nano=UINT64,
    name=TEXT,
    attributes=PAIRS,
    dropped_attributes_count=UINT32,
)
LINKS = st.builds(
    Span.Link,
    trace_id=TRACE_IDS,
    span_id=SPAN_IDS,
    trace_state=TEXT,
    attributes=PAIRS,
    dropped_attributes_count=UINT32,
    flags=UINT32,
)
SPANS = st.builds(
    Span,
    trace_id=TRACE_IDS,
    span_id=SPAN_IDS,
    parent_span_id=st.just(b"") | SPAN_IDS,
    trace_state=TEXT,
    flags=UINT32,
    name=TEXT,
    kind=INT32,  # also numbers that no version of OTLP knows
    start_time_unix_nano=UINT64,
    end_time_unix_nano=UINT64,
    attributes=PAIRS,
    dropped_attributes_count=UINT32,
    events=st.lists(EVENTS, max_size=2),
    dropped_events_count=UINT32,
    links=st.lists(LINKS, max_size=2),
    dropped_links_count=UINT32,
    status=st.builds(Status, message=TEXT, code=INT32),
)
RECORDS = st.builds(
    LogRecord,
    time_unix_nano=UINT64,
    observed_time_unix_nano=UINT64,
    severity_number=INT32,
    severity_text=TEXT,
    body=VALUES,
    attributes=PAIRS,
    dropped_attributes_count=UINT32,
    flags=UINT32,
    trace_id=TRACE_IDS,
    span_id=SPAN_IDS,
    event_name=TEXT,
)
RESOURCES = st.builds(Resource, attributes=PAIRS, dropped_attributes_count=UINT32)
SCOPES = st.builds(InstrumentationScope, name=TEXT, version=TEXT, attributes=PAIRS)


def through_json(name, message, request):
    """`message` written as JSON and read again by what reads senders' JSON."""
    text = json.dumps({name: [otlp_json(message)]}, allow_nan=False)
    read_json(text.encode(), request)
    return request


@settings(max_examples=50, deadline=None)
@given(RESOURCES, SCOPES, st.lists(SPANS, max_size=3), TEXT)
def test_spans_come_back_as_they_were(resource, scope, spans, schema):
    inner = ScopeSpans(scope=scope, spans=spans, schema_url=schema)
    sent = ResourceSpans(resource=resource, scope_spans=[inner], schema_url=schema)
    back = through_json("resourceSpans", sent, ExportTraceServiceRequest())
    assert bits(back.resource_spans[0]) == bits(sent)


@settings(max_examples=50, deadline=None)
@given(RESOURCES, SCOPES, st.lists(RECORDS, max_size=3))
def test_log_records_come_back_as_they_were(resource, scope, records):
    inner = ScopeLogs(scope=scope, log_records=records)
    sent = ResourceLogs(resource=resource, scope_logs=[inner])
    back = through_json("resourceLogs", sent, ExportLogsServiceRequest())
    assert bits(back.resource_logs[0]) == bits(sent)


def bits(message):
    """Serialized, every NaN alike: JSON knows only one."""
    same = type(message).FromString(message.SerializeToString())
    for value in values_in(same):
        if value.WhichOneof("value") == "double_value" and math.isnan(value.double_value):
            value.double_value = math.nan
    return same.SerializeToString()


def values_in(message):
    """Every AnyValue inside a message."""
    if isinstance(message, AnyValue):
        yield message
    for field, found in message.ListFields():
        if field.message_type is not None:
            for each in found if field.is_repeated else [found]:
                yield from values_in(each)


def test_ids_are_hex_and_numbers_keep_every_digit():
    span = Span(trace_id=b"\xab" * 16, span_id=b"\x01" * 8, kind=3, start_time_unix_nano=2**63 + 1)
    span.links.add(trace_id=b"\xcd" * 16, span_id=b"\x02" * 8)
    said = otlp_json(ResourceSpans(scope_spans=[ScopeSpans(spans=[span])]))
    assert said["scopeSpans"][0]["spans"] == [
        {
            "traceId": "ab" * 16,
            "spanId": "01" * 8,
            "kind": 3,
            "startTimeUnixNano": "9223372036854775809",
            "links": [{"traceId": "cd" * 16, "spanId": "02" * 8}],
        }
    ]
