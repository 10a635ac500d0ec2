"""Alerts as lines of pages: words, tones, and numbers with their units. Unknown is said as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from agentscope.alerts.amounts import amount, bound
from agentscope.alerts.machine import OPEN, State
from agentscope.alerts.metrics import BY_CODE, Unit
from agentscope.alerts.models import Alert, Rule
from agentscope.alerts.names import run_id, upper
from agentscope.alerts.read import Standing
from agentscope.alerts.watch import BadRule, watch
from agentscope.alerts.words import STATE, subject
from agentscope.traces.clocks import EPOCH

FIRST_DIGITS = 8  # of the id of a run, beside its name
Names = Mapping[UUID, str]  # of runs
TONE = {State.FIRING: "bad", State.NO_DATA: "warn", State.PENDING: "warn", State.RESOLVED: "good"}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert as lists show it."""

    standing: Standing
    of: str
    value: str
    threshold: str
    since: datetime | None

    @property
    def alert(self) -> Alert:
        """The alert itself."""
        return self.standing.alert

    @property
    def state(self) -> str:
        """In words."""
        return STATE[State(self.alert.state)]

    @property
    def is_open(self) -> bool:
        """Whether there is anything to acknowledge."""
        return self.alert.state in OPEN

    @property
    def tone(self) -> str:
        """Of its state."""
        return TONE.get(State(self.alert.state), "")

    @property
    def marks(self) -> list[str]:
        """What else is to be known of it."""
        marks = {
            "acknowledged": self.alert.acknowledged_by,
            "snoozed": self.standing.is_snoozed,
            "muted": self.standing.is_muted,
            "flapping": self.standing.is_flapping,
        }
        return [words for words, holds in marks.items() if holds]


def alert_line(standing: Standing, week_start: int, names: Names | None = None) -> AlertLine:
    """An alert in words; `names` are those of the runs that alerts are of."""
    alert, unit = standing.alert, unit_of(standing.alert.rule)
    since = when(alert.since_ns) if alert.since_ns else None
    return AlertLine(
        standing,
        of(alert, week_start, names or {}),
        value_of(alert.value, alert.rule),
        compared_with(alert.threshold, unit),
        since,
    )


def value_of(value: Decimal | None, rule: Rule, unpriced_calls: int = 0) -> str:
    """What a rule saw: of a forecast it is yet to come, without prices it is at least so much."""
    said = amount(value, unit_of(rule))
    if value is None:
        return said
    if unpriced_calls:
        said = f"at least {said}, {unpriced_calls:,} without a price"
    is_forecast = rule.condition.get("kind") == "gone_within"
    return f"on course for {said}" if is_forecast else said


def compared_with(threshold: Decimal | None, unit: Unit) -> str:
    """A threshold; nothing where nothing was compared."""
    return "" if threshold is None else bound(threshold, unit)


def of(alert: Alert, week_start: int, names: Names) -> str:
    """Whose value it is; of a rule that makes no sense any more only its group is known."""
    group = called(alert.rule.each, alert.group, names)
    try:
        return subject(watch(vars(alert.rule), week_start), group)
    except BadRule:
        return group or "The project"


def called(each: str, group: str, names: Names) -> str:
    """A group as people know it: of a run its name and how its id begins, without one the id."""
    run = run_of(each, group)
    if run is None:
        return group
    name = names.get(run, "")
    return f"{name} {run.hex[:FIRST_DIGITS]}" if name else run.hex


def runs_of(alerts: Iterable[Alert]) -> list[UUID]:
    """The runs that alerts are of."""
    found = (run_of(each.rule.each, each.group) for each in alerts)
    return [run for run in found if run is not None]


def run_of(each: str, group: str) -> UUID | None:
    """The run that a group is; None for other groups, and those of what a rule said before."""
    return run_id(group) if each == "trace" else None


def unit_of(rule: Rule) -> Unit:
    """What the values of a rule count."""
    metric = BY_CODE.get(rule.metric)
    return metric.unit if metric else Unit.USD


def when(ns: int) -> datetime:
    """A time in ns since 1970."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def tiles(counted: Mapping[str, int], chosen: str, states: Iterable[str]) -> list[dict[str, Any]]:
    """How many alerts stand how, each a filter."""
    return [
        {
            "state": str(state),
            "words": STATE.get(State(state)) if state in set(State) else upper(state),
            "count": counted[state],
            "tone": TONE.get(State(state), "") if state in set(State) and counted[state] else "",
            "is_chosen": state == chosen,
        }
        for state in states
    ]
