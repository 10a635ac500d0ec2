"""What we answer, in OTLP's words: a response with partial success, or a google.rpc.Status.

The few messages of google.rpc are written here by field number, which saves a dependency:
github.com/googleapis/googleapis, google/rpc/{status,error_details,code}.proto.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ingest.wire_format import length_delimited, varint

PROTOBUF, JSON = "application/x-protobuf", "application/json"
LONGEST_MESSAGE = 4096  # characters: answers stay far below the 4 MiB that OTLP allows
OK, BAD_REQUEST, UNAVAILABLE = 200, 400, 503

# google.rpc.Code of each HTTP status we answer with.
CODES = {200: 0, 400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 413: 8, 415: 3, 429: 8, 500: 13, 503: 14}
UNKNOWN_CODE = 2

RESPONSES: dict[str, type[Any]] = {
    "traces": ExportTraceServiceResponse,
    "logs": ExportLogsServiceResponse,
    "metrics": ExportMetricsServiceResponse,
}
REJECTED = {
    "traces": ("rejected_spans", "rejectedSpans"),
    "logs": ("rejected_log_records", "rejectedLogRecords"),
    "metrics": ("rejected_data_points", "rejectedDataPoints"),
}


@dataclass(slots=True, frozen=True)
class Answer:
    """The outcome of one export. With status 200, a text or a rejected count is partial success."""

    status: int = OK
    message: str = ""
    rejected: int = 0
    retry_after: int | None = None  # seconds
    field: str = ""  # what was wrong with the request: body, content-encoding, …

    @property
    def code(self) -> int:
        """The google.rpc.Code."""
        return CODES.get(self.status, UNKNOWN_CODE)

    @property
    def text(self) -> str:
        """The message, shortened so that the answer stays small; without the lone surrogates that a
        body it quotes may hold, since no encoding can say them."""
        said = self.message.encode("utf-8", "replace").decode()
        return said if len(said) <= LONGEST_MESSAGE else said[: LONGEST_MESSAGE - 1] + "…"


def body_of(answer: Answer, signal: str, content_type: str) -> bytes:
    """The response body in the encoding of the request."""
    if answer.status == OK:
        return success(answer, signal, content_type)
    return orjson.dumps(status_json(answer)) if content_type == JSON else status_protobuf(answer)


def success(answer: Answer, signal: str, content_type: str) -> bytes:
    """An Export…ServiceResponse. OTLP demands that `partial_success` is unset if all is well."""
    name, json_name = REJECTED[signal]
    if content_type == JSON:
        partial = {json_name: str(answer.rejected)} if answer.rejected else {}
        partial |= {"errorMessage": answer.text} if answer.message else {}
        return orjson.dumps({"partialSuccess": partial} if partial else {})
    response = RESPONSES[signal]()
    if answer.rejected or answer.message:
        setattr(response.partial_success, name, answer.rejected)
        response.partial_success.error_message = answer.text
    return bytes(response.SerializeToString())


def status_json(answer: Answer) -> dict[str, Any]:
    """google.rpc.Status as proto3 JSON."""
    status: dict[str, Any] = {"code": answer.code, "message": answer.text}
    if answer.status == BAD_REQUEST:
        violation = {"field": answer.field, "description": answer.text}
        status["details"] = [{"@type": BAD_REQUEST_TYPE, "fieldViolations": [violation]}]
    elif answer.retry_after is not None:
        status["details"] = [{"@type": RETRY_INFO_TYPE, "retryDelay": f"{answer.retry_after}s"}]
    return status


BAD_REQUEST_TYPE = "type.googleapis.com/google.rpc.BadRequest"
RETRY_INFO_TYPE = "type.googleapis.com/google.rpc.RetryInfo"


def status_protobuf(answer: Answer) -> bytes:
    """google.rpc.Status: code = 1, message = 2, details = 3."""
    return (
        varint(1 << 3)
        + varint(answer.code)
        + length_delimited(2, answer.text.encode())
        + detail(answer)
    )


def detail(answer: Answer) -> bytes:
    """The `details` of a Status: BadRequest for bad data, RetryInfo where trying again helps."""
    if answer.status == BAD_REQUEST:
        violation = length_delimited(1, answer.field.encode()) + length_delimited(
            2, answer.text.encode()
        )
        packed = AnyMessage(type_url=BAD_REQUEST_TYPE, value=length_delimited(1, violation))
    elif answer.retry_after is not None:
        delay = Duration(seconds=answer.retry_after).SerializeToString()
        packed = AnyMessage(type_url=RETRY_INFO_TYPE, value=length_delimited(1, delay))
    else:
        return b""
    return length_delimited(3, packed.SerializeToString())
