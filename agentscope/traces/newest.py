"""The newest spans of a project, to choose one from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agentscope.traces.ids import span_hex
from agentscope.traces.models import Span, Trace
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
