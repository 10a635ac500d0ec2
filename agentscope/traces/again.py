"""Understanding stored spans again: after an upgrade, or when a project maps its attributes anew.

What was sent is stored as it came, so nothing has to be sent again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.traces.envelopes import bodies
from agentscope.traces.merge import Key, SpanCopy
from agentscope.traces.models import Trace
from agentscope.traces.payload import unpack_payload
from agentscope.traces.retold import StoredLog, renew
from agentscope.traces.rewrite import Rewritten, examine_again, rewrite_spans
from agentscope.traces.understood import Understood, understanding
from agentscope.vocabulary import Flag

BATCH = 400  # rows that are read and written at once
STEP = 0.5  # second; then what is done is committed
# A change of the wishes is known to whoever stores spans after so long: who began earlier would
# not be caught by a job that had passed already.
SETTLED = timedelta(seconds=3)
PAUSE = 0.2  # second, until then
# Held to the end of a step by every job that rewrites stored records: none writes what another one
# has replaced meanwhile.
LOCK = "select pg_advisory_xact_lock(hashtextextended('agentscope.rewriting', %s))"
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
select trace_id, digest, logged_at, envelope, body, span_id, sent_by from span_log
where project_id = %(project)s and logged_at >= %(since)s and body <> ''
and (trace_id, project_id, digest, logged_at)
    > (%(trace)s, %(project)s, %(id)s, %(time)s::timestamptz)
order by trace_id, project_id, digest, logged_at limit %(limit)s
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
    spans changed, how many log records were read, and how many of these changed.
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
        one_at_a_time(job.project_id)
        reader, place, touched = understanding(job.project_id), Place.of(job.cursor), Rewritten()
        end, going = monotonic() + STEP, True
        while going:
            again = spans_again if place.table == SPANS else logs_again
            place, read, changed = again(job, place, reader)
            touched = touched.and_(changed)
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


def one_at_a_time(project_id: int) -> None:
    """Wait until no other job rewrites stored records of a project. See LOCK."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [project_id])


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


Done = tuple[Place, int, Rewritten]  # where to go on, rows read, what changed


def add_to(job: Job, **counts: int) -> None:
    """Add to what a job says of itself in the end."""
    job.result |= {name: job.result.get(name, 0) + count for name, count in counts.items()}


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
    job.done += len(found)
    add_to(job, changed_spans=changed.rows)
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
    """Some log records, and the spans that are made of them."""
    found = [StoredLog(*row) for row in rows_behind(SELECT_LOGS, job, place)]
    spans, logs = renew(job.project_id, found, reader)
    add_to(job, changed_spans=spans.rows, read_logs=len(found), changed_logs=logs.rows)
    behind = place.behind(found[-1].key) if found else place
    return behind, len(found), spans.and_(logs)
