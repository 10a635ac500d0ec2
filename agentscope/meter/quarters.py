"""Adding up quarters of an hour, so that a month is read in no time.

A quarter is always added up from all of its readings, never incremented, once it is over and when
something of it changed later. Until then it is due, and is read from the readings themselves: what
is read is exact at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agentscope.meter.readings import COLUMNS, MINUTE_NS
from agentscope.traces.clocks import EPOCH

MINUTES = 15
QUARTER_NS = MINUTES * MINUTE_NS
REST_NS = 2 * MINUTE_NS  # after its end: most that comes late has come by then
BATCH = 20  # quarters in one transaction
DIMENSIONS = ("path", "agent", "tool", "model", "environment", "key", "kind")

A_QUARTER = timedelta(minutes=MINUTES)
# Of a quarter that is closed and was added up, what is left of its readings is less than was used.
MARK = """
insert into quarter_due (project_id, quarter)
select %(project_id)s, quarter from unnest(%(quarters)s::int4[]) as quarter
where quarter >= %(closed)s or not exists (select 1 from quarter_metered q
    where q.project_id = %(project_id)s and q.quarter = quarter.quarter)
on conflict do nothing
"""
CLAIM = f"""
delete from quarter_due where (project_id, quarter) in (
    select project_id, quarter from quarter_due where quarter < %s
    order by quarter desc limit {BATCH} for update skip locked)
returning project_id, quarter
"""  # noqa: S608 — numbers only
FORGET = "delete from quarter_metered where project_id = %(project_id)s and quarter = %(quarter)s"
SAID = ", ".join(DIMENSIONS)
READ = "project_id = %(project_id)s and minute >= %(first)s and minute < %(end)s"
ADD_UP = f"""
with sums as (
    select {SAID}, {", ".join(f"sum({name}) as {name}" for name in COLUMNS)},
        max(minute) as last_minute
    from metered where {READ} group by {SAID}),
took as (
    select {SAID}, array_agg(bucket order by bucket) as durations,
        array_agg(number order by bucket) as counts
    from (select {SAID}, bucket, sum(number) as number
        from metered, unnest(durations, counts) as each (bucket, number)
        where {READ} group by {SAID}, bucket) as buckets
    group by {SAID})
insert into quarter_metered
    (project_id, quarter, {SAID}, {", ".join(COLUMNS)}, last_minute, durations, counts)
select %(project_id)s, %(quarter)s, {SAID}, {", ".join(COLUMNS)}, last_minute,
    coalesce(durations, '{{}}'), coalesce(counts, '{{}}')
from sums left join took using ({SAID})
"""  # noqa: S608 — our own words


def mark_quarters(project_id: int, quarters: Iterable[int]) -> None:
    """Let these be read from their readings until they are added up."""
    if marked := sorted(set(quarters)):
        with connection.cursor() as cursor:
            said: dict[str, Any] = {"project_id": project_id, "quarters": marked}
            cursor.execute(MARK, said | {"closed": closed_before(timezone.now())})


def quarters_of(first_minute: int, last_minute: int) -> range:
    """The quarters that some minutes lie in."""
    return range(first_minute // MINUTES, last_minute // MINUTES + 1)


def closed_before(now: datetime) -> int:
    """The quarter before which sums stay as they are, since the spans behind them are dropped, as
    traces.retention says; 0 if all are kept."""
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    if not days:
        return 0
    oldest = datetime.combine(now.date() - timedelta(days=days), datetime.min.time(), UTC)
    return (oldest - EPOCH) // A_QUARTER


@transaction.atomic
def add_up_quarters(now_ns: int) -> int:
    """Add up quarters that are over; how many. No two workers take the same."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [(now_ns - REST_NS) // QUARTER_NS])
        claimed = cursor.fetchall()
        for project_id, quarter in claimed:
            first = quarter * MINUTES
            said: dict[str, Any] = {"project_id": project_id, "quarter": quarter}
            said |= {"first": first, "end": first + MINUTES}
            cursor.execute(FORGET, said)
            cursor.execute(ADD_UP, said)
    return len(claimed)
