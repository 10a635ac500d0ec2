"""Stored log records understood again, and the spans that are made of them.

What a record means may move it to another trace, and make another span of it, or none. So the
spans of some records are made anew out of all that tell of them: a span that nothing tells of any
more goes, and one that is told of otherwise is replaced. In the end there is what had been stored
if the records came today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from agentscope.traces.clocks import moment
from agentscope.traces.envelopes import bodies, digest
from agentscope.traces.merge import SpanCopy, merge, span_copy
from agentscope.traces.models import Span
from agentscope.traces.payload import unpack_payload
from agentscope.traces.rewrite import Rewritten, rewrite_logs, rewrite_spans
from agentscope.traces.rows import Row, log_row
from agentscope.traces.understood import Spans, Understood
from agentscope.traces.write import store_logs, store_spans
from agentscope.vocabulary import Flag, Meaning, WireLog, WireSpan

# A look at one trace at a time, so that the primary key finds it.
SELECT_OTHERS = """
select others.* from unnest(%s::uuid[], %s::bigint[]) as told (trace_id, span_id), lateral (
    select trace_id, digest, logged_at, envelope, body, span_id, sent_by from span_log record
    where record.trace_id = told.trace_id and record.project_id = %s
    and record.span_id = told.span_id) others
"""
DELETE_LOGS = """
delete from span_log where project_id = %s and (trace_id, digest, logged_at) in (
    select * from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]))
