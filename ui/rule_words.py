"""Rules as lines of pages: what each looks at, and when it fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agentscope.alerts.amounts import bound, length, plain
from agentscope.alerts.conditions import AtLeast, BurnRate, GoneWithin, TimesUsual
from agentscope.alerts.metrics import OfSilence
from agentscope.alerts.models import Rule
from agentscope.alerts.read import RuleStanding
from agentscope.alerts.stored import unseen
from agentscope.alerts.watch import BadRule, Watch, watch
from agentscope.alerts.windows import Calendar, Rolling
from agentscope.alerts.words import DIMENSION, matching, named
from agentscope.retention.read import Kept
from ui.alert_words import when


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the list of them shows it."""

    standing: RuleStanding
    about: str
    fires: str
    fired: datetime | None
    unseen: str = ""  # what is not kept of its window

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.standing.rule


def rule_line(standing: RuleStanding, week_start: int, kept: Kept) -> RuleLine:
    """A rule in words, of a project that keeps runs for so long."""
    rule, fired_ns = standing.rule, standing.fired_ns
    fired = when(fired_ns) if fired_ns else None
    try:
        watched = watch(vars(rule), week_start)
    except BadRule as error:
        return RuleLine(standing, str(error), "", fired)
    about, lost = looked_at(watched), unseen(watched, kept.metadata)
    return RuleLine(standing, about, fires(watched), fired, lost)


def looked_at(watched: Watch) -> str:
    """What a rule looks at: `Cost of each session (agent planner) in the last day`."""
    scope, metric = watched.scope, watched.metric.label
    if watched.of:
        metric += f" ({watched.of.replace('_', ' ')})"
    whose = [f"each {DIMENSION[scope.each].lower()}"] if scope.each else []
    whose += [named(*pair) for pair in scope.only.items()]
    told = f"{metric} of {', '.join(whose) or 'the project'}{over_time(watched)}"
    return f"{told}, in {matching(watched.filter)}" if watched.filter else told


def over_time(watched: Watch) -> str:
    """The time that is looked at; "" where that is no question."""
    if isinstance(watched.metric, OfSilence):
        return ""
    if isinstance(watched.span, Rolling):
        return f" in the last {length(watched.span.seconds)}"
    if isinstance(watched.span, Calendar):
        return f" in a calendar {watched.span.unit}"
    return " as a whole"


def fires(watched: Watch) -> str:
    """When a rule fires: `at $2.00`."""
    condition, unit = watched.condition, watched.metric.unit
    if isinstance(condition, AtLeast):
        return f"at {bound(condition.threshold, unit)}"
    if isinstance(condition, TimesUsual):
        least = bound(condition.floor, unit)
        return f"at {plain(condition.times)} times what is usual, {least} at least"
    if isinstance(condition, BurnRate):
        limit = bound(condition.limit, unit)
        return f"at {plain(condition.times)} times an even pace towards {limit}"
    if isinstance(condition, GoneWithin):
        soon = length(condition.seconds)
        return f"if {bound(condition.limit, unit)} will be gone within {soon}"
    raise TypeError(condition)
