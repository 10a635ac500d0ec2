"""Budgets as people see them: how they stand, what is to come, what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, Subquery

from agentscope.alerts.conditions import seconds_left
from agentscope.alerts.measure import RECENT
from agentscope.alerts.models import Rule
from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import SECOND, Calendar, Window
from agentscope.budgets.models import Answer, Budget, Otherwise
from agentscope.budgets.policy import Terms, terms
from agentscope.channels.models import Channel
from agentscope.projects.models import Project

USD_DIGITS = 12  # after the point, as costs have
# The groups of each budget that used or hold most in its present window. Of a group whose first
# calls are under way nothing is spent yet.
STANDS = """
select asked.id, taken.* from unnest(%(ids)s::int8[], %(begins)s::int8[]) as asked (id, begins),
lateral (
    select "group", coalesce(spent, 0) as spent, coalesce(unpriced_calls, 0) as unpriced_calls,
        coalesce(recent, 0) as recent, as_of_ns, coalesce(reserved, 0) as reserved,
        count(*) over () as total
    from (
        select * from budget_spent where budget_id = asked.id and as_of_ns >= asked.begins
    ) as used full join (
        select "group", sum(greatest(amount - covered, 0)) as reserved from budget_reservation
        where budget_id = asked.id and is_open and expires_at > %(now)s
        group by "group" having sum(greatest(amount - covered, 0)) > 0
    ) as held using ("group")
    order by coalesce(spent, 0) + coalesce(reserved, 0) desc, "group"
    limit %(limit)s offset %(offset)s
) as taken
"""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a group of a budget stands. Amounts in its unit, as of `as_of_ns`."""

    group: str
    spent: Decimal  # that is known of
    reserved: Decimal
    unpriced_calls: int  # which are in neither
    a_second: Decimal  # that is spent at present
    as_of_ns: int | None  # None: nothing is spent yet
    forecast: Decimal | None  # at the end of the window, at this rate; None: it has no end
    seconds_left: Decimal | None  # until the limit, at this rate; None: not before the window ends


@dataclass(frozen=True, slots=True)
class State:
    """A budget with the groups of it that used or hold most. Without terms it makes no sense:
    `trouble` says why."""

    budget: Budget
    terms: Terms | None
    window: Window | None  # the present one
    resets_at_ns: int | None  # None: never as a whole
    groups: list[Stand]
    total: int  # groups that used or hold any of it
    trouble: str = ""


def budgets(project_id: int) -> list[Budget]:
    """The budgets of a project, by name."""
    return list(Budget.objects.filter(project_id=project_id).order_by("name"))


def budget(project_id: int, number: int) -> Budget | None:
    """One budget of a project."""
    return Budget.objects.filter(project_id=project_id, pk=number).first()


def told_channels(project_id: int, several: Sequence[Budget]) -> dict[int, list[int]]:
    """The ids of the channels that budgets tell when a level is reached. One query."""
    told: dict[int, list[int]] = {each.pk: [] for each in several}
    found = Rule.objects.filter(project_id=project_id, budget__in=told, channels__isnull=False)
    pairs = found.order_by("channels").distinct().values_list("budget", "channels")
    for number, channel in pairs:
        if number is not None and channel is not None:
            told[number].append(channel)
    return told


def budgets_telling(channel: Channel) -> list[tuple[int, str]]:
    """Number and name of the budgets that tell a channel, by name. One query."""
    telling = channel.rules.filter(budget__isnull=False).values("budget")
    return list(Budget.objects.filter(pk__in=telling).order_by("name").values_list("pk", "name"))


