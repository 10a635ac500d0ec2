"""OTLP requests for tests: built as protobuf, written as protobuf or as OTLP JSON."""

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

PROTOBUF, JSON = "application/x-protobuf", "application/json"
TRACE_ID, SPAN_ID = bytes(range(1, 17)), bytes(range(1, 9))
START = 1_800_000_000_000_000_001  # 2027, with a last digit that a float would lose
IDS = {"traceId", "spanId", "parentSpanId"}


def a_span(**fields: Any) -> Span:
    """A valid span of one second; fields replace the defaults."""
    defaults: dict[str, Any] = {
        "trace_id": TRACE_ID,
        "span_id": SPAN_ID,
        "name": "chat",
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 10**9,
    }
    return Span(**(defaults | fields))


def spans(count: int) -> list[Span]:
    """Valid spans of one trace with different ids."""
    return [a_span(span_id=number.to_bytes(8, "big")) for number in range(1, count + 1)]


def traces(*items: Span) -> ExportTraceServiceRequest:
    """One request with these spans in one scope."""
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.extend(items)
    return request


def logs(*items: LogRecord) -> ExportLogsServiceRequest:
    """One request with these log records in one scope."""
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.extend(items)
    return request


def pair(key: str, **value: Any) -> KeyValue:
    """An attribute: `pair("n", int_value=1)`."""
    return KeyValue(key=key, value=AnyValue(**value))


def encode(request: Message, content_type: str) -> bytes:
    """The request as a body of that content type."""
    if content_type == PROTOBUF:
        return bytes(request.SerializeToString())
    return json.dumps(as_json(request)).encode()


def as_json(request: Message) -> dict[str, Any]:
    """OTLP JSON: proto3 JSON, but ids are hexadecimal and enums numbers."""
    return dict(hex_ids(MessageToDict(request, use_integers_for_enums=True)))


def hex_ids(value: Any) -> Any:
    """The same JSON with its ids in hex instead of base64."""
    if isinstance(value, list):
        return [hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: b64decode(item).hex() if key in IDS and isinstance(item, str) else hex_ids(item)
        for key, item in value.items()
    }


def one_span_json(**fields: Any) -> dict[str, Any]:
    """A JSON request with one valid span, whose JSON fields may be replaced."""
    request = as_json(traces(a_span()))
    span_of(request).update(fields)
    return request


def span_of(request: dict[str, Any]) -> dict[str, Any]:
    """The only span of a JSON request."""
    found: dict[str, Any] = request["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    return found


def all_spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    """Every span of a request."""
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans
