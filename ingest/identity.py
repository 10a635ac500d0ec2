"""Which spans and log records have an identity. Without one they cannot be kept.

Cheap enough for the web process: only ids are looked at.
"""

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

TRACE_ID, SPAN_ID = 16, 8  # bytes
NO_TRACE, NO_SPAN = bytes(TRACE_ID), bytes(SPAN_ID)
# What `otlp_json.py` puts before an id that is not hexadecimal: too long to pass for an id.
NOT_HEX = b"not hexadecimal: "
FAR_TOO_LONG = 64  # bytes of an id; so that the number of different problems stays small
GEN_AI = "gen_ai."


def span_problem(span: Span) -> str:
    """Why a span cannot be kept; empty if it can."""
    trace_id, span_id = span.trace_id, span.span_id
    if len(trace_id) != TRACE_ID or trace_id == NO_TRACE:
        return id_problem("trace id", TRACE_ID, trace_id)
    if len(span_id) != SPAN_ID or span_id == NO_SPAN:
        return id_problem("span id", SPAN_ID, span_id)
    return ""


def id_problem(what: str, size: int, found: bytes) -> str:
    """What is wrong with an id, in words that are the same for the same mistake."""
    if found.startswith(NOT_HEX):
        return f"{what} is not hexadecimal: OTLP JSON has {size * 2} hex digits here, not base64"
    if found and not any(found):
        return f"{what} is all zero"
    length = len(found) if len(found) < FAR_TOO_LONG else f"over {FAR_TOO_LONG}"
    return f"{what} has {length} bytes instead of {size}"


def valid_id(found: bytes, size: int) -> bytes:
    """The id, or nothing if it is malformed or all zero."""
    return found if len(found) == size and any(found) else b""


def record_problem(record: LogRecord) -> str:
    """Why a log record is not kept: we keep those of a trace, and those about GenAI."""
    if valid_id(record.trace_id, TRACE_ID) or is_gen_ai(record) or is_of_agent(record):
        return ""
    return "log record without a trace id that is no gen_ai event"


def is_gen_ai(record: LogRecord) -> bool:
    """Whether a record is a GenAI event, by its event name or any attribute."""
    return record.event_name.startswith(GEN_AI) or any(
        pair.key.startswith(GEN_AI)
        or (pair.key in EVENT_NAMES and pair.value.string_value.startswith(GEN_AI))
        for pair in record.attributes
    )


def is_of_agent(record: LogRecord) -> bool:
    """Whether a coding agent wrote a record, by the prefix of its event name."""
    return (
        record.event_name.startswith(AGENTS)
        or record.body.string_value.startswith(AGENTS)
        or any(
            pair.key in EVENT_NAMES and pair.value.string_value.startswith(AGENTS)
            for pair in record.attributes
        )
    )


# Coding agents whose logs are sessions; what their events' names begin with, also as text of a body
AGENTS = ("claude_code.", "gemini_cli.", "codex.")
EVENT_NAMES = ("event.name", "event_name")  # where senders older than LogRecord.event_name put it


def data_points(request: ExportMetricsServiceRequest) -> int:
    """How many data points a metrics request holds."""
    return sum(
        points_of(metric)
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    )


def points_of(metric: Metric) -> int:
    """How many data points a metric holds, whatever its kind."""
    kind = metric.WhichOneof("data")
    return len(getattr(metric, kind).data_points) if kind else 0
