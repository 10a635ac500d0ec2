"""May it go on? Pure: from what is known, the answer and the reason in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from agentscope.alerts.windows import Window
from agentscope.budgets.policy import ERRORS, Fail, Policy, Terms, plain
from agentscope.budgets.standing import Around, Place, Standing
from agentscope.findings.circuits import Hour, State, after
from agentscope.findings.severity import Severity
from agentscope.meter.scope import group_name

CENTI = Decimal("0.0001")  # USD; smaller amounts are told as they are
SEVERITIES = {each.word: each for each in Severity}


class Decision(IntEnum):
    """What who asks is to do. The highest of all budgets holds."""

    ALLOW = 0
    WARN = 1  # go on, and somebody may want to know
    DOWNGRADE = 2  # go on with a cheaper model
    STOP = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Level:
    """How a call stands to one budget. Amounts in its unit; `needs` is what the call may use, None
    if it is not known."""

    place: Place
    standing: Standing
    window: Window
    needs: Decimal | None
    decision: Decision
    reason: str

    @property
    def spent(self) -> Decimal:
        """In the window of now: what is of an earlier one is nothing in this."""
        return spent_in(self.standing, self.window)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds, and why."""

    decision: Decision
    reason: str
    level: Level | None = None  # of the budget that decided, else of the one with least left
    finding: dict[str, Any] | None = None  # that stops it


def spent_in(standing: Standing, window: Window) -> Decimal:
    """What is spent in a window: what was added up before it began counts as nothing."""
    as_of = standing.as_of_ns
    return Decimal(0) if as_of is None or as_of < window.begin_ns else standing.spent


def level(
    place: Place, standing: Standing, needs: Decimal | None, zone: ZoneInfo, now_ns: int
) -> Level:
    """How a call stands to a budget."""
    terms = place.terms
    window = terms.watch.span.window(now_ns, zone)
    taken = spent_in(standing, window) + standing.reserved
    decision, reached = reached_by(terms, taken, needs or Decimal(0))
    if decision == Decision.STOP and standing.lifted:
        decision = Decision.WARN
        reached += let_go(*standing.lifted)
    reason = f"{said(place, standing, window)} {reached}" if reached else ""
    return Level(place, standing, window, needs, decision, reason)


def reached_by(terms: Terms, taken: Decimal, needs: Decimal) -> tuple[Decision, str]:
    """What a budget does with a call, and why in words; "" if it lets it pass. At the limit it does
    no less than at the soft level."""
    soft = Decision[terms.policy.soft.upper()]
    hard = max(Decision[terms.policy.hard.upper()], soft)
    if taken >= terms.limit:
        return hard, "Nothing is left."
    if taken + needs > terms.limit:
        left, asked = told_apart(terms, terms.limit - taken, needs)
        return hard, f"This call may use {asked}, and {left} are left."
    if taken + needs >= terms.soft:
        share = plain(round(100 * terms.soft / terms.limit, 2))
        return soft, f"The soft level, {share}%, is reached."
    return Decision.ALLOW, ""


def said(place: Place, standing: Standing, window: Window) -> str:
    """What a budget has, in a sentence."""
    terms = place.terms
    each = terms.watch.scope.each
    of = f" for {each} “{group_name(each, place.group)}”" if place.group else ""
    unknown = standing.unpriced_calls
    spent = amount(terms, spent_in(standing, window))
    least = "at least " if unknown and terms.unit == "usd" else ""
    calls = "1 call has" if unknown == 1 else f"{unknown:,} calls have"
    priced = f"; {calls} no price" if least else ""
    held = f" and {amount(terms, standing.reserved)} are reserved" if standing.reserved else ""
    limit = amount(terms, terms.limit)
    return f"Of budget “{terms.name}”{of}, {least}{spent} of {limit} are spent{held}{priced}."


def amount(terms: Terms, value: Decimal) -> str:
    """An amount with its unit, of as many digits as matter."""
    if terms.unit == "tokens":
        return f"{value:,.0f} tokens"
    if not value or value >= 1:
        return f"${value:,.2f}"
    return f"${value:,.4f}" if value >= CENTI else f"${plain(value)}"


