"""Adding up days: from the lines of all traces to the sums that reports read.

A day is always added up from all of its lines, never incremented, so the sums are a function of
the lines. Only the rows that came out differently are written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agentscope.costs.amounts import COLUMNS
from agentscope.traces.due import REST

LEASE = timedelta(minutes=10)  # after that a claimed day is taken again: its worker must be dead
BATCH = 5000  # traces whose lines are deleted in one transaction
WHOLE = {"traces", "calls", "tool_calls", "errors", "unpriced_calls"}  # columns of 32 bits
TABLES = {
    "day_cost": (
        *("path", "agent", "tool", "model", "provider", "service", "environment", "outcome"),
    ),
    "session_cost": ("session", "user_name", "outcome"),
    "attribute_cost": ("attributes", "environment", "outcome"),
}

# Materialized: else a plan may look for a due day once for each row, and lease several.
CLAIM = """
with due as materialized (
    select project_id, day from day_due
    where due_at <= statement_timestamp()
    and (leased_until is null or leased_until <= statement_timestamp())
    order by due_at limit 1 for update skip locked)
update day_due set leased_until = statement_timestamp() + %(lease)s * interval '1 second'
from due where day_due.project_id = due.project_id and day_due.day = due.day
returning day_due.project_id, day_due.day, day_due.generation
"""
# One worker at a time per day, also when a lease ran out while its worker was only slow.
LOCK = "select pg_advisory_xact_lock(hashtextextended(%(day)s::text, %(project_id)s))"
FINISH = f"""
update day_due set leased_until = null, rolled_at = clock_timestamp(), roll_seconds = %(seconds)s,
    due_at = case when generation <> %(generation)s
        then clock_timestamp() + {REST} * %(seconds)s * interval '1 second' end
where project_id = %(project_id)s and day = %(day)s
"""  # noqa: S608 — our own words
LINES_OF_DAY = """
project_id = %(project_id)s
and hour >= %(day)s::date::timestamp at time zone 'UTC'
and hour < (%(day)s::date + 1)::timestamp at time zone 'UTC'
"""
# What is not closed but older than the retention, those that are still due first. A project may
# keep less than the installation, whose 0 days are no end.
TO_CLOSE = """
select project_id, day, generation from day_due left join retention_periods using (project_id)
where day < %s - least(metadata_days, nullif(%s, 0)) and not closed
order by due_at, project_id, day
"""
CLOSE = """
update day_due set closed = true, due_at = null, leased_until = null
where project_id = %s and day = %s and generation = %s
"""
# A day that is closed, or that no right clock has told: it would be closed in some hundred years.
OVER = "(d.closed or d.day > current_date + 3)"
FORGET = f"""
with gone as (delete from path_cost where (trace_id, project_id, line) in (
    select p.trace_id, p.project_id, p.line from path_cost p
    join day_due d on d.project_id = p.project_id and {OVER}
        and p.hour >= d.day::timestamp at time zone 'UTC'
        and p.hour < (d.day + 1)::timestamp at time zone 'UTC'
    where not exists (select 1 from trace t
        where t.trace_id = p.trace_id and t.project_id = p.project_id)
    limit %s)
    returning trace_id, project_id, line),
charges as (
    delete from charge c using gone
    where (c.trace_id, c.project_id, c.line) = (gone.trace_id, gone.project_id, gone.line))
select count(*) from gone
"""  # noqa: S608 — our own words


@dataclass(slots=True, frozen=True)
class Day:
    """A day of a project. `generation` tells whether lines changed since it was claimed."""

    project_id: int
    day: date
    generation: int


AddUp = Callable[[Day], None]


def claim_day() -> Day | None:
    """A day that is due, given to one caller only for as long as LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE.total_seconds()})
        found = cursor.fetchone()
    return Day(*found) if found else None


@transaction.atomic
def roll_up(day: Day, *others: AddUp) -> None:
    """Add up a day from its lines, and what others keep of it, in one transaction with the note
    that it is done.

    Claimed before, in a transaction of its own: examinations that change the day meanwhile do not
    wait, and make it due again.
    """
    began = perf_counter()
    said: dict[str, Any] = asdict(day)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, said)
        for table, dimensions in TABLES.items():
            cursor.execute(replacement(table, dimensions), said)
        for add_up in others:
            add_up(day)
        cursor.execute(FINISH, said | {"seconds": perf_counter() - began})


def replacement(table: str, dimensions: tuple[str, ...]) -> str:
    """The statement that makes the rows of a day what its lines come to."""
    columns = ", ".join((*dimensions, *COLUMNS))
    said = ", ".join(dimensions)
    return f"""
    with fresh as materialized (
        select {said}, {", ".join(map(summed, COLUMNS))} from path_cost
        where {LINES_OF_DAY} group by {said}),
    stored as materialized (
        select * from {table} where project_id = %(project_id)s and day = %(day)s),
    kept as materialized (
        select id, {columns} from stored join fresh using ({columns})),
    gone as (
        delete from {table} where id in (select id from stored except select id from kept))
    insert into {table} (project_id, day, {columns})
    select %(project_id)s, %(day)s, * from (
        select {columns} from fresh except select {columns} from kept) as changed
    """  # noqa: S608 — names of tables and columns only


def summed(column: str) -> str:
    """The sum of a column, as its type holds it: times of broken clocks may add up to more."""
    if column.endswith("_cost"):
        return f"sum({column}) as {column}"
    kind = "int4" if column in WHOLE else "int8"
    return (
        f"least(sum({column}), {2**31 - 1 if column in WHOLE else 2**63 - 1})::{kind} as {column}"
    )


def close_days(*others: AddUp) -> None:
    """Close the days whose spans are about to expire: their sums stay, as history.

    To be called before anything is dropped. A day that is still due is added up first, with what
    others keep of it.
    """
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    with connection.cursor() as cursor:
        cursor.execute(TO_CLOSE, [timezone.now().date(), days])
        for day in (Day(*found) for found in cursor.fetchall()):
            roll_up(day, *others)
            cursor.execute(CLOSE, [day.project_id, day.day, day.generation])


def forget_lines() -> None:
    """Delete the lines of days that are OVER whose traces are gone, and the charges in them; to be
    called when they are."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET, [BATCH])
            if cursor.fetchone()[0] < BATCH:
                return