"""
DELETE_SPANS = """
with gone as materialized (
    select trace_id, project_id, span_id, started_at from span
    where project_id = %s and (trace_id, span_id, started_at) in (
        select * from unnest(%s::uuid[], %s::bigint[], %s::timestamptz[]))
    order by started_at, trace_id, span_id for update
), facts as (
    delete from span using gone where span.trace_id = gone.trace_id
    and span.project_id = gone.project_id and span.span_id = gone.span_id
    and span.started_at = gone.started_at
)
delete from span_payload rest using gone where rest.trace_id = gone.trace_id
and rest.project_id = gone.project_id and rest.span_id = gone.span_id
and rest.started_at = gone.started_at
"""
Ids = tuple[UUID, int]  # of a trace and a span
SpanKey = tuple[UUID, int, datetime]
Version = tuple[bytes, bool]  # which copy of a span is stored, and whether another one ended too


@dataclass(slots=True, frozen=True)
class StoredLog:
    """A log record as it is stored."""

    trace_id: UUID
    digest: UUID
    logged_at: datetime
    envelope: UUID
    body: bytes
    span_id: int | None
    sent_by: int | None = None

    @property
    def key(self) -> tuple[UUID, UUID, datetime]:
        return self.trace_id, self.digest, self.logged_at


def renew(
    project_id: int, found: Sequence[StoredLog], reader: Understood
) -> tuple[Rewritten, Rewritten]:
    """Write what log records mean now: the spans that are made of them, then the records."""
    ids = {(log.trace_id, log.span_id) for log in found if log.span_id is not None}
    old = made(project_id, ids)
    records = list({log.key: log for log in (*found, *others(project_id, old))}.values())
    envelopes = bodies(project_id, {log.envelope for log in records})
    spans, logs = reader.logs(
        (unpack_payload(bytes(log.body)).raw, envelopes.get(log.envelope, b""), log.sent_by)
        for log in records
    )
    changed = renew_spans(project_id, old, spans)
    return changed, renew_records(project_id, records, logs, set(envelopes))


def made(project_id: int, ids: Iterable[Ids]) -> dict[SpanKey, Version]:
    """Which spans of these ids were made of log records."""
    wanted = set(ids)
    found = Span.objects.filter(
        project_id=project_id,
        trace_id__in={trace for trace, _ in wanted},
        span_id__in={span for _, span in wanted},
    ).values_list("trace_id", "span_id", "started_at", "version", "flags")
    return {
        (trace, span, at): (bytes(version), bool(flags & Flag.CONFLICT))
        for trace, span, at, version, flags in found
        if flags & Flag.FROM_LOGS and (trace, span) in wanted
    }


def others(project_id: int, spans: Iterable[SpanKey]) -> list[StoredLog]:
    """All records that tell of these spans."""
    ids = sorted({(trace, span) for trace, span, _ in spans})
    if not ids:
        return []
    traces, numbers = ([each[at] for each in ids] for at in (0, 1))
    with connection.cursor() as cursor:
        cursor.execute(SELECT_OTHERS, [traces, numbers, project_id])
        return [StoredLog(*row) for row in cursor.fetchall()]


def renew_spans(project_id: int, old: dict[SpanKey, Version], spans: Spans) -> Rewritten:
    """Write the spans that are made of records, in place of those that were."""
    copies = merge(copy_of(span) for span in spans)
    now = {key_of(copy): (copy.version, bool(copy.flags & Flag.CONFLICT)) for copy in copies}
    gone = [key for key, version in old.items() if now.get(key) != version]
    delete_spans(project_id, gone)
    there = made(project_id, ((trace, span) for trace, span, _ in now))
    new = {key for key, version in now.items() if there.get(key) != version}
    bounds = store_spans(project_id, [span for span in spans if key_of(copy_of(span)) in new])
    replaced = Rewritten(len(new.union(gone)), {key[0] for key in gone}, bounds)
    return replaced.and_(rewrite_spans(project_id, copies))


def copy_of(span: tuple[WireSpan, Meaning]) -> SpanCopy:
    """A span that was made, as a copy that came."""
    wire, meaning = span
    return span_copy(wire, meaning, digest(wire.scope.envelope))


def key_of(copy: SpanCopy) -> SpanKey:
    """The key of its row, without the project."""
    return UUID(bytes=copy.key.trace_id), copy.key.span_id, moment(copy.key.started_us)


def delete_spans(project_id: int, keys: Sequence[SpanKey]) -> None:
    """Delete spans with their payloads."""
    if keys:
        traces, ids, times = ([key[at] for key in keys] for at in range(3))
        with connection.cursor() as cursor:
            cursor.execute(DELETE_SPANS, [project_id, traces, ids, times])


def renew_records(
    project_id: int,
    stored: Sequence[StoredLog],
    logs: Sequence[tuple[WireLog, Meaning]],
    envelopes: set[UUID],
) -> Rewritten:
    """Write records where they are, or where they belong now. Those with an envelope that is not
    among these keep it: retention took it."""
    rows, gone, moved = [], [], []
    for old, (record, meaning) in zip(stored, logs, strict=True):
        is_known = old.envelope in envelopes
        envelope = digest(record.scope.envelope) if is_known else old.envelope.bytes
        row = log_row(project_id, record, meaning, envelope)
        if key_of_row(row) == old.key:
            rows.append(row)
        else:
            gone.append(old.key)
            moved.append((record, meaning))
    return rewrite_logs(rows).and_(move(project_id, gone, moved))


def key_of_row(row: Row) -> tuple[UUID, UUID, datetime]:
    """The key of a record's row, without the project."""
    trace_id, _, digest, logged_at = row[:4]
    return trace_id, digest, logged_at


def move(
    project_id: int,
    gone: Sequence[tuple[UUID, UUID, datetime]],
    moved: Sequence[tuple[WireLog, Meaning]],
) -> Rewritten:
    """Store records under their new keys in place of the old ones."""
    if not moved:
        return Rewritten()
    traces, digests, times = ([key[at] for key in gone] for at in range(3))
    with connection.cursor() as cursor:
        cursor.execute(DELETE_LOGS, [project_id, traces, digests, times])
    bounds = store_logs(project_id, moved)
    return Rewritten(len(moved), {trace for trace, _, _ in gone if trace.int}, bounds)
