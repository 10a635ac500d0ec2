"""Is a request whole, and what of it will be kept? Asked by the web process before it answers.

Protobuf costs one to three milliseconds of CPU per 1,000 spans: no attribute is looked at. JSON has
to be read completely, because there a wrong value can be anywhere. Where a project wants something
replaced, every text is read, and what is kept is written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agentscope.redaction.messages import redact
from agentscope.redaction.redactor import Redactor
from ingest.identity import data_points, record_problem, span_problem
from ingest.parse import parse

SHOWN = 3  # reasons that a message spells out
METRICS_ARE_NOT_KEPT = "metrics are not kept: usage and cost are read from traces"


@dataclass(slots=True)
class Checked:
    """What of a request will be kept. `rejected` counts the items that will not, by reason.

    `redacted` is the request without what was replaced in it, as protobuf; None where nothing was
    to be. `replaced` counts by the code of a rule.
    """

    kept: int
    rejected: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    redacted: bytes | None = None
    replaced: Counter[str] = field(default_factory=Counter)

    @property
    def message(self) -> str:
        """What the sender should know, in English; empty if all is well."""
        reasons = [f"{reason} ({count})" for reason, count in self.rejected.most_common(SHOWN)]
        if len(self.rejected) > SHOWN:
            reasons.append(f"{len(self.rejected) - SHOWN} other reasons")
        rejected = [f"Rejected {self.rejected.total()}: {'; '.join(reasons)}."] if reasons else []
        return " ".join(rejected + self.notes)


def check_traces(body: bytes, media: str, redactor: Redactor | None = None) -> Checked:
    """Spans need a trace id and a span id. Raises Undecodable."""
    parsed = parse(body, media, ExportTraceServiceRequest)
    problems = [
        span_problem(span)
        for resource in parsed.request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    return rewritten(checked(problems, parsed.rejected, parsed.notes), parsed.request, redactor)


def check_logs(body: bytes, media: str, redactor: Redactor | None = None) -> Checked:
    """Log records need a trace id, or to be about GenAI. Raises Undecodable."""
    parsed = parse(body, media, ExportLogsServiceRequest)
    problems = [
        record_problem(record)
        for resource in parsed.request.resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]
    return rewritten(checked(problems, parsed.rejected, parsed.notes), parsed.request, redactor)


def checked(problems: list[str], unreadable: list[str], notes: list[str]) -> Checked:
    """From the problem of each item that could be read: empty if it has none."""
    rejected = Counter(filter(None, problems)) + Counter(unreadable)
    return Checked(problems.count(""), rejected, notes)


def rewritten(found: Checked, request: Message, redactor: Redactor | None) -> Checked:
    """The same with the request as it may be kept. Raises CannotRedact."""
    if redactor is None or not found.kept:
        return found
    try:
        found.replaced = redact(request, redactor)
    except Exception as error:  # noqa: BLE001 — whatever it is, what cannot be looked through is not kept
        raise CannotRedact(type(error).__name__) from None
    found.redacted = request.SerializeToString()
    return found


class CannotRedact(Exception):
    """A request could not be looked through. Says no more than the kind of error, as the texts of
    errors may quote what must not be kept."""


def check_metrics(body: bytes, media: str, redactor: Redactor | None = None) -> Checked:
    """Metrics are counted and refused, kindly: many SDKs send them whether asked to or not."""
    parsed = parse(body, media, ExportMetricsServiceRequest)
    points = data_points(parsed.request)
    return Checked(0, +Counter({METRICS_ARE_NOT_KEPT: points}), parsed.notes)


CHECKS: dict[str, Callable[[bytes, str, Redactor | None], Checked]] = {
    "traces": check_traces,
    "logs": check_logs,
    "metrics": check_metrics,
}
