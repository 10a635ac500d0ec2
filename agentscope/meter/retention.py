"""Forgetting readings of traces that are gone, and sums that are older than anybody asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from agentscope.meter.quarters import A_QUARTER, MINUTES, QUARTER_NS, closed_before

KEPT = timedelta(days=400)  # sums: a year, and the month that it is compared with
BATCH = 10_000  # readings deleted in one statement
# A quarter that is still to be added up needs its readings.
READINGS = f"""
with gone as (
    delete from metered where (trace_id, project_id, part, minute, place) in (
        select m.trace_id, m.project_id, m.part, m.minute, m.place from metered m
        where m.minute < %s and not exists (select 1 from trace t
            where t.trace_id = m.trace_id and t.project_id = m.project_id)
        and not exists (select 1 from quarter_due d
            where d.project_id = m.project_id and d.quarter = m.minute / {MINUTES})
        limit {BATCH})
    returning 1)
select count(*) from gone
"""  # noqa: S608 — numbers only
SUMS = "delete from quarter_metered where quarter < %s"
# Projects that are gone have nobody who would take them.
CHANGES = """
delete from meter_change where project_id not in (select id from project)
"""


def forget_readings(now_ns: int) -> None:
    """Delete the readings of traces that have expired, whose quarters were added up, and sums that
    are older than KEPT."""
    closed = closed_before(datetime.fromtimestamp(now_ns / 10**9, UTC))
    with connection.cursor() as cursor:
        while closed:
            cursor.execute(READINGS, [closed * MINUTES])
            if cursor.fetchone()[0] < BATCH:
                break
        cursor.execute(SUMS, [now_ns // QUARTER_NS - KEPT // A_QUARTER])
        cursor.execute(CHANGES)