def states(
    project: Project, several: Sequence[Budget], now_ns: int, offset: int = 0, limit: int = 1
) -> list[State]:
    """How budgets stand, each with so many of its groups. One query; behind the last group, two."""
    found = [blank(project, each, now_ns) for each in several]
    asked = [each for each in found if each.window]
    said: dict[str, Any] = {"ids": [each.budget.pk for each in asked]}
    said["begins"] = [each.window.begin_ns for each in asked if each.window]
    said |= {"now": moment(now_ns), "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(STANDS, said)
        rows = cursor.fetchall()
    if offset and not rows:  # how many there are is told all the same
        return [replace(each, groups=[]) for each in states(project, several, now_ns)]
    by_budget = {each.pk: [row for row in rows if row[0] == each.pk] for each in several}
    return [filled(each, by_budget[each.budget.pk], now_ns) for each in found]


def blank(project: Project, budget: Budget, now_ns: int) -> State:
    """A budget of which nothing is read yet."""
    try:
        found = terms(vars(budget), project.week_start)
    except BadRule as error:
        return State(budget, None, None, None, [], 0, str(error))
    span, zone = found.watch.span, ZoneInfo(project.time_zone)
    window, resets = span.window(now_ns, zone), span.resets_at(now_ns, zone)
    return State(budget, found, window, resets, [], 0, budget.trouble)


def filled(state: State, rows: Sequence[Any], now_ns: int) -> State:
    """The same with its groups."""
    if state.terms is None or state.window is None:
        return state
    groups = [stand(state.terms, state.window, row[1:], now_ns) for row in rows]
    total = rows[0][-1] if rows else 0
    plain = (state.budget, state.terms, state.window, state.resets_at_ns)
    return State(*plain, groups, total, state.trouble)


def stand(terms: Terms, window: Window, row: Sequence[Any], now_ns: int) -> Stand:
    """A row of STANDS. Of a rate that was measured long ago nothing is left."""
    group, spent, unpriced, recent, as_of_ns, reserved, _ = row
    is_fresh = as_of_ns is not None and now_ns - as_of_ns < RECENT * SECOND
    a_second = recent / RECENT if is_fresh else Decimal(0)
    ends_in = max(window.end_ns - now_ns, 0) / Decimal(SECOND)
    is_calendar = isinstance(terms.watch.span, Calendar)
    left = seconds_left(terms.limit, spent + reserved, a_second)
    if left is not None and is_calendar and left > ends_in:
        left = None
    forecast = kept(terms, spent + a_second * ends_in) if is_calendar else None
    return Stand(group, spent, reserved, unpriced, a_second, as_of_ns, forecast, left)


def kept(terms: Terms, amount: Decimal) -> Decimal:
    """An amount as exact as its unit is: what is to come is no surer than what is spent."""
    return round(amount, 0 if terms.unit == "tokens" else USD_DIGITS)


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """Some answers, the newest first, and where the next ones begin."""

    items: list[Answer]
    next: int | None  # for `before`; None: there are no more


@dataclass(frozen=True, slots=True)
class AnswerFilters:
    """What answers fulfil. "" and None: any."""

    budget: int | None = None
    decision: str = ""
    session: str = ""
    trace: str = ""  # 32 hex digits
    agent: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included


def answers(project_id: int, filters: AnswerFilters, before: int | None, limit: int) -> AnswerPage:
    """What was answered in a project, the newest first; `before`: an answer after which to begin.
    One query."""
    found = Answer.objects.filter(project_id=project_id)
    for name in ("budget", "decision", "session", "trace", "agent"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.since:
        found = found.filter(at__gte=filters.since)
    if filters.until:
        found = found.filter(at__lt=filters.until)
    if before is not None:
        at = Subquery(Answer.objects.filter(project_id=project_id, pk=before).values("at"))
        # The first condition is what the index is asked.
        found = found.filter(Q(at__lte=at), Q(at__lt=at) | Q(pk__lt=before))
    rows = list(found.order_by("-at", "-pk")[: limit + 1])
    return AnswerPage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def answer(project_id: int, number: int) -> Answer | None:
    """One answer of a project."""
    return Answer.objects.filter(project_id=project_id, pk=number).first()


def last_stop(project_id: int, trace: UUID) -> Answer | None:
    """The last answer that stopped a trace. One look at an index."""
    found = Answer.objects.filter(project_id=project_id, trace=trace, decision="stop")
    return found.order_by("-pk").first()


def otherwise(project_id: int) -> Otherwise:
    """What holds where no budget does."""
    found = Otherwise.objects.filter(project_id=project_id).first()
    return found or Otherwise(project_id=project_id)


def moment(ns: int) -> datetime:
    """A time in ns since 1970, UTC."""
    return datetime.fromtimestamp(ns / SECOND, UTC)
