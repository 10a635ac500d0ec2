"""OTLP requests become `WireSpan`s and `WireLog`s: what a sender said, not yet what it means.

Whatever is odd is kept and marked; only what has no identity (no valid trace or span id) or cannot
be read at all is rejected, one by one. docs/wire.md lists the rules.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Generic, TypeVar

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from agentscope.traces.clocks import LAST_NS, clock_flags
from agentscope.vocabulary import Flag, Value, WireEvent, WireLog, WireScope, WireSpan
from ingest.identity import (
    AGENTS,
    EVENT_NAMES,
    SPAN_ID,
    TRACE_ID,
    record_problem,
    span_problem,
    valid_id,
)
from ingest.parse import parse
from ingest.placeholders import PARENT, announced
from ingest.refused import Undecodable as Undecodable
from ingest.values import ValueReader

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

IS_REMOTE = 0x300  # Span.flags: bit 8 says that bit 9, "the parent is remote", is known


@dataclass(slots=True)
class Decoded(Generic[Item]):
    """What a request held: items to store, one reason for each that was rejected, and notes."""

    items: list[Item] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def decode_traces(body: bytes, content_type: str, sent_by: int | None = None) -> Decoded[WireSpan]:
    """The spans of an inflated ExportTraceServiceRequest, which came with a key of this number.
    Raises Undecodable."""
    parsed = parse(body, content_type, ExportTraceServiceRequest)
    decoded: Decoded[WireSpan] = Decoded([], parsed.rejected, parsed.notes)
    reader = ValueReader()
    for position, (scope, span) in enumerate(spans_of(parsed.request, reader, sent_by)):
        problem = span_problem(span)
        if problem:
            decoded.rejected.append(problem)
        else:
            decoded.items.append(wire_span(span, scope, reader, parsed.marks.get(position, 0)))
    warn_of_indexes(reader)
    return decoded


def spans_of(
    request: ExportTraceServiceRequest, reader: ValueReader, sent_by: int | None
) -> Iterator[tuple[WireScope, Span]]:
    """Each span with its scope."""
    for outer in request.resource_spans:
        resource = reader.attributes(outer.resource.attributes)
        for inner in outer.scope_spans:
            scope = wire_scope(outer, inner, resource, reader, sent_by)
            for span in inner.spans:
                yield scope, span


def wire_scope(
    outer: ResourceSpans | ResourceLogs,
    inner: ScopeSpans | ScopeLogs,
    resource: dict[str, Value],
    reader: ValueReader,
    sent_by: int | None,
) -> WireScope:
    """A scope on its resource. A schema URL of the resource covers the scope that has none."""
    return WireScope(
        resource=resource,
        name=reader.text(inner.scope.name),
        version=reader.text(inner.scope.version),
        attributes=reader.attributes(inner.scope.attributes),
        schema_url=reader.text(inner.schema_url or outer.schema_url),
        envelope=envelope(outer, inner),
        sent_by=sent_by,
    )


def envelope(outer: ResourceSpans | ResourceLogs, inner: ScopeSpans | ScopeLogs) -> bytes:
    """Resource and scope as a ResourceSpans without spans: what an export puts around a span."""
    result = ResourceSpans(schema_url=outer.schema_url)
    scope = result.scope_spans.add(schema_url=inner.schema_url)
    if outer.HasField("resource"):
        result.resource.CopyFrom(outer.resource)
    if inner.HasField("scope"):
        scope.scope.CopyFrom(inner.scope)
    return bytes(result.SerializeToString(deterministic=True))


def wire_span(span: Span, scope: WireScope, reader: ValueReader, mark: int) -> WireSpan:
    """One span with valid ids. `mark` is what reading the request already found odd about it."""
    reader.flags = mark
    start, end, status = span.start_time_unix_nano, span.end_time_unix_nano, span.status
    events, links = span.events, span.links  # to find the end of none takes longer than to ask
    sent = WireSpan(
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_id=valid_id(span.parent_span_id, SPAN_ID),
        name=reader.text(span.name),
        span_kind=span.kind,
        start_ns=min(start, LAST_NS),
        end_ns=min(end, LAST_NS),
        status_code=status.code,
        status_message=reader.text(status.message),
        attributes=reader.attributes(span.attributes),
        events=[wire_event(event, reader) for event in events] if events else [],
        scope=scope,
        raw=span.SerializeToString(),
        links=[(link.trace_id, link.span_id) for link in links] if links else [],
        flags=flag(reader.flags | clock_flags(start, end) | sender_flags(span)),
    )
    return announced(sent) if PARENT in sent.attributes else sent


def wire_event(event: Span.Event, reader: ValueReader) -> WireEvent:
    """One event of a span. Their order is kept as it was sent."""
    return WireEvent(
        name=reader.text(event.name),
        time_ns=min(event.time_unix_nano, LAST_NS),
        attributes=reader.attributes(event.attributes),
    )


def sender_flags(span: Span) -> int:
    """What the sender says about a span: a remote parent, cut data, and an id that is none."""
    flags = REMOTE_PARENT if span.flags & IS_REMOTE == IS_REMOTE else 0
    if span.dropped_attributes_count or span.dropped_events_count or span.dropped_links_count:
        flags |= DROPPED_AT_SENDER
    if len(span.parent_span_id) not in {0, SPAN_ID}:
        flags |= PARENT_MALFORMED
    return flags


REMOTE_PARENT, DROPPED_AT_SENDER = int(Flag.REMOTE_PARENT), int(Flag.DROPPED_AT_SENDER)
PARENT_MALFORMED = int(Flag.PARENT_MALFORMED)


@cache
def flag(mask: int) -> Flag:
    """Bits as a Flag: making one costs more than looking it up."""
    return Flag(mask)


def decode_logs(body: bytes, content_type: str, sent_by: int | None = None) -> Decoded[WireLog]:
    """The log records of an inflated ExportLogsServiceRequest, likewise. Raises Undecodable."""
    parsed = parse(body, content_type, ExportLogsServiceRequest)
    decoded: Decoded[WireLog] = Decoded([], parsed.rejected, parsed.notes)
    reader = ValueReader()
    for scope, record in records_of(parsed.request, reader, sent_by):
        problem = record_problem(record)
        if problem:
            decoded.rejected.append(problem)
        else:
            decoded.items.append(wire_log(record, scope, reader))
    warn_of_indexes(reader)
    return decoded


def records_of(
    request: ExportLogsServiceRequest, reader: ValueReader, sent_by: int | None
) -> Iterator[tuple[WireScope, LogRecord]]:
    """Each log record with its scope."""
    for outer in request.resource_logs:
        resource = reader.attributes(outer.resource.attributes)
        for inner in outer.scope_logs:
            scope = wire_scope(outer, inner, resource, reader, sent_by)
            for record in inner.log_records:
                yield scope, record


def wire_log(record: LogRecord, scope: WireScope, reader: ValueReader) -> WireLog:
    """One log record. Its time is that of the event, else that of its observation."""
    attributes = reader.attributes(record.attributes)
    body = reader.value(record.body)
    return WireLog(
        trace_id=valid_id(record.trace_id, TRACE_ID),
        span_id=valid_id(record.span_id, SPAN_ID),
        time_ns=min(record.time_unix_nano or record.observed_time_unix_nano, LAST_NS),
        event_name=event_name(reader.text(record.event_name), attributes, body),
        severity=record.severity_number,
        body=body,
        attributes=attributes,
        scope=scope,
        raw=record.SerializeToString(),
    )


def event_name(own: str, attributes: dict[str, Value], body: Value) -> str:
    """The name of the event, from the first place that has one."""
    for name in (own, *(attributes.get(key) for key in EVENT_NAMES)):
        if name and isinstance(name, str):
            return name
    if isinstance(body, str) and body.startswith(AGENTS) and len(body) <= LONGEST_NAME:
        return body
    return ""


LONGEST_NAME = 100  # characters; a body that is longer is prose


def warn_of_indexes(reader: ValueReader) -> None:
    """OTLP asks to warn of references into a table that only profiles have, not to fail."""
    if reader.indexed:
        logger.warning("Keys or values given by index were ignored: only profiles have them.")
