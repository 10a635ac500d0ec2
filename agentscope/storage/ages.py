"""How old traces are: how many of a project ended on which day, and what goes by which periods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from agentscope.retention.read import Kept
from agentscope.storage.models import Age

# A trace is as old as its end, as where it is removed: see traces/expiry.py.
AGES = """
select t.project_id,
    (greatest(t.started_at, to_timestamp(t.end_ns / 1e9)) at time zone 'utc')::date,
    h.trace_id is not null, t.emptied_at is not null, count(*), sum(t.spans)
from trace t left join trace_hold h on h.trace_id = t.trace_id and h.project_id = t.project_id
where %(project)s::integer is null or t.project_id = %(project)s
group by 1, 2, 3, 4
"""
COLUMNS = ("project_id", "day", "is_held", "is_emptied", "traces", "spans")


@dataclass(frozen=True)
class Sum:
    """Some traces, and their spans."""

    traces: int = 0
    spans: int = 0


@dataclass(frozen=True)
class Going:
    """What periods remove: of some traces all, of others what was said; and what stays of what is
    as old, because it is held."""

    whole: Sum
    payload: Sum
    held: Sum


def ages(project_id: int | None = None) -> list[Age]:
    """How old the traces of a project are, or those of all; not stored yet. One query, of one row
    of each trace."""
    with connection.cursor() as cursor:
        cursor.execute(AGES, {"project": project_id})
        return [Age(**dict(zip(COLUMNS, row, strict=True))) for row in cursor.fetchall()]


def going(found: Iterable[Age], kept: Kept, today: date) -> Going:
    """What these periods remove on a day, if nothing was removed since."""
    found = list(found)
    old = [age for age in found if is_over(age, kept.metadata, today)]
    full = [age for age in found if is_over(age, kept.payload, today) and not age.is_emptied]
    held = {id(age): age for age in (*old, *full) if age.is_held}
    gone = {id(age) for age in old}
    return Going(
        total(age for age in old if not age.is_held),
        total(age for age in full if not age.is_held and id(age) not in gone),
        total(held.values()),
    )


def is_over(age: Age, days: int, today: date) -> bool:
    """Whether a period is over for what ended on a day; 0 days: it never is."""
    return bool(days) and age.day < today - timedelta(days=days)


def total(found: Iterable[Age]) -> Sum:
    """All of them together."""
    found = list(found)
    return Sum(sum(age.traces for age in found), sum(age.spans for age in found))
