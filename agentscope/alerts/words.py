"""Alerts as people are told of them: whose value it is, over which time, what it is compared with,
and what to do. Pure.

Money is never more than is known: with calls of unknown price it is "at least" so much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

from agentscope.alerts.amounts import amount, bound, count, length, moment, plain, seconds
from agentscope.alerts.conditions import AtLeast, BurnRate, Condition, GoneWithin, TimesUsual
from agentscope.alerts.heard import FLAPPING, HeldBack
from agentscope.alerts.machine import Notice, State
from agentscope.alerts.metrics import Metric, OfDurations, OfFindings, OfSilence
from agentscope.alerts.names import digits, lower, short, upper
from agentscope.alerts.to_do import NO_DATA_TO_DO, to_do
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import Calendar, Rolling, Whole, Window
from agentscope.alerts.windows import Unit as Days

if TYPE_CHECKING:  # what decides has words without looking for evidence
    from agentscope.alerts.evidence import Part

DIMENSION = {
    "path": "Path",
    "agent": "Agent",
    "tool": "Tool",
    "model": "Model",
    "environment": "Environment",
    "key": "Key",
    "session": "Session",
    "user": "User",
    "trace": "Run",
}
STATE = {
    State.OK: "OK",
    State.PENDING: "Pending",
    State.FIRING: "Firing",
    State.RESOLVED: "Resolved",
    State.NO_DATA: "No data",
}
NOTICE = {
    Notice.FIRED: "fires",
    Notice.REMINDED: "still fires",
    Notice.RESOLVED: "is over",
    Notice.CORRECTED: "is taken back",
    Notice.NO_DATA: "has no data",
}
HELD_BACK = {
    HeldBack.SNOOZED: "it is snoozed",
    HeldBack.MUTED: "it is muted",
    HeldBack.ACKNOWLEDGED: "somebody is looking at it",
    HeldBack.FLAPPING: f"it changed {FLAPPING} times or more within an hour",
    HeldBack.UNHEARD: "nobody was told that it began",
    HeldBack.TOGETHER: "it was told together with others of its rule",
}
USED = {
    "cost": "cost {}",
    "tokens": "used {}",
    "calls": "made {} of models",
    "tool_calls": "made {} of tools",
    "runs": "began {}",
    "errors": "had {}",
    "error_rate": "failed in {} of its calls",
    "unpriced_share": "has no known price for {} of its model calls",
    "silence": "has sent nothing for {}",
}
CALENDAR = {Days.DAY: "today", Days.WEEK: "this week", Days.MONTH: "this month"}
LONGEST_SENTENCE = 400  # of a finding


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a budget stands that is gone soon: what came of it so far, and in how many seconds the
    rest is gone at the present rate; None: that is not known."""

    so_far: Decimal | None
    gone_in: Decimal | None


@dataclass(frozen=True, slots=True)
class Tale:
    """What there is to tell of a notice. `worst` is the trace with most of it, if that is known;
    `changes` are those within an hour, this one among them."""

    rule: str
    watch: Watch
    zone: ZoneInfo
    group: str
    notice: Notice
    value: Decimal | None
    threshold: Decimal | None
    window: Window
    unpriced_calls: int = 0
    worst: Part | None = None
    changes: int = 1
    is_late: bool = False
    finding: str = ""  # what the worst of those says that are counted
    forecast: Forecast | None = None  # of what is gone soon


def title(tale: Tale) -> str:
    """One line."""
    told = f": {headline(tale)}" if tale.notice != Notice.NO_DATA else ""
    return f"“{short(tale.rule)}” {NOTICE[tale.notice]}: {subject(tale.watch, tale.group)}{told}"


def headline(tale: Tale) -> str:
    """The value as it stands in a title: of a forecast it is yet to come."""
    condition = tale.watch.condition
    if isinstance(condition, GoneWithin):
        return f"{value_of(tale)} within {ahead(condition)}"
    return value_of(tale)


