"""Adding up days of uses, so that a month is read in no time.

A day is always added up from all of its uses, never incremented, once it is over and whenever
something of it changed later. What changed is known by costs.DayDue: an examination that writes
uses raises the generation of their days in the same transaction. A day whose sums are of another
generation is read from its uses, so that what is read is exact at any time; see read.py. A day that
is closed keeps its sums, when the spans behind them are dropped.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from agentscope.costs.days import BATCH, OVER, Day
from agentscope.routing.uses import SUMS

KEPT = timedelta(days=400)  # sums: a year, and the month that it is compared with
SAID = ("path", "agent", "model", "provider", "service_tier", "kind", "size")
BOUNDS = ("least_input", "most_input", "most_output")
COLUMNS = ("site", *SAID, *SUMS, *BOUNDS)
A_DAY = 24  # hours

# Those that have no sums yet are first, of these the newest.
DUE = """
select d.project_id, d.day, d.generation from day_due d
left join use_day_added a on a.project_id = d.project_id and a.day = d.day
where d.day < %s and not d.closed and a.generation is distinct from d.generation
order by a.generation is not null, d.day desc limit 1
"""
# One worker at a time for each day. Examinations do not wait for it.
LOCK = "select pg_advisory_xact_lock(hashtextextended('uses ' || %(day)s::text, %(project_id)s))"
FORGET_DAY = "delete from day_use where project_id = %(project_id)s and day = %(day)s"
# Grouped by numbers alone, for that takes a fraction of the time: what is said follows from them.
ADD_UP = f"""
insert into day_use (project_id, day, {", ".join(COLUMNS)})
select %(project_id)s, %(day)s, site, max(path), max(agent), max(model), max(provider),
    service_tier, kind, size, {", ".join(f"least(sum({name}), {2**63 - 1})" for name in SUMS)},
    min(least_input), max(most_input), max(most_output)
from model_use where project_id = %(project_id)s
and hour >= (%(day)s::date - date '1970-01-01') * {A_DAY}
and hour < (%(day)s::date - date '1970-01-01' + 1) * {A_DAY}
group by site, service_tier, kind, size
"""  # noqa: S608 — names of columns only
ADDED = """
insert into use_day_added (project_id, day, generation)
values (%(project_id)s, %(day)s, %(generation)s)
on conflict (project_id, day) do update set generation = excluded.generation
"""
# Day by day, by the index: the uses of days that are not OVER, which are most, are not looked at.
FORGET = f"""
with gone as (
    delete from model_use where (trace_id, project_id, place) in (
        select old.trace_id, old.project_id, old.place from day_due d
        cross join lateral (
            select u.trace_id, u.project_id, u.place from model_use u
            where u.project_id = d.project_id
            and u.hour >= (d.day - date '1970-01-01') * {A_DAY}
            and u.hour < (d.day - date '1970-01-01' + 1) * {A_DAY}
            offset 0) as old
        where {OVER} and not exists (select 1 from trace t
            where t.trace_id = old.trace_id and t.project_id = old.project_id)
        limit {BATCH})
    returning 1)
select count(*) from gone
"""  # noqa: S608 — numbers only
FORGET_SUMS = "delete from {table} where day < %s"


def add_up_days() -> bool:
    """Add up a day that is over and of which something changed; False if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [timezone.now().date()])
        found = cursor.fetchone()
    if found:
        add_up_uses(Day(*found))
    return found is not None


@transaction.atomic
def add_up_uses(day: Day) -> None:
    """Make the sums of a day what its uses come to, which are of its generation at least: what has
    changed since makes the day due again."""
    said = asdict(day)
    with connection.cursor() as cursor:
        cursor.execute(LOCK, said)
        cursor.execute(FORGET_DAY, said)
        cursor.execute(ADD_UP, said)
        cursor.execute(ADDED, said)


def forget_uses() -> None:
    """Delete the uses of traces that are gone, on days that are OVER: their sums stay, for as long
    as KEPT."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET)
            if cursor.fetchone()[0] < BATCH:
                break
        for table in ("day_use", "use_day_added"):
            cursor.execute(FORGET_SUMS.format(table=table), [timezone.now().date() - KEPT])
