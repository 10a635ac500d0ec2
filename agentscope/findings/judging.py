"""Comparing days with those before them: the work queue, and what is found.

The queue is the column `JudgedDay.due_at`. When a day has been added up it is due, and so are the
days after it that have it in their history; nothing is kept from one time to the next, so what is
found is a function of the rows, in whatever order they came.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from agentscope.costs.days import Day
from agentscope.findings.anomalies import replace_anomalies, stored_of
from agentscope.findings.anomaly import (
    Anomaly,
    of_firsts,
    of_host,
    of_hours,
    of_mixes,
    of_runs,
    of_shifts,
)
from agentscope.findings.failures import failed_hours, failed_runs
from agentscope.findings.first_calls import first_call
from agentscope.findings.firsts import DAYS, told
from agentscope.findings.history import (
    Asked,
    a_month_ago,
    dearest_run,
    dearest_traces,
    earlier_runs,
    firsts_of,
    hosts_called,
    hours_of,
    runs_a_day,
    runs_of,
)
from agentscope.findings.hosts import new_hosts
from agentscope.findings.hourly import odd_hours
from agentscope.findings.limits import Limits
from agentscope.findings.measures import ERROR_RATE
from agentscope.findings.mix import OddMix, odd_hours_of_errors, odd_mixes
from agentscope.findings.odd import Odd, odd_runs, worth_comparing
from agentscope.findings.precedents import newcomers, unprecedented, without_takeovers
from agentscope.findings.read import limits_of
from agentscope.findings.shifts import odd_shifts
from agentscope.traces.clocks import EPOCH, moment
from agentscope.traces.due import REST

log = logging.getLogger(__name__)

UNSEEN_REST = 5  # seconds, at least, until a day is judged again for what is left of it
LEASE = timedelta(minutes=10)  # after that a claimed day is due again: its worker must be dead
# In order, so that two transactions never wait for each other in a circle. A day that changes all
# the time rests for four times as long as judging it took: a fifth of a core at most.
MARK = f"""
insert into finding_day as known (project_id, day, due_at, judge_seconds)
select %(project_id)s, day, statement_timestamp(), 0 from (
    select %(day)s::date as day union
    select day from finding_day where project_id = %(project_id)s
        and day > %(day)s and day <= %(day)s::date + {DAYS}) as changed
order by day
on conflict (project_id, day) do update set due_at = least(known.due_at, greatest(
    statement_timestamp(), known.judged_at + {REST} * known.judge_seconds * interval '1 second'))
"""  # noqa: S608 — our own words
CLAIM = """
with due as materialized (
    select project_id, day from finding_day where due_at <= statement_timestamp()
    order by due_at, day limit 1 for update skip locked)
update finding_day set due_at = statement_timestamp() + %(lease)s * interval '1 second'
from due where finding_day.project_id = due.project_id and finding_day.day = due.day
returning finding_day.project_id, finding_day.day, finding_day.due_at
"""
LOCK = "select pg_advisory_xact_lock(hashtextextended('judge ' || %(day)s::text, %(project_id)s))"
# What a glance raised and no examination has seen is left, so the day is judged again.
FINISH = f"""
update finding_day set judged_at = clock_timestamp(), judge_seconds = %(seconds)s,
    due_at = case when due_at <> %(leased)s then due_at when %(is_left)s then clock_timestamp()
        + greatest({UNSEEN_REST}, {REST} * %(seconds)s) * interval '1 second' end
where project_id = %(project_id)s and day = %(day)s
"""  # noqa: S608 — our own words


@dataclass(slots=True, frozen=True)
class Claimed:
    """A day that is due, and until when it is given to one worker."""

    project_id: int
    day: date
    leased: datetime


def mark_changed(day: Day) -> None:
    """Let a day be judged, and those after it that are compared with it. Runs in the transaction
    that added it up."""
    mark(day.project_id, day.day)


def judge_again(project_id: int, found: Iterable[Anomaly]) -> None:
    """Let the days of some anomalies be judged, which were not found by judging them."""
    for day in sorted({moment(each.first_ns // 1000).date() for each in found}):
        mark(project_id, day)


def mark(project_id: int, day: date) -> None:
    """Let a day of a project be judged, and those after it that are compared with it."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"project_id": project_id, "day": day})


