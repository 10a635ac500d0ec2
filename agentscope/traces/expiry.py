"""Forgetting what a project keeps for a shorter time than the installation: first the payload of a
trace, then all of it. Some traces at a time, and none that is held.

A trace is as old as its end; the partition drop of retention.py takes whole days, this takes whole
traces.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from agentscope.retention.read import let_holds_wait
from agentscope.traces.partitions import NS, midnight

BATCH = 100  # traces in one transaction
REST = timedelta(hours=1)  # as in retention.py: what is being written to is left alone
OLD = """
select t.trace_id from trace t
where t.project_id = %(project)s and t.started_at < %(before)s and t.end_ns < %(before_ns)s
and t.last_seen_at < %(rested)s {also}
and not exists (select 1 from trace_hold h
    where h.trace_id = t.trace_id and h.project_id = t.project_id)
order by t.started_at limit %(batch)s for update of t skip locked
"""
WITH_PAYLOAD = OLD.format(also="and t.emptied_at is null")
ALL = OLD.format(also="")
# What was said: records stay, as what they tell of their spans is metadata.
SAID = (
    "delete from span_payload where project_id = %s and trace_id = any(%s)",
    "delete from search_block where project_id = %s and trace_id = any(%s)",
    "delete from trace_search where project_id = %s and trace_id = any(%s)",
    "update span_log set body = '' where project_id = %s and trace_id = any(%s) and body <> ''",
)
WHOLE = (
    "delete from span where project_id = %s and trace_id = any(%s)",
    "delete from span_payload where project_id = %s and trace_id = any(%s)",
    "delete from search_block where project_id = %s and trace_id = any(%s)",
    "delete from trace_search where project_id = %s and trace_id = any(%s)",
    "delete from span_log where project_id = %s and trace_id = any(%s)",
    "delete from trace_index where project_id = %s and trace_id = any(%s)",
)
NOTE = "update trace set emptied_at = %s where project_id = %s and trace_id = any(%s)"
FORGET = """
delete from trace where project_id = %s and trace_id = any(%s) returning session
"""


@transaction.atomic
def remove_payloads(project_id: int, before: date) -> int:
    """Remove the payload of some traces that ended before a day (UTC); of how many. Their metadata
    stays: that they ran, how long, what they cost."""
    with connection.cursor() as cursor:
        ids = old(WITH_PAYLOAD, project_id, before)
        for statement in SAID if ids else ():
            cursor.execute(statement, [project_id, ids])
        cursor.execute(NOTE, [timezone.now(), project_id, ids])
    return len(ids)


@transaction.atomic
def remove_old_traces(project_id: int, before: date) -> tuple[int, set[str]]:
    """Remove some traces that ended before a day (UTC): how many, and the sessions that lost one.
    What is left of them elsewhere goes as when a partition was dropped."""
    with connection.cursor() as cursor:
        ids = old(ALL, project_id, before)
        if not ids:
            return 0, set()
        for statement in WHOLE:
            cursor.execute(statement, [project_id, ids])
        cursor.execute(FORGET, [project_id, ids])
        return len(ids), {session for (session,) in cursor.fetchall() if session}


def old(which: str, project_id: int, before: date) -> list[str]:
    """Some traces that are old enough, locked until the transaction ends."""
    start = midnight(before)
    asked: dict[str, int | datetime] = {"project": project_id, "before": start, "batch": BATCH}
    asked |= {"before_ns": int(start.timestamp()) * NS, "rested": timezone.now() - REST}
    let_holds_wait()
    with connection.cursor() as cursor:
        cursor.execute(which, asked)
        return [trace_id for (trace_id,) in cursor.fetchall()]
