"""Removing traces as a whole: whatever any table has of them.

By the description of the tables, not by a list, so that none is forgotten. What a trace cost is
no part of it: its lines stay, without the user and the session, so that no sum changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection

from agentscope.sessions.write import mark_due
from agentscope.traces.tables import trace_column

# Of these the sums of days and of quarters of an hour are made; retention takes them afterwards.
SUMMED = frozenset("path_cost agent_run model_use metered billed_call".split())
Asked = dict[str, Any]  # parameters of statements
NAMING = ("path_cost", "metered")  # those that name the user and the session
# What people said of decisions stays, without its text: see reviews.erase.
OTHERS = frozenset("trace_hold meter_change budget_answer review review_comment".split())
# How what goes is called where it is counted.
CALLED = {
    "trace": "traces",
    "span": "spans",
    "span_payload": "payloads",
    "span_log": "records",
    "finding": "findings",
    "search_block": "search",
}
LOCK = """
select pg_advisory_xact_lock(hashtextextended(each::uuid::text, %(project)s))
from unnest(%(ids)s::text[]) as each order by each
"""
SESSIONS = """
select distinct session from trace
where project_id = %(project)s and trace_id = any(%(ids)s::uuid[]) and session <> ''
"""
RESOURCES = """
select envelope from span_payload where project_id = %(project)s and trace_id = any(%(ids)s::uuid[])
union
select envelope from span_log where project_id = %(project)s and trace_id = any(%(ids)s::uuid[])
"""
REMOVE = "delete from {table} where project_id = %(project)s and {column} = any(%(ids)s::uuid[])"
NAMELESS = """
update {table} set user_name = '', session = ''
where project_id = %(project)s and trace_id = any(%(ids)s::uuid[])
"""
# Of sessions of which nothing is left.
NAMELESS_SUMS = """
update session_cost cost set user_name = '', session = ''
where project_id = %(project)s and session = any(%(sessions)s) and not exists (
    select 1 from trace t where t.project_id = %(project)s and t.session = cost.session)
"""
# An answer in a trace that is held, whatever its session.
IS_HELD = """exists (select 1 from trace_hold held
    where held.project_id = answer.project_id and held.trace_id = answer.trace)"""
ENDED_SESSIONS = """
select name from unnest(%(sessions)s::text[]) as gone (name) where not exists (
    select 1 from trace t
    where t.project_id = %(project)s and t.session = gone.name and t.session <> '')
"""
# What agents were told in such a trace, or session. The ledger is told which they were.
ANSWERS = f"""
delete from budget_answer answer where project_id = %(project)s and not {IS_HELD} and (
    trace = any(%(ids)s::uuid[]) or session = any(%(sessions)s) and not exists (
        select 1 from trace t where t.project_id = %(project)s and t.session = answer.session))
returning id
"""  # noqa: S608 — text of ours
# What people were told of the traces.
MESSAGES = """
delete from delivery where project_id = %(project)s and exists (
    select from unnest(%(ids)s::text[]) as gone (trace) where strpos(message::text, gone.trace) > 0)
"""
UNUSED_RESOURCES = """
delete from envelope where project_id = %(project)s and digest = any(%(digests)s::uuid[])
and not exists (select 1 from span_payload p
    where p.project_id = %(project)s and p.envelope = envelope.digest)
and not exists (select 1 from span_log l
    where l.project_id = %(project)s and l.envelope = envelope.digest)
"""


@dataclass
class Gone:
    """What was removed: how much, by the names of CALLED; the digests of resources that were named
    by it, and the keys of answers to agents."""

    counts: Counter[str] = field(default_factory=Counter)
    resources: set[str] = field(default_factory=set)
    answers: set[int] = field(default_factory=set)


def remove_traces(project_id: int, ids: Sequence[str]) -> Gone:
    """Remove traces, given by their hexadecimal digits, in the transaction of the caller. No worker
    examines one of them meanwhile, and what writers store until the end goes too; what they store
    after it is another trace."""
    gone = Gone()
    asked: Asked = {"project": project_id, "ids": list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, asked)
        asked["sessions"] = sorted(found(SESSIONS, asked))
        gone.resources = {str(digest) for digest in found(RESOURCES, asked)}
        # Twice: until we hold the row of a trace, which goes last, writers may store behind us.
        for table, column in (each for _ in range(2) for each in tables()):
            cursor.execute(REMOVE.format(table=table, column=column), asked)
            gone.counts[CALLED.get(table, "others")] += cursor.rowcount
        for table in NAMING:
            cursor.execute(NAMELESS.format(table=table), asked)
        cursor.execute(NAMELESS_SUMS, asked)
        cursor.execute(MESSAGES, asked)
        gone.counts["messages"] += cursor.rowcount
    gone.counts["sessions"] += len(found(ENDED_SESSIONS, asked))
    gone.answers = found(ANSWERS, asked)
    gone.counts["answers"] += len(gone.answers)
    mark_due((project_id, name) for name in asked["sessions"])
    return gone


def found(query: str, asked: Asked) -> set[Any]:
    """The values of the first column that a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return {value for (value,) in cursor.fetchall()}


def tables() -> list[tuple[str, str]]:
    """Tables that have something of single traces, each with the column that names them. The trace
    itself is the last, as wherever several are locked."""
    found = [
        (model._meta.db_table, column)
        for model in apps.get_models()
        if (column := trace_column(model)) and model._meta.db_table not in SUMMED | OTHERS
    ]
    return sorted(found, key=lambda each: (each[0] == "trace", each))


def remove_resources(project_id: int, digests: Sequence[str]) -> int:
    """Remove resources that nothing names any more; how many."""
    with connection.cursor() as cursor:
        cursor.execute(UNUSED_RESOURCES, {"project": project_id, "digests": list(digests)})
        return int(cursor.rowcount)