def sentences(tale: Tale) -> tuple[str, ...]:
    """What happened and what to do, each a sentence."""
    return tuple(told(tale))


def told(tale: Tale) -> Iterator[str]:
    """The sentences of a notice."""
    if tale.is_late:
        yield "This was held back until now."
    yield from (over if tale.notice in (Notice.FIRED, Notice.REMINDED) else otherwise)(tale)
    if tale.unpriced_calls and tale.notice != Notice.NO_DATA:
        calls = count(Decimal(tale.unpriced_calls), "call")
        yield f"{calls} of it {have(tale.unpriced_calls)} no known price, and count as nothing."
    if tale.changes >= FLAPPING:
        yield (
            f"It changed {tale.changes} times within an hour: "
            "it is told again when it stays as it is for longer."
        )
    if tale.notice in (Notice.FIRED, Notice.REMINDED):
        yield to_do(tale.watch.metric)


def over(tale: Tale) -> Iterator[str]:
    """The threshold is reached."""
    begin = "Still: " if tale.notice == Notice.REMINDED else ""
    yield f"{begin}{came_to(tale)}; the rule “{short(tale.rule)}” fires {at(tale)}."
    if tale.forecast:
        yield until_now(tale, tale.forecast)
    if tale.finding:
        yield f"The worst of them: {short(tale.finding, LONGEST_SENTENCE)}"
    if tale.worst and tale.watch.scope.each != "trace" and "trace" not in tale.watch.scope.only:
        of = amount(tale.worst.value, tale.watch.metric.unit)
        name = f"{short(tale.worst.name)} " if tale.worst.name else ""
        yield f"The run with most of it is {name}({tale.worst.trace_id.hex}): {of}."


def until_now(tale: Tale, forecast: Forecast) -> str:
    """How a budget stands: `So far it cost $3.10 today: at this rate $4.00 is gone in 40 min.`"""
    metric = tale.watch.metric
    spent = USED[metric.code].format(value_of(replace(tale, value=forecast.so_far)))
    limit, left = bound(tale.threshold, metric.unit), forecast.gone_in
    if left is None:
        return f"So far it {spent} {within(tale)}."
    gone = f"at this rate {limit} is gone in {seconds(left)}" if left else f"{limit} is gone"
    return f"So far it {spent} {within(tale)}: {gone}."


def otherwise(tale: Tale) -> Iterator[str]:
    """It is over, was taken back, or there is nothing to compare."""
    if tale.notice == Notice.NO_DATA:
        yield f"{subject(tale.watch, tale.group)}: there is nothing to compare {within(tale)}."
        yield NO_DATA_TO_DO
    elif tale.notice == Notice.CORRECTED:
        yield f"{came_to(tale)}, as came out later; the rule “{short(tale.rule)}” fires {at(tale)}."
        yield "What was told of it before is not so. Nothing is left to do."
    else:
        over = "It is over" if not is_at_rest(tale) else "Nothing has come of it for a day"
        yield f"{over}: {came_to(tale)}; the rule “{short(tale.rule)}” fires {at(tale)}."


def is_at_rest(tale: Tale) -> bool:
    """Whether it is over as a whole run is, though it came to what it fires for."""
    is_over = tale.value is not None and tale.threshold is not None and tale.value >= tale.threshold
    return isinstance(tale.watch.span, Whole) and is_over


def came_to(tale: Tale) -> str:
    """Whose value it is, and what it came to: `Session s-12 cost $2.41 in its whole run`."""
    metric, who = tale.watch.metric, subject(tale.watch, tale.group)
    value = value_of(tale) if tale.value is not None else "an unknown amount"
    if isinstance(tale.watch.condition, GoneWithin):
        spent, soon = USED[metric.code].format(value), ahead(tale.watch.condition)
        return f"At the present rate {lower(who)} will have {spent} within {soon}"
    if isinstance(metric, OfDurations):
        return f"{who}: {metric.label} was {value} {within(tale)}"
    if isinstance(metric, OfSilence):
        return f"{who} {USED[metric.code].format(value)}"
    if isinstance(metric, OfFindings):
        return f"{who} had {value} {within(tale)}"
    return f"{who} {USED[metric.code].format(value)} {within(tale)}"