def told_apart(terms: Terms, one: Decimal, other: Decimal) -> tuple[str, str]:
    """Two amounts that differ, with as many digits as it takes to see that."""
    short = amount(terms, one), amount(terms, other)
    if short[0] != short[1]:
        return short
    return exact(terms, one), exact(terms, other)


def exact(terms: Terms, value: Decimal) -> str:
    """An amount with its unit, and all of its digits."""
    return f"{plain(value)} tokens" if terms.unit == "tokens" else f"${plain(value)}"


def let_go(who: str, why: str) -> str:
    """That a person lets it go on, as the end of a reason."""
    return f" It is let go on by {who}: {why}"


def verdict(around: Around, levels: list[Level], now: datetime, tool: str = "") -> Verdict:
    """The answer: what a person stopped, then findings and the tool if it fails, then budgets."""
    if around.stop:
        of, name, who, why = around.stop
        return Verdict(Decision.STOP, f"The {of} “{name}” was stopped by {who}: {why}")
    policies = [each.place.terms.policy for each in levels]
    found = stopping(around, policies)
    if found and not found["lifted"]:
        return Verdict(Decision.STOP, found["sentence"], finding=found)
    if is_broken(around, now) and any(each.errors for each in policies):
        return Verdict(Decision.STOP, f"Tool “{tool}” keeps failing: {failed(around)}.")
    if not levels:
        decision = Decision[around.otherwise[0].upper()]
        then = ", and such calls are to stop" if decision == Decision.STOP else ""
        return Verdict(decision, f"No budget holds for this call{then}.")
    worst = max(levels, key=lambda each: (each.decision, -left(each)))
    reason = worst.reason or said(worst.place, worst.standing, worst.window)
    if found:
        reason += f" {found['sentence']}{let_go(*found['lifted'])}"
        return Verdict(max(worst.decision, Decision.WARN), reason, worst, found)
    return Verdict(worst.decision, reason, worst)


def left(level: Level) -> Decimal:
    """Which share of a budget is left."""
    terms = level.place.terms
    return (terms.limit - level.spent - level.standing.reserved) / terms.limit


def stopping(around: Around, policies: list[Policy]) -> dict[str, Any]:
    """The worst finding that a policy stops for, before those in spite of which a person lets its
    trace go on; empty if there is none."""
    found = [each for each in around.findings if any(stops_for(policies, each))]
    return min(found, key=lambda each: bool(each["lifted"]), default={})


def stops_for(policies: list[Policy], finding: dict[str, Any]) -> Iterator[bool]:
    """Whether each policy stops for a finding."""
    for policy in policies:
        severities = [SEVERITIES[each] for each in policy.findings if each in SEVERITIES]
        yield finding["code"] in policy.findings + (ERRORS if policy.errors else ())
        yield bool(severities) and finding["severity"] >= min(severities)


def circuit(around: Around, now: datetime) -> State | None:
    """Whether a circuit breaker would let a tool be called, by its last hour; None: not known."""
    if around.tool is None:
        return None
    return after(State.CLOSED, Hour(now, *around.tool[:2]))


def is_broken(around: Around, now: datetime) -> bool:
    """Whether trying a tool again cannot help: it only fails, or findings say so."""
    if around.tool is None or circuit(around, now) is not State.OPEN:
        return False
    calls, failures, permanent = around.tool
    return permanent or failures >= calls


def failed(around: Around) -> str:
    """How often a tool failed, in words, and whether that stays so."""
    calls, failures, permanent = around.tool or (0, 0, False)
    said = f"{failures} of {calls} calls in the last hour failed"
    return f"{said}, permanently" if permanent else said


def fail(around: Around, levels: list[Level]) -> Fail:
    """What who asks does while nobody answers: closed if any budget says so."""
    if not levels:
        return Fail(around.otherwise[1])
    is_closed = any(each.place.terms.policy.fail is Fail.CLOSED for each in levels)
    return Fail.CLOSED if is_closed else Fail.OPEN
