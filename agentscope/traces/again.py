"""Understanding stored spans again: after an upgrade, or when a project maps its attributes anew.

What was sent is stored as it came, so nothing has to be sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.traces.due import mark_due
from agentscope.traces.envelopes import digest
from agentscope.traces.merge import Key, SpanCopy, span_copy
from agentscope.traces.models import Envelope, Span, Trace
from agentscope.traces.payload import unpack_payload
from agentscope.traces.rewrite import Rewritten, examine_again, rewrite_logs, rewrite_spans
from agentscope.traces.rows import log_row
from agentscope.traces.understood import Spans, Understood, understanding
from agentscope.traces.write import store_logs, store_spans
from agentscope.vocabulary import Flag, Meaning, WireLog

BATCH = 400  # rows that are read and written at once
STEP = 0.5  # second; then what is done is committed
# A change of the wishes is known to whoever stores spans after so long: who began earlier would
# not be caught by a job that had passed already.
SETTLED = timedelta(seconds=3)
PAUSE = 0.2  # second, until then
EARLIEST = datetime(1, 1, 1, tzinfo=UTC)

# A slice by the primary key, so that no step reads what another has read.
SELECT_SPANS = """
with slice as materialized (
    select trace_id, project_id, span_id, started_at, start_ns, end_ns, flags, version from span
    where project_id = %(project)s and started_at >= %(since)s
    and (trace_id, project_id, span_id, started_at)
        > (%(trace)s, %(project)s, %(id)s, %(time)s::timestamptz)
    order by trace_id, project_id, span_id, started_at limit %(limit)s)
select slice.trace_id, slice.span_id, slice.started_at, start_ns, end_ns, flags, version,
    envelope, body
from slice left join lateral (
    select envelope, body from span_payload rest where rest.trace_id = slice.trace_id
    and rest.project_id = slice.project_id and rest.span_id = slice.span_id
    and rest.started_at = slice.started_at) rest on true
order by slice.trace_id, slice.span_id, slice.started_at
"""
SELECT_LOGS = """
select trace_id, digest, logged_at, envelope, body from span_log
where project_id = %(project)s and logged_at >= %(since)s
and (trace_id, project_id, digest, logged_at)
    > (%(trace)s, %(project)s, %(id)s, %(time)s::timestamptz)
order by trace_id, project_id, digest, logged_at limit %(limit)s
"""
DELETE_LOGS = """
delete from span_log where project_id = %s and (trace_id, digest, logged_at) in (
    select * from unnest(%s::uuid[], %s::uuid[], %s::timestamptz[]))
"""
SPANS, LOGS = "span", "span_log"
# Before all keys: trace id, id within the table, time
FIRST = {
    SPANS: (UUID(int=0), -(1 << 63), "-infinity"),
    LOGS: (UUID(int=0), UUID(int=0), "-infinity"),
}


@dataclass(slots=True)
class Place:
    """Where a job is: in which table, and behind which key."""

    table: str
    trace: Any
    id: Any
    time: str

    @classmethod
    def of(cls, cursor: Any) -> Place:
        """The place that a job's cursor names; the start for None."""
        return cls(*cursor) if cursor else cls.start(SPANS)

    @classmethod
    def start(cls, table: str) -> Place:
        """Before the first row of a table."""
        return cls(table, *FIRST[table])

    def cursor(self) -> list[Any]:
        """The same as JSON."""
        plain = (str(each) if isinstance(each, UUID) else each for each in (self.trace, self.id))
        return [self.table, *plain, self.time]

    def behind(self, row: tuple[Any, ...]) -> Place:
        """The place behind a row, which starts with its key."""
        trace, id, at = row[:3]
        return Place(self.table, trace, id, at.isoformat())


class UnderstandAgain:
    """Runs jobs of this kind: first spans, then log records, in the order of their keys.

    `done` counts spans, and `total` is as many as were known at the start. `result` says how many
    rows changed.
    """

    def count(self, job: Job) -> int:
        """Spans of the traces in question, as last examined."""
        traces = Trace.objects.filter(project_id=job.project_id, started_at__gte=since(job))
        return traces.aggregate(spans=Sum("spans"))["spans"] or 0

    def step(self, job: Job) -> bool:
        """Half a second of it. See jobs.run.Runner."""
        if timezone.now() < job.created_at + SETTLED:
            sleep(PAUSE)
            return False
        reader, place, touched = understanding(job.project_id), Place.of(job.cursor), set[UUID]()
        end, going = monotonic() + STEP, True
        while going:
            again = spans_again if place.table == SPANS else logs_again
            place, read, changed = again(job, place, reader)
            touched |= changed.traces
            job.done += read if place.table == SPANS else 0
            key = f"changed_{'spans' if again is spans_again else 'logs'}"
            job.result[key] = job.result.get(key, 0) + changed.rows
            if read < BATCH:
                going = place.table == SPANS
                place = Place.start(LOGS)
            if monotonic() >= end:
                break
        examine_again(job.project_id, touched)
        job.cursor = place.cursor()
        if not going:
            job.total = job.done
        return not going


def since(job: Job) -> datetime:
    """From when on a job looks at spans."""
    said = job.parameters.get("since")
    return datetime.fromisoformat(said) if said else EARLIEST