def claim() -> Claimed | None:
    """A day that is due, given to one caller only for as long as LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE.total_seconds()})
        found = cursor.fetchone()
    return Claimed(*found) if found else None


def judge_due() -> bool:
    """Judge a day that is due; False if none is. One that cannot be judged must not keep others
    waiting: it is logged, and due again when its lease ends."""
    claimed = claim()
    if claimed is None:
        return False
    try:
        judge(claimed)
    except Exception:
        log.exception("Cannot judge %s of project %s", claimed.day, claimed.project_id)
    return True


@transaction.atomic
def judge(claimed: Claimed) -> None:
    """Compare a day with those before it, and write down what is found."""
    began = perf_counter()
    asked = Asked(claimed.project_id, claimed.day)
    said: dict[str, Any] = {
        "project_id": claimed.project_id,
        "day": claimed.day,
        "leased": claimed.leased,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, said)
        stored = stored_of(asked)
        replace_anomalies(asked, stored, anomalies_of(asked))
        said |= {"seconds": perf_counter() - began, "is_left": bool(stored.unseen)}
        cursor.execute(FINISH, said)


def anomalies_of(asked: Asked) -> list[Anomaly]:
    """All that is out of the ordinary on a day. Some dozen queries, whatever there is, and a
    few for each new host."""
    limits = limits_of(asked.project_id)
    a_day = runs_a_day(asked)
    mixes = odd_mixes_of(asked, limits, a_day)
    explained = {(each.mixed.trace_id, each.mixed.agent) for each in mixes}
    return list(
        chain(
            of_runs(without_errors_of(odd_runs_of(asked, limits, a_day), explained)),
            of_mixes(iter(mixes)),
            of_hours_and_shifts(asked, limits),
            of_firsts(told(firsts_of(asked), limits)),
            hosts_of(asked, limits),
        )
    )


def of_hours_and_shifts(asked: Asked, limits: Limits) -> Iterator[Anomaly]:
    """Hours that are out of the ordinary, and those from which on costs stay up."""
    rows, day = hours_of(asked), (asked.day - EPOCH.date()).days
    hours, shifts = list(odd_hours(rows, day, limits)), list(odd_shifts(rows, day, limits))
    places = [(each.spike.hour, each.agent) for each in hours]
    dear = dearest_traces(asked, [*places, *((each.shift.hour, each.agent) for each in shifts)])
    yield from of_hours(iter(hours), dear)
    yield from of_shifts(iter(shifts), dear)


def odd_runs_of(asked: Asked, limits: Limits, a_day: float) -> Iterator[Odd]:
    """Runs that are out of the ordinary, but for those of which there is a precedent."""
    runs = runs_of(asked)
    subjects = worth_comparing(runs)
    if not subjects:
        return iter(())
    found = list(odd_runs(runs, earlier_runs(asked, subjects), limits, a_day))
    return without_precedent(asked, found, dearest_run)


def without_precedent(
    asked: Asked, found: list[Odd], dearest: Callable[[Asked], int]
) -> Iterator[Odd]:
    """Runs but those that were as dear a month ago, or as others were. `dearest` tells what the
    dearest run before a day cost."""
    if newcomers(found):
        found = list(without_takeovers(found, dearest(asked)))
    return unprecedented(found, a_month_ago(asked, [each.subject for each in found]))


def odd_mixes_of(asked: Asked, limits: Limits, a_day: float) -> list[OddMix]:
    """Runs that failed in a way they usually do not, and hours that no such run tells of."""
    runs = list(odd_mixes(*failed_runs(asked), limits, a_day))
    told = {(each.mixed.agent, each.name, hour_of(each.mixed.began)) for each in runs}
    hours = odd_hours_of_errors(*failed_hours(asked), limits)
    return runs + [
        each
        for each in hours
        if (each.mixed.agent, each.name, hour_of(each.mixed.began)) not in told
    ]


def hour_of(time: datetime) -> datetime:
    """The start of the hour of a time."""
    return time.replace(minute=0, second=0, microsecond=0)


def without_errors_of(
    found: Iterable[Odd], explained: Collection[tuple[UUID | None, str]]
) -> Iterator[Odd]:
    """Runs but those that fail too often where a class of errors tells how."""
    for each in found:
        if each.measure is not ERROR_RATE or (each.trace_id, each.subject[0]) not in explained:
            yield each


def hosts_of(asked: Asked, limits: Limits) -> Iterator[Anomaly]:
    """Hosts that were called for the first time."""
    for found in new_hosts(*hosts_called(asked), limits):
        if call := first_call(asked, found):
            yield of_host(found, call)