def value_of(tale: Tale) -> str:
    """The value with its unit and what is not known of it."""
    metric = tale.watch.metric
    said = amount(tale.value, metric.unit)
    if isinstance(metric, OfFindings) and (of := tale.watch.of or "anomaly" * metric.is_anomaly):
        said += f" ({of})"
    return f"at least {said}" if tale.unpriced_calls and tale.value else said


def subject(watch: Watch, group: str) -> str:
    """Whose value it is: `Session s-12 (agent planner)`, `The project`."""
    scope = watch.scope
    each = [(scope.each, group)] if scope.each else []
    names = [named(*pair) for pair in (*each, *scope.only.items())]
    if not names:
        names.append("the project")
    if watch.filter:
        names.append(matching(watch.filter))
    first, rest = names[0], [lower(name) for name in names[1:]]
    return f"{upper(first)} ({', '.join(rest)})" if rest else upper(first)


def matching(of_traces: str) -> str:
    """Which runs a filter lets through: `runs that match status=error&agent=planner`."""
    return f"runs that match {short(unquote_plus(of_traces))}"


def named(dimension: str, name: str) -> str:
    """`Agent planner`; a run by its id as addresses have it, or as it was called."""
    return f"{DIMENSION[dimension]} {short(digits(name) if dimension == 'trace' else name)}"


def within(tale: Tale) -> str:
    """The time that was looked at: `in the last hour`, `today`, `in its whole run`."""
    span = tale.watch.span
    if isinstance(span, Rolling):
        return f"in the last {length(span.seconds)}"
    if isinstance(span, Calendar):
        return f"{CALENDAR[span.unit]} (since {moment(tale.window.begin_ns, tale.zone)})"
    of = {tale.watch.scope.each, *tale.watch.scope.only}
    return "in its whole run" if "trace" in of else "in all its runs"


def at(tale: Tale) -> str:
    """What it is compared with: `at $2.00`."""
    told_at = bound(tale.threshold, tale.watch.metric.unit)
    return f"at {told_at}{because(tale.watch.condition, tale.watch.metric)}"


def because(condition: Condition, metric: Metric) -> str:
    """Why the threshold is what it is."""
    unit = metric.unit
    if isinstance(condition, AtLeast):
        return ""
    if isinstance(condition, TimesUsual):
        least = bound(condition.floor, unit)
        return f", {plain(condition.times)} times what is usual, and {least} at least"
    if isinstance(condition, BurnRate):
        limit = bound(condition.limit, unit)
        return f" by now, {plain(condition.times)} times an even pace towards {limit}"
    if isinstance(condition, GoneWithin):
        return ""
    raise TypeError(condition)


def ahead(condition: GoneWithin) -> str:
    """How far is looked ahead: `an hour`, `40 minutes`."""
    said = length(condition.seconds)
    return said if said[0].isdigit() else f"{'an' if said == 'hour' else 'a'} {said}"


def facts(tale: Tale) -> tuple[tuple[str, str], ...]:
    """Name and value of what was compared."""
    metric, window = tale.watch.metric, tale.window
    begin = moment(window.begin_ns, tale.zone) if window.begin_ns else "its begin"
    return (
        ("Rule", short(tale.rule)),
        ("Of", subject(tale.watch, tale.group)),
        (metric.label, headline(tale)),
        ("Threshold", bound(tale.threshold, metric.unit)),
        ("Time", f"{begin} to {moment(window.end_ns, tale.zone)} ({tale.zone.key})"),
    )


def have(number: int) -> str:
    """`has` or `have`."""
    return "has" if number == 1 else "have"
