"""Claiming traces that are due, and writing down what their examination found.

The queue is the column `Trace.examine_after`. Whoever claims a trace pushes it into the future, so
a worker that is killed only delays it, and a broker that is wiped loses nothing.

A migration that changes what examining finds puts the traces that are there behind LEISURE: they
are examined again one at a time, beside those that are due.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from psycopg.types.json import Jsonb

from agentscope.traces.due import LOCK_TRACE, TRACE_REST
from agentscope.traces.glances import Before
from agentscope.traces.models import Trace
from agentscope.traces.totals import Totals
from agentscope.traces.tree import Tree

LEASE = timedelta(minutes=5)  # after that a claimed trace is due again: its worker must be dead
CLAIMED = 5  # traces at once: what a killed worker holds is late by a lease
SETTLED = 500  # traces at once
# Exporters send in batches, a child's batch often after its parent's: 2 s is more than the usual
# pause between two batches of one process that is done.
QUIET = timedelta(seconds=2)

# Materialised, because a plan may run a subquery once for each row, and then claim more than asked.
CLAIM = """
with found as materialized (
    select trace_id, project_id from trace where examine_after {when}
    order by examine_after limit %(limit)s for update skip locked)
update trace set examine_after = statement_timestamp() + %(lease)s * interval '1 second'
from found where trace.trace_id = found.trace_id and trace.project_id = found.project_id
returning trace.project_id, trace.trace_id
"""
DUE = "<= statement_timestamp()"
# A time that never comes. Behind it are traces that have time, the newest first; what is stored in
# one of them makes it due like any other.
LEISURE = datetime(3000, 1, 1, tzinfo=UTC)
AT_LEISURE = f">= timestamptz '{LEISURE}'"
REST_OF_TIME = "case when complete then %(quiet)s else %(idle)s end * interval '1 second'"
# Of these nothing came since they were examined: they are due only because time has passed.
SETTLE = f"""
update trace set examine_after = null, state = case when complete then 'ended' else 'idle' end
where (trace_id, project_id) in (
    select trace_id, project_id from trace
    where examine_after <= statement_timestamp() and examined_generation = generation
    and last_seen_at + {REST_OF_TIME} <= statement_timestamp()
    limit %(limit)s for update skip locked)
returning project_id, session
"""  # noqa: S608 — our own words
TAKE = f"""
with found as materialized (
    select generation, started_at, start_ns, end_ns, session, examined_at is null from trace
    where trace_id = %(trace_id)s and project_id = %(project_id)s)
select * from found where {LOCK_TRACE}
"""  # noqa: S608 — our own words
COLUMNS = {each.name: {"user": "user_name"}.get(each.name, each.name) for each in fields(Totals)}
NEXT = f"last_seen_at + {REST_OF_TIME.replace('complete', '%(complete)s')}"
# If spans came since the trace was read it stays due, after a rest in proportion to the work; they
# came after the transaction began.
FINISH = f"""
with written as (
    update trace set {", ".join(f"{column} = %({name})s" for name, column in COLUMNS.items())},
        examined_generation = %(generation)s,
        examined_at = statement_timestamp(), examine_seconds = %(seconds)s,
        state = case
            when generation <> %(generation)s or {NEXT} > statement_timestamp() then 'running'
            when %(complete)s then 'ended' else 'idle' end,
        look_after = case when generation <> %(generation)s then look_after end,
        unmetered_since = case when generation <> %(metered)s then now() end,
        look_from_ns = %(look_from)s,
        examine_after = case
            when generation <> %(generation)s
                then statement_timestamp() + %(seconds)s * {TRACE_REST} * interval '1 second'
            when {NEXT} > statement_timestamp() then {NEXT} end
    where trace_id = %(trace_id)s and project_id = %(project_id)s
    returning trace_id, project_id
)
insert into trace_index (trace_id, project_id, generation, body, so_far)
select trace_id, project_id, %(generation)s, %(body)s, %(so_far)s from written
on conflict (trace_id, project_id) do update
set generation = excluded.generation, body = excluded.body, so_far = excluded.so_far
"""  # noqa: S608 — names of columns and our own words


def claim_due(limit: int = CLAIMED) -> list[tuple[int, UUID]]:
    """Project and id of traces that are due, each given to one caller only for as long as LEASE."""
    return claim(DUE, limit)


def claim_at_leisure() -> list[tuple[int, UUID]]:
    """The same of one trace that an earlier version examined, the newest."""
    return claim(AT_LEISURE, 1)


def waiting_at_leisure() -> int:
    """How many traces an earlier version examined that still wait to be examined again."""
    return Trace.objects.filter(examine_after__gte=LEISURE).count()


def hasten(project_id: int, trace_id: UUID) -> None:
    """Examine a trace without further leisure: somebody looks at it."""
    Trace.objects.filter(
        project_id=project_id, trace_id=trace_id, examine_after__gte=LEISURE
    ).update(examine_after=Now())


def claim(when: str, limit: int) -> list[tuple[int, UUID]]:
    """Lease at most `limit` traces whose time is such."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(when=when), {"lease": LEASE.total_seconds(), "limit": limit})
        return [(project_id, trace_id) for project_id, trace_id in cursor.fetchall()]


def settle_due() -> tuple[int, list[tuple[int, str]]]:
    """Say of quiet traces, SETTLED at most, that they ended, or are idle. Needs no examination:
    nothing came. How many there were, and the projects and sessions that they belong to."""
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, times() | {"limit": SETTLED})
        settled: list[tuple[int, str]] = cursor.fetchall()
    return len(settled), [(project_id, session) for project_id, session in settled if session]


@dataclass(slots=True, frozen=True)
class Taken:
    """A trace as it is before its examination."""

    project_id: int
    trace_id: UUID
    generation: int
    started_at: datetime
    start_ns: int
    end_ns: int
    session: str
    is_new: bool = False  # it never was examined
    is_done: bool = True  # False: something is left to the next examination


def take(project_id: int, trace_id: UUID) -> Taken | None:
    """A trace, for one worker at a time: None if another one is at it, until its transaction ends.

    It is not locked: spans that arrive do not wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"trace_id": trace_id, "project_id": project_id})
        found = cursor.fetchone()
    return Taken(project_id, trace_id, *found) if found else None


def finish(
    trace: Taken, tree: Tree, totals: Totals, seconds: float, before: Before | None = None
) -> None:
    """Write the tree of a trace, what it comes to, its state, and when to look again.

    `seconds` is the CPU time it took, `before` is for the glances at a large trace. Writes nothing
    if the trace was deleted meanwhile.
    """
    found = (
        {name: getattr(totals, name) for name in COLUMNS}
        | times()
        | {
            "trace_id": trace.trace_id,
            "project_id": trace.project_id,
            "generation": trace.generation - (not trace.is_done),
            "metered": trace.generation,
            "seconds": seconds,
            "look_from": before.since_ns if before else 0,
            "so_far": Jsonb(asdict(before)) if before else None,
            "body": tree.pack(),
        }
    )
    with connection.cursor() as cursor:
        cursor.execute(FINISH, found)


def times() -> dict[str, float]:
    """How long nothing must come before a trace has ended, or is idle, in seconds."""
    idle: timedelta = settings.AGENTSCOPE_IDLE_AFTER
    return {"quiet": QUIET.total_seconds(), "idle": idle.total_seconds()}
