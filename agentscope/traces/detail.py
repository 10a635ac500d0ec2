"""One span with everything that is known of it: the only reader of payloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from agentscope.projects.read import key_name
from agentscope.traces.envelopes import envelope_of
from agentscope.traces.facts import OF_ANY
from agentscope.traces.index import trace_tree
from agentscope.traces.joined import fill_up
from agentscope.traces.models import Span, SpanLog, SpanPayload
from agentscope.traces.nearby import logs_nearby
from agentscope.traces.payload import Payload, unpack_payload
from agentscope.traces.wire import Link, Record, Source, read_record, read_source, read_span
from agentscope.vocabulary import Kind, WireEvent

MOST_LOGS = 2000  # records shown with one span
MESSAGES = {"input_messages", "output_messages"}


@dataclass(slots=True)
class SpanLogDetail:
    """A log record that belongs to the span."""

    log: SpanLog
    record: Record
    content: dict[str, Any]  # what was understood of it: fields of vocabulary.Content


@dataclass(slots=True)
class SpanDetail:
    """A span, its content and its raw self.

    `content` has the fields of `vocabulary.Content` that are set, as plain JSON: what the span
    said, filled up with what its log records said, nothing twice. `sources` says which attribute
    each field came from; `said` holds the fields of `Meaning` without a column.
    """

    span: Span
    content: dict[str, Any]
    sources: dict[str, str]
    said: dict[str, Any]
    attributes: dict[str, Any]
    events: list[WireEvent]
    links: list[Link]
    status_message: str
    source: Source
    raw: bytes  # the span as protobuf
    envelope: bytes  # a ResourceSpans with its resource and scope, as protobuf
    logs: list[SpanLogDetail] = field(default_factory=list)
    logs_left: int = 0  # records that are not among `logs`
    key: str = ""  # name of the one that sent it; empty where none was needed

    @property
    def resource(self) -> dict[str, Any]:
        """Attributes of the resource that sent the span."""
        return self.source.resource

    @property
    def scope(self) -> dict[str, Any]:
        """Name, version and attributes of the instrumentation that wrote the span."""
        return self.source.scope


def span_detail(project_id: int, trace_id: UUID, span_id: int) -> SpanDetail | None:
    """Everything about one span; None if the project has no such span. At most eight queries."""
    copies = Span.objects.filter(trace_id=trace_id, project_id=project_id, span_id=span_id)
    span = copies.order_by("-version").first()
    if span is None:
        return None
    stored, payload = payload_of(span)
    envelope = envelope_of(project_id, stored) if stored else b""
    wire = read_span(payload.raw)
    detail = SpanDetail(
        span=span,
        content=payload.content,
        sources=payload.sources,
        said=payload.said,
        attributes=wire.attributes,
        events=wire.events,
        links=wire.links,
        status_message=wire.status_message,
        source=read_source(envelope),
        raw=payload.raw,
        envelope=envelope,
        key=key_name(project_id, span.sent_by),
    )
    add_logs(detail)
    return detail


def payload_of(span: Span) -> tuple[UUID | None, Payload]:
    """The digest of a span's envelope and its payload; empty ones if retention was quicker."""
    stored = SpanPayload.objects.filter(
        trace_id=span.trace_id,
        project_id=span.project_id,
        span_id=span.span_id,
        started_at=span.started_at,
    ).first()
    if stored is None:
        return None, Payload(b"")
    return stored.envelope, unpack_payload(bytes(stored.body))


def add_logs(detail: SpanDetail) -> None:
    """The log records of a span, in order of time, and what they add to its content."""
    span = detail.span
    logs = SpanLog.objects.filter(
        told_of(span), trace_id=span.trace_id, project_id=span.project_id
    ).order_by("time_ns", "digest")
    found = list(logs[: MOST_LOGS + 1])
    detail.logs_left = logs.count() - MOST_LOGS if len(found) > MOST_LOGS else 0
    add(detail, found[:MOST_LOGS])
    if span.kind == Kind.LLM and not MESSAGES & detail.content.keys():
        tree = trace_tree(span.project_id, span.trace_id)
        add(detail, logs_nearby(tree, span) if tree else [])


def told_of(span: Span) -> Q:
    """Which records of the trace tell of a span: those that were written on it, and those that name
    the same call. told.py has more ways to find what a record tells of."""
    found = Q(span_id=span.span_id)
    for name in ("tool_call_id", "response_id"):
        if identity := getattr(span, name):
            found |= Q(**{f"facts__{name}": identity})
    return found


def add(detail: SpanDetail, logs: list[SpanLog]) -> None:
    """Take in log records."""
    added = []
    for log in logs:
        payload = unpack_payload(bytes(log.body))
        added.append(SpanLogDetail(log, read_record(payload.raw), payload.content))
        take_over(detail, log, payload.sources)
    detail.logs += added
    fill_up(detail.content, [log.content for log in added])


def take_over(detail: SpanDetail, log: SpanLog, sources: dict[str, str]) -> None:
    """What a record says of columns that the span leaves open, and which attribute says it."""
    for name in OF_ANY:
        said = (log.facts or {}).get(name)
        if said and name != "outcome" and not getattr(detail.span, name):
            setattr(detail.span, name, said)
    for field_name, attribute in sources.items():
        detail.sources.setdefault(field_name, f"{attribute} ({log.event_name})")
