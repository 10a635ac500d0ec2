"""How budgets stand: what groups have spent and reserved, where that is going, when it begins
anew; and what those were told who asked. The number of queries does not grow with what is read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from agentscope.alerts.conditions import seconds_left
from agentscope.alerts.measure import RECENT
from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import SECOND, Window
from agentscope.budgets.models import Answer, Budget
from agentscope.budgets.policy import Terms, terms
from agentscope.projects.models import Project
from agentscope.traces.clocks import EPOCH

# What was added up before the window of now began is nothing in it.
STOOD = """
with want as (select * from jsonb_to_recordset(%(wants)s::jsonb)
    as want (id bigint, begin_ns bigint, soft numeric, "limit" numeric)),
held as (
    select budget_id, "group", sum(greatest(amount - covered, 0)) as reserved
    from budget_reservation where project_id = %(project)s and is_open and expires_at > %(now)s
    and budget_id in (select id from want) group by budget_id, "group"),
stood as (
    select want.id, "group", coalesce(reserved, 0) as reserved, as_of_ns,
        case when as_of_ns >= begin_ns then spent else 0 end as spent,
        case when as_of_ns >= begin_ns then unpriced_calls else 0 end as unpriced_calls,
        case when as_of_ns >= begin_ns then recent else 0 end as recent, soft, "limit"
    from want join (budget_spent full join held using (budget_id, "group")) on budget_id = want.id),
used as (select * from stood where spent > 0 or unpriced_calls > 0 or reserved > 0)
"""
COLUMNS = 'id, "group", spent, reserved, unpriced_calls, recent, as_of_ns'
FULLEST = f"""{STOOD}
select distinct on (id) {COLUMNS}, count(*) over all_of,
    count(*) filter (where spent + reserved >= soft) over all_of,
    count(*) filter (where spent + reserved >= "limit") over all_of
from used window all_of as (partition by id)
order by id, spent + reserved desc, unpriced_calls desc, "group"
"""  # noqa: S608 — our own words
GROUPS = f"""{STOOD}
select {COLUMNS}, count(*) over () from used
order by spent + reserved desc, unpriced_calls desc, "group" limit %(limit)s offset %(offset)s
"""  # noqa: S608 — our own words
LATEST = timedelta(days=30)  # whose answers are told
DIGITS = 18  # more than numbers and times of answers have


@dataclass(frozen=True, slots=True)
class Group:
    """How a group of a budget stands. Amounts in its unit."""

    name: str
    spent: Decimal = Decimal(0)  # that is known of
    reserved: Decimal = Decimal(0)
    unpriced_calls: int = 0
    recent: Decimal = Decimal(0)  # in the last RECENT seconds
    as_of_ns: int | None = None  # None: not added up yet


@dataclass(frozen=True, slots=True)
class Stand:
    """A budget in the window of now."""

    budget: Budget
    terms: Terms | None  # None: it makes no sense, and its `trouble` says why
    window: Window
    resets_at_ns: int | None  # None: never as a whole
    now_ns: int
    fullest: Group  # of which least is left
    groups: int = 0  # that used anything
    near: int = 0  # of them at the soft level
    over: int = 0  # of them at the limit

    def forecast(self, group: Group) -> Decimal | None:
        """What a group has spent when the window ends, if it goes on as in the last RECENT seconds;
        None where it does not end."""
        if self.resets_at_ns is None:
            return None
        left = Decimal(max(self.resets_at_ns - self.now_ns, 0)) / SECOND
        return group.spent + group.recent / RECENT * left

    def seconds_left(self, group: Group) -> Decimal | None:
        """After how many seconds a group is at the limit, at this rate; None: not before it begins
        anew."""
        if self.terms is None:
            return None
        found = seconds_left(self.terms.limit, group.spent + group.reserved, group.recent / RECENT)
        if found is None or self.resets_at_ns is None:
            return found
        return found if found * SECOND < self.resets_at_ns - self.now_ns else None


def stands(project: Project, now_ns: int) -> list[Stand]:
    """All budgets of a project by name. Two queries."""
    found = Budget.objects.filter(project_id=project.pk).order_by("name")
    empty = [stand(project, each, now_ns) for each in found]
    rows = read(FULLEST, project.pk, empty, now_ns)
    fullest = {row[0]: (Group(*row[1:7]), row[7:]) for row in rows}
    return [filled(each, *fullest.get(each.budget.pk, (Group(""), (0, 0, 0)))) for each in empty]


def filled(found: Stand, fullest: Group, counts: tuple[int, int, int]) -> Stand:
    """A budget with its fullest group, and how many there are."""
    return Stand(
        found.budget, found.terms, found.window, found.resets_at_ns, found.now_ns, fullest, *counts
    )


def stand(project: Project, budget: Budget, now_ns: int) -> Stand:
    """A budget of which nothing is known to be used."""
    try:
        found = terms(vars(budget), project.week_start)
    except BadRule:
        return Stand(budget, None, Window(now_ns, now_ns), None, now_ns, Group(""))
    zone = ZoneInfo(project.time_zone)
    span = found.watch.span
    window, resets = span.window(now_ns, zone), span.resets_at(now_ns, zone)
    return Stand(budget, found, window, resets, now_ns, Group(""))


def groups(project: Project, found: Stand, offset: int, limit: int) -> tuple[list[Group], int]:
    """The groups of a budget, those of which least is left first, and how many there are. One
    query."""
    rows = read(GROUPS, project.pk, [found], found.now_ns, offset=offset, limit=limit)
    return [Group(*row[1:7]) for row in rows], rows[0][-1] if rows else 0


def read(sql: str, project_id: int, found: Iterable[Stand], now_ns: int, **said: int) -> list[Any]:
    """How budgets stand, as a statement has it."""
    wants = [
        {
            "id": each.budget.pk,
            "begin_ns": each.window.begin_ns,
            "soft": str(each.terms.soft),
            "limit": str(each.terms.limit),
        }
        for each in found
        if each.terms
    ]
    now = datetime.fromtimestamp(now_ns / SECOND, UTC)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"project": project_id, "now": now, "wants": json.dumps(wants), **said})
        rows: list[Any] = cursor.fetchall()
    return rows


def answers(
    project_id: int, budget_id: int, now: datetime, *, decision: str, after: str, limit: int
) -> tuple[list[Answer], str]:
    """What those were told whose answer a budget decided, the newest first, of the days of LATEST;
    and where to go on, "" at the end. A place that is not ours is the first. One query."""
    found = Answer.objects.filter(
        behind(after), project_id=project_id, budget=budget_id, at__gt=now - LATEST
    )
    if decision:
        found = found.filter(decision=decision)
    items = list(found.order_by("-at", "-pk")[: limit + 1])
    last = items[limit - 1] if len(items) > limit else None
    return items[:limit], place(last) if last else ""


def place(last: Answer) -> str:
    """Where an answer stands among others."""
    return f"{(last.at - EPOCH) // timedelta(microseconds=1)}-{last.pk}"


def behind(after: str) -> Q:
    """What comes after a place."""
    at, _, pk = after.partition("-")
    if not all(each.isascii() and each.isdigit() and len(each) < DIGITS for each in (at, pk)):
        return Q()
    when = EPOCH + timedelta(microseconds=int(at))
    return Q(at__lt=when) | Q(at=when, pk__lt=int(pk))
