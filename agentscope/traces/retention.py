"""Forgetting what is older than AGENTSCOPE_RETENTION_DAYS: whole days, then what they leave behind.

A span counts as old by its own time, if a day partition holds it. One with an odd time lies in the
default partition: it lives as long as its trace keeps growing, and the same number of days longer.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from agentscope.retention.read import let_holds_wait
from agentscope.traces.partitions import DAY, TABLES, partition, politely

BATCH = 5000  # traces deleted in one transaction

IS_HELD = """(select 1 from trace_hold h
    where h.trace_id = old.trace_id and h.project_id = old.project_id)"""
ODD_ROWS = f"""
delete from {{table}}_default old where not exists (
    select 1 from trace t where t.trace_id = old.trace_id and t.project_id = old.project_id
    and t.last_seen_at >= %s)
and not exists {IS_HELD}
"""  # noqa: S608 — our own words
# Once the day is no partition any more, its rows go to the default one.
KEEP_HELD = f"insert into {{table}} select * from {{day}} old where exists {IS_HELD}"  # noqa: S608
# An hour of rest, so that a trace that is being written to is never taken for an empty one.
EMPTY_TRACES = """
with gone as (
    delete from trace where (trace_id, project_id) in (
        select t.trace_id, t.project_id from trace t
        where (t.started_at < %(before)s or t.last_seen_at < %(before)s)
        and t.last_seen_at < now() - interval '1 hour'
        and not exists (select 1 from span s
            where s.trace_id = t.trace_id and s.project_id = t.project_id)
        and not exists (select 1 from span_log l
            where l.trace_id = t.trace_id and l.project_id = t.project_id)
        limit %(batch)s)
    and last_seen_at < now() - interval '1 hour'
    returning trace_id, project_id
), indexes as (
    delete from trace_index i using gone
    where i.trace_id = gone.trace_id and i.project_id = gone.project_id
)
select count(*) from gone
"""
# What is left of a trace that lost its oldest days is another tree.
SHORTENED = """
update trace set examine_after = now(), generation = generation + 1
where (trace_id, project_id) in (
    select t.trace_id, t.project_id from trace t
    where t.started_at < %s and exists (select 1 from span s
        where s.trace_id = t.trace_id and s.project_id = t.project_id)
    for update skip locked)
"""
UNUSED_ENVELOPES = """
delete from envelope e where e.seen_on < %s
and not exists (select 1 from span_payload_default p where p.envelope = e.digest)
and not exists (select 1 from span_log_default l where l.envelope = e.digest)
"""


def drop_expired() -> None:
    """Delete what is older than the settings allow; 0 days keeps all.

    A trace stays as long as any of its spans does. Safe to run twice at once. What is locked by
    others is left for the next time.
    """
    days: int = settings.AGENTSCOPE_RETENTION_DAYS
    if not days:
        return
    oldest = timezone.now().date() - timedelta(days=days)
    dropped = [day for day in days_before(oldest) if drop_day(day)]
    politely("delete expired spans with odd times", partial(delete_odd_rows, oldest))
    while delete_empty_traces(oldest) == BATCH:
        pass
    with transaction.atomic(), connection.cursor() as cursor:
        if dropped:
            cursor.execute(SHORTENED, [oldest])
        # A span may be a day older than the day its envelope was last seen on, or two days ahead.
        cursor.execute(UNUSED_ENVELOPES, [oldest - 3 * DAY])


def days_before(oldest: date) -> list[date]:
    """The days before `oldest` that any table has a partition of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
            " where i.inhparent = any(%s::regclass[])",
            [list(TABLES)],
        )
        names = [re.search(r"_(\d{4})(\d\d)(\d\d)$", row[0]) for row in cursor.fetchall()]
    days = {date(*map(int, name.groups())) for name in names if name}
    return sorted(day for day in days if day < oldest)


def drop_day(day: date) -> bool:
    """Drop the partitions of a day. False if something held them just now."""
    return politely(f"drop the partitions of {day}", partial(drop_tables, day))


def drop_tables(day: date) -> None:
    """Drop a day's partition of each table. Rows of traces that are held move to the default
    partition, where they stay."""
    let_holds_wait()
    with connection.cursor() as cursor:
        for table in TABLES:
            name = partition(table, day)
            cursor.execute("select to_regclass(%s) is null", [name])
            if cursor.fetchone()[0]:
                continue
            cursor.execute(f"alter table {table} detach partition {name}")
            cursor.execute(KEEP_HELD.format(table=table, day=name))
            cursor.execute(f"drop table {name}")


def delete_odd_rows(oldest: date) -> None:
    """Delete from the default partitions what belongs to no living trace."""
    let_holds_wait()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(ODD_ROWS.format(table=table), [oldest])


def delete_empty_traces(oldest: date) -> int:
    """Delete some traces of which nothing is left, with their indexes; how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY_TRACES, {"before": oldest, "batch": BATCH})
        return int(cursor.fetchone()[0])