def rows_behind(sql: str, job: Job, place: Place) -> list[tuple[Any, ...]]:
    """The next rows of a table."""
    bounds = {"trace": place.trace, "id": place.id, "time": place.time}
    with connection.cursor() as cursor:
        cursor.execute(
            sql, bounds | {"project": job.project_id, "since": since(job), "limit": BATCH}
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


Done = tuple[Place, int, Rewritten]  # where to go on, rows read, rows changed


def spans_again(job: Job, place: Place, reader: Understood) -> Done:
    """Some spans. Those that were made of log records come with these."""
    found = [StoredSpan(*row) for row in rows_behind(SELECT_SPANS, job, place)]
    envelopes = bodies(job.project_id, {each.envelope for each in found if each.envelope})
    copies = [
        again(each, reader, envelopes.get(each.envelope, b""))
        for each in found
        if each.envelope and not each.flags & Flag.FROM_LOGS
    ]
    changed = rewrite_spans(job.project_id, copies)
    behind = place.behind(found[-1].key) if found else place
    return behind, len(found), changed


@dataclass(slots=True)
class StoredSpan:
    """A span as it is stored: what tells copies apart, and what was sent."""

    trace_id: UUID
    span_id: int
    started_at: datetime
    start_ns: int
    end_ns: int
    flags: int
    version: bytes
    envelope: UUID | None  # None if retention took the payload meanwhile
    body: bytes | None

    @property
    def key(self) -> tuple[UUID, int, datetime]:
        return self.trace_id, self.span_id, self.started_at


def again(stored: StoredSpan, reader: Understood, envelope: bytes) -> SpanCopy:
    """The same copy with what it means now."""
    wire, meaning = reader.span(unpack_payload(bytes(stored.body or b"")).raw, envelope)
    return SpanCopy(
        replace(wire, trace_id=stored.trace_id.bytes),
        meaning,
        stored.envelope.bytes if stored.envelope else b"",
        stored.start_ns,
        stored.end_ns,
        int(meaning.flags),
        Key(stored.start_ns // 1000, stored.trace_id.bytes, stored.span_id),
        bytes(stored.version),
    )


def logs_again(job: Job, place: Place, reader: Understood) -> Done:
    """Some log records, and the spans that are made of them.

    A record that now belongs to another trace moves there. A span that is new is stored.
    """
    project_id, found = job.project_id, rows_behind(SELECT_LOGS, job, place)
    envelopes = bodies(project_id, {row[3] for row in found})
    stored = [(unpack_payload(bytes(row[4])).raw, envelopes.get(row[3], b"")) for row in found]
    spans, logs = reader.logs(stored)
    rows, moved = [], []
    for row, (record, meaning) in zip(found, logs, strict=True):
        new = log_row(project_id, record, meaning, row[3].bytes)
        if (new[0], new[2], new[3]) == row[:3]:
            rows.append(new)
        else:
            moved.append((row[:3], (record, meaning)))
    changed = rewrite_logs(rows)
    changed = joined(changed, move(project_id, moved), spans_of_logs(project_id, spans))
    behind = place.behind(found[-1]) if found else place
    return behind, len(found), changed


def move(
    project_id: int, moved: Sequence[tuple[tuple[Any, ...], tuple[WireLog, Meaning]]]
) -> Rewritten:
    """Store records under their new keys in place of the old ones."""
    if not moved:
        return Rewritten(0, set())
    traces, digests, times = zip(*(key for key, _ in moved), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(DELETE_LOGS, [project_id, list(traces), list(digests), list(times)])
    mark_due(project_id, store_logs(project_id, [log for _, log in moved]))
    return Rewritten(len(moved), {trace for trace in traces if trace.int})


def spans_of_logs(project_id: int, spans: Spans) -> Rewritten:
    """Write the spans that were made of log records: those that are there again, others anew."""
    if not spans:
        return Rewritten(0, set())
    copies = [span_copy(wire, said, digest(wire.scope.envelope)) for wire, said in spans]
    there = set(
        Span.objects.filter(
            project_id=project_id,
            trace_id__in={UUID(bytes=copy.key.trace_id) for copy in copies},
            span_id__in={copy.key.span_id for copy in copies},
        ).values_list("trace_id", "span_id")
    )
    known = [(UUID(bytes=copy.key.trace_id), copy.key.span_id) in there for copy in copies]
    new = [span for span, is_known in zip(spans, known, strict=True) if not is_known]
    mark_due(project_id, store_spans(project_id, new))
    kept = [copy for copy, is_known in zip(copies, known, strict=True) if is_known]
    return joined(rewrite_spans(project_id, kept), Rewritten(len(new), set()))


def joined(*parts: Rewritten) -> Rewritten:
    """All of them as one."""
    return Rewritten(sum(part.rows for part in parts), set().union(*(p.traces for p in parts)))


def bodies(project_id: int, digests: set[UUID]) -> dict[UUID, bytes]:
    """Envelopes by their digests."""
    found = Envelope.objects.filter(project_id=project_id, digest__in=digests)
    return {digest: bytes(body) for digest, body in found.values_list("digest", "body")}
