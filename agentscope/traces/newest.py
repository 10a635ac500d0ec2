"""The newest spans of a project, to choose one from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.traces.ids import span_hex
from agentscope.traces.models import Span, SpanPayload, Trace
from agentscope.traces.payload import unpack_payload
from agentscope.vocabulary import Kind

TRACES = 5


@dataclass(slots=True, frozen=True)
class NewestSpan:
    """A span by its ids and name."""

    trace_id: UUID
    span_id: int
    name: str
    kind: Kind
    service: str

    @property
    def key(self) -> str:
        """Both ids in hex, joined by a dash."""
        return f"{self.trace_id.hex}-{span_hex(self.span_id)}"


def newest_spans(project_id: int, limit: int) -> list[NewestSpan]:
    """Spans of the traces that started last, model calls and other telling ones first. At most two
    queries, none of which reads a payload."""
    traces = Trace.objects.filter(project_id=project_id).order_by("-started_at", "trace_id")
    ids = list(traces.values_list("trace_id", flat=True)[:TRACES])
    found = (
        Span.objects.filter(project_id=project_id, trace_id__in=ids) if ids else Span.objects.none()
    )
    rows = found.order_by("-start_ns", "span_id").values_list(
        "trace_id", "span_id", "name", "kind", "service"
    )[: limit * 5]
    spans = [NewestSpan(trace, span, name, Kind(kind), by) for trace, span, name, kind, by in rows]
    once = {each.key: each for each in spans}  # copies may disagree about their start
    return sorted(once.values(), key=lambda each: each.kind != Kind.LLM)[:limit]


def records_of(project_id: int, spans: list[NewestSpan]) -> list[tuple[NewestSpan, ProtoSpan]]:
    """What was sent of some spans, without those whose payload retention took. One query."""
    rows = SpanPayload.objects.filter(
        project_id=project_id,
        trace_id__in={each.trace_id for each in spans},
        span_id__in={each.span_id for each in spans},
    ).values_list("trace_id", "span_id", "body")
    bodies = {(trace, span): bytes(body) for trace, span, body in rows}
    found = [(each, bodies.get((each.trace_id, each.span_id))) for each in spans]
    return [(each, ProtoSpan.FromString(unpack_payload(body).raw)) for each, body in found if body]
