"""A rule as it is worked with, read from what people said. Pure.

What a rule says is plain JSON, so that forms, the API and the database hold the same:

    window     {"kind": "rolling", "seconds": 3600} · {"kind": "calendar", "unit": "day"}
               {"kind": "whole"}
    condition  {"kind": "at_least", "threshold": "2.50"}
               {"kind": "times_usual", "times": "3", "floor": "1", "fallback": "5"}
               {"kind": "burn_rate", "limit": "100", "times": "2"}
               {"kind": "gone_within", "limit": "100", "seconds": 2400}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from agentscope.alerts.conditions import (
    AtLeast,
    BurnRate,
    Condition,
    GoneWithin,
    TimesUsual,
    falls_by_time,
)
from agentscope.alerts.machine import Policy, Silence
from agentscope.alerts.metrics import BY_CODE, Metric, OfFindings, OfSilence, adds_up
from agentscope.alerts.windows import MONDAY, Calendar, Rolling, Span, Unit, Whole
from agentscope.meter.scope import COLUMN, Scope

SHORTEST, LONGEST = 60, 90 * 86_400  # seconds of a rolling window
MOST_HELD = 86_400  # seconds
LARGEST = Decimal("1e24")
OF_FINDINGS = {"path", "agent", "session", "trace", "user", "environment"}
WINDOW_PARTS = {
    "rolling": ("kind", "seconds"),
    "calendar": ("kind", "unit"),
    "whole": ("kind",),
}
BOUNDED = ("trace", "session")  # of which a whole can be meant


class BadRule(ValueError):
    """A rule that cannot be worked with: which part of it, and why."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(why)
        self.part = part


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at, over which time, and when it is worth an alert."""

    metric: Metric
    of: str
    scope: Scope
    filter: str
    span: Span
    condition: Condition
    policy: Policy

    @property
    def may_fall(self) -> bool:
        """Whether it may fall in a window that does not move, though nothing came late: a share or
        a quantile by what comes next, a pace or a forecast by time alone."""
        return falls_by_time(self.condition) or not adds_up(self.metric)


def watch(said: Mapping[str, Any], week_start: int = MONDAY) -> Watch:
    """A rule by the names of models.Rule. Raises BadRule."""
    metric = BY_CODE.get(said.get("metric") or "")
    if metric is None:
        raise BadRule("metric", f"There is no metric “{said.get('metric')}”.")
    scope = scope_of(said.get("only") or {}, said.get("each") or "")
    if isinstance(metric, OfFindings) and (unknown := scope.dimensions - OF_FINDINGS):
        raise BadRule("only", f"Findings are not told apart by {', '.join(sorted(unknown))}.")
    if isinstance(metric, OfSilence) and (said.get("condition") or {}).get("kind") != "at_least":
        raise BadRule("condition", f"{metric.label} does not add up: it reaches a threshold.")
    span, policy = span_of(said.get("window") or {}, scope, week_start), policy_of(said)
    if policy.silence == Silence.TELL and scope.each in BOUNDED:
        raise BadRule("silence", "Runs and sessions end: that there is no data of one is no news.")
    return Watch(
        metric,
        of_metric(metric, said.get("of") or ""),
        scope,
        said.get("filter") or "",
        span,
        condition_of(said.get("condition") or {}, span),
        policy,
    )


def scope_of(only: Mapping[str, Any], each: str) -> Scope:
    """Whose use is meant."""
    said = {name: str(value) for name, value in only.items() if value}
    if "trace" in said:
        said["trace"] = uuid_of(said["trace"], "only")
    if each and each not in COLUMN:
        raise BadRule("each", f"Use is told apart by {', '.join(COLUMN)}, not by “{each}”.")
    try:
        return Scope(said, each)
    except ValueError as error:
        raise BadRule("only", str(error)) from error


def uuid_of(said: str, part: str) -> str:
    """The id of a trace as it is stored. Raises BadRule of the part that says it."""
    try:
        return str(UUID(said))
    except ValueError as error:
        raise BadRule(part, "A trace is named by the 32 hex digits of its id.") from error


def of_metric(metric: Metric, of: str) -> str:
    """What is counted of a metric; only findings are told apart."""
    if of and not isinstance(metric, OfFindings):
        raise BadRule("of", f"{metric.label} has no kinds.")
    return of


def span_of(said: Mapping[str, Any], scope: Scope, week_start: int) -> Span:
    """How long is looked back."""
    kind = said.get("kind")
    if kind == "rolling":
        return Rolling(whole(said, "window", "seconds", SHORTEST, LONGEST))
    if kind == "calendar" and said.get("unit") in list(Unit):
        return Calendar(Unit(said["unit"]), week_start)
    if kind == "whole":
        if not {scope.each, *scope.only} & set(BOUNDED):
            raise BadRule("window", "Only a run or a session can be meant as a whole.")
        return Whole()
    raise BadRule("window", "A window is rolling, a calendar day, week or month, or a whole run.")


def check_window(said: Mapping[str, Any]) -> None:
    """Whoever says a part that does not belong to a window means another one. What is kept is read
    all the same. Raises BadRule."""
    kind = str(said.get("kind"))
    names = WINDOW_PARTS.get(kind, ())
    if strange := [name for name in said if name not in names]:
        said_by = " and ".join(names)
        why = f"A window that is {kind} says {said_by}; there is no “{strange[0][:40]}” of it."
        raise BadRule("window", why)


def condition_of(said: Mapping[str, Any], span: Span) -> Condition:
    """When it is worth an alert."""
    kind = said.get("kind")
    if kind == "at_least":
        return AtLeast(number(said, "threshold"))
    if kind == "times_usual":
        if isinstance(span, Whole):
            raise BadRule("window", "A whole run has none before it to compare it with.")
        fallback = number(said, "fallback") if said.get("fallback") else None
        return TimesUsual(number(said, "times"), number(said, "floor"), fallback)
    if kind == "burn_rate":
        if not isinstance(span, Calendar):
            raise BadRule("window", "How quickly a budget burns is told of a day, week or month.")
        return BurnRate(number(said, "limit"), number(said, "times"))
    if kind == "gone_within":
        return GoneWithin(number(said, "limit"), whole(said, "condition", "seconds", 60, LONGEST))
    raise BadRule("condition", "There is no such condition.")


def policy_of(said: Mapping[str, Any]) -> Policy:
    """When an alert changes."""
    silence = said.get("silence") or Silence.KEEP
    if silence not in set(Silence):
        raise BadRule("silence", "Without data an alert can stay, be well, or tell of it.")
    remind = said.get("remind")
    return Policy(
        whole(said, "hold", "hold", 0, MOST_HELD) if said.get("hold") else 0,
        None if not remind else whole(said, "remind", "remind", 60, LONGEST),
        Silence(silence),
    )


def number(said: Mapping[str, Any], name: str) -> Decimal:
    """A number above 0, as text or number. Raises BadRule."""
    try:
        found = Decimal(str(said.get(name)))
    except InvalidOperation as error:
        raise BadRule("condition", f"“{said.get(name)}” is no number.") from error
    if not found.is_finite() or not 0 < found <= LARGEST:
        raise BadRule("condition", f"“{said.get(name)}” is not above 0.")
    return found


def whole(said: Mapping[str, Any], part: str, name: str, least: int, most: int) -> int:
    """A whole number within bounds. Raises BadRule."""
    try:
        found = int(str(said.get(name)))
    except ValueError as error:
        raise BadRule(part, f"“{said.get(name)}” is no whole number.") from error
    if not least <= found <= most:
        raise BadRule(part, f"{found} is not from {least} to {most}.")
    return found
