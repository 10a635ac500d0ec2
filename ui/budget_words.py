"""Budgets, their groups and what was answered, as lines of pages. Unknown is said as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.amounts import length, moment, seconds
from agentscope.alerts.windows import SECOND, Calendar, Rolling, Window
from agentscope.alerts.words import DIMENSION
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import Fail, Terms
from agentscope.budgets.preview import Past
from agentscope.budgets.read import Stand, State
from agentscope.meter.scope import group_name
from ui import amounts
from ui.gauge import Filled, Gauge, amount, gauge, spent, unpriced
from ui.rule_words import looked_at

AT_SOFT = {"warn": "warns", "downgrade": "asks for a cheaper model"}
AT_HARD = {"stop": "stops", "warn": "stops nobody"}
AT_FAILURE = {Fail.OPEN: "go on", Fail.CLOSED: "stop"}


@dataclass(frozen=True, slots=True)
class GroupLine:
    """How a group of a budget stands."""

    group: str  # as it is kept
    name: str  # as people know it
    gauge: Gauge
    spent: str
    reserved: str  # "" if nothing is
    left: str
    unpriced: str  # calls that are not in what is spent; "" if none
    ahead: str  # where it is going

    @property
    def word(self) -> str:
        """How it stands, in a word; "" if well."""
        return {"bad": "at the limit", "warn": "at the soft level"}.get(self.gauge.tone, "")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget with the group that used most of it."""

    state: State
    about: str
    limit: str
    resets: str
    first: GroupLine | None  # None: the budget makes no sense
    groups: str  # how many there are; "" where it is one for all

    @property
    def budget(self) -> Budget:
        """The budget itself."""
        return self.state.budget


def budget_line(state: State, zone: ZoneInfo) -> BudgetLine:
    """A budget in words."""
    terms, budget = state.terms, state.budget
    if terms is None:
        return BudgetLine(state, state.trouble, "", "", None, "")
    first = group_line(terms, state.groups[0]) if state.groups else unused(terms)
    groups = amounts.count(state.total, DIMENSION[budget.each].lower()) if budget.each else ""
    limit = amount(terms.unit, terms.limit)
    return BudgetLine(state, looked_at(terms.watch), limit, resets(state, zone), first, groups)


def unused(terms: Terms) -> GroupLine:
    """A budget of which nothing is used."""
    return line_of("", "", Filled(terms.unit, terms.limit, terms.soft, Decimal(0)), "Not used yet.")


def group_line(terms: Terms, stand: Stand) -> GroupLine:
    """How a group stands, in words."""
    filled = Filled(
        terms.unit,
        terms.limit,
        terms.soft,
        stand.spent,
        stand.reserved,
        stand.unpriced_calls,
        stand.forecast,
    )
    name = group_name(terms.watch.scope.each, stand.group)
    return line_of(stand.group, name, filled, ahead(filled, stand))


def line_of(group: str, name: str, filled: Filled, ahead: str) -> GroupLine:
    """The words and the gauge of what is filled so far."""
    reserved = amount(filled.unit, filled.reserved) if filled.reserved else ""
    said = (spent(filled), reserved, left(filled), unpriced(filled))
    return GroupLine(group, name, gauge(filled), *said, ahead)


def left(filled: Filled) -> str:
    """What is left of a budget; at most so much, where calls have no price."""
    rest = amount(filled.unit, max(filled.limit - filled.taken, Decimal(0)))
    return f"at most {rest} left" if unpriced(filled) else f"{rest} left"


def ahead(filled: Filled, stand: Stand) -> str:
    """Where a group is going, at the rate of the last minutes."""
    if filled.taken >= filled.limit:
        return "Nothing is left."
    if not stand.a_second:
        return "Nothing was spent lately."
    end = amount(filled.unit, stand.forecast) if stand.forecast is not None else ""
    if stand.seconds_left is not None:
        comes_to = f", and it comes to {end}" if end else ""
        return f"At this rate it is gone in {seconds(stand.seconds_left)}{comes_to}."
    return f"At this rate it comes to {end}." if end else ""


def resets(state: State, zone: ZoneInfo) -> str:
    """When counting begins anew, in the zone of the project."""
    if state.resets_at_ns is not None:
        return f"Begins anew at {moment(state.resets_at_ns, zone)} ({zone.key})."
    if state.terms and isinstance(state.terms.watch.span, Rolling):
        return f"Counts the last {length(state.terms.watch.span.seconds)}."
    return "Never begins anew."


def does(terms: Terms) -> Iterator[str]:
    """What a budget does, sentence by sentence."""
    policy, unit = terms.policy, terms.unit
    model = f", {policy.model}" if policy.model and policy.soft == "downgrade" else ""
    yield f"From {amount(unit, terms.soft)} on it {AT_SOFT[policy.soft]}{model}."
    yield f"At {amount(unit, terms.limit)} it {AT_HARD[policy.hard]}."
    if policy.findings:
        yield f"It stops runs with findings: {', '.join(policy.findings)}."
    if policy.errors:
        yield "It stops calls of a tool that keeps failing, and runs that repeat what cannot help."
    yield f"While AgentScope cannot be reached, calls {AT_FAILURE[policy.fail]}."


@dataclass(frozen=True, slots=True)
class PastLine:
    """What a window before came to."""

    when: str
    most: GroupLine
    groups: int
    over: list[tuple[str, str]]
    is_all: bool
    unpriced: str


def past_lines(terms: Terms, past: Iterable[Past], zone: ZoneInfo) -> list[PastLine]:
    """The windows before, in words."""
    return [past_line(terms, each, zone) for each in past]


def past_line(terms: Terms, past: Past, zone: ZoneInfo) -> PastLine:
    """What a window came to, in words. Which group the calls without a price are of is not known:
    the most that one used is then told as at least so much."""
    used = Filled(
        terms.unit, terms.limit, terms.soft, past.most, unpriced_calls=past.unpriced_calls
    )
    each = terms.watch.scope.each
    over = [(group_name(each, name), amount(terms.unit, value)) for name, value in past.over]
    most = line_of("", "", used, "")
    return PastLine(
        when(terms, past.window, zone), most, past.groups, over, past.is_all, most.unpriced
    )


def when(terms: Terms, window: Window, zone: ZoneInfo) -> str:
    """When a window was: days of a calendar, else from when to when."""
    if not isinstance(terms.watch.span, Calendar):
        return f"{moment(window.begin_ns, zone)} to {moment(window.end_ns, zone)}"
    first, last = (
        datetime.fromtimestamp(ns // SECOND, zone).date().isoformat()
        for ns in (window.begin_ns, window.end_ns - 1)
    )
    return first if first == last else f"{first} to {last}"
