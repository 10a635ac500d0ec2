"""Alerts, rules and what happened to them as lines of pages: words, tones, and numbers with their
units. Unknown is said as such."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from agentscope.alerts.amounts import amount, bound, length, plain
from agentscope.alerts.conditions import AtLeast, BurnRate, GoneWithin, TimesUsual
from agentscope.alerts.evidence import Evidence, Part
from agentscope.alerts.heard import HeldBack
from agentscope.alerts.machine import OPEN, Notice, State
from agentscope.alerts.metrics import BY_CODE, Unit
from agentscope.alerts.models import (
    ACKNOWLEDGED,
    LATE,
    LET_GO,
    SNOOZED,
    WOKEN,
    Alert,
    AlertEvent,
    Rule,
)
from agentscope.alerts.read import RuleStanding, Standing
from agentscope.alerts.watch import BadRule, Watch, watch
from agentscope.alerts.windows import Calendar, Rolling
from agentscope.alerts.words import DIMENSION, HELD_BACK, STATE, named, subject, upper
from agentscope.channels.models import Channel, Delivery
from agentscope.traces.clocks import EPOCH

TONE = {State.FIRING: "bad", State.NO_DATA: "warn", State.PENDING: "warn", State.RESOLVED: "good"}
DELIVERY = {
    Delivery.State.WAITING: ("waiting", "warn"),
    Delivery.State.SENDING: ("being sent", "warn"),
    Delivery.State.SENT: ("sent", "good"),
    Delivery.State.FAILED: ("failed, tried again", "warn"),
    Delivery.State.GIVEN_UP: ("given up", "bad"),
}
HAPPENED = {
    Notice.FIRED: "Fires",
    Notice.REMINDED: "Still fires",
    Notice.RESOLVED: "Is over",
    Notice.CORRECTED: "Taken back: it is not so, as came out later",
    Notice.NO_DATA: "Has no data",
}
DONE = {
    ACKNOWLEDGED: "Acknowledged",
    SNOOZED: "Snoozed",
    WOKEN: "Snooze ended",
    LET_GO: "Let go",
    LATE: "Told late",
}


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


@dataclass(frozen=True, slots=True)
class EventLine:
    """What happened, as a history shows it."""

    event: AlertEvent
    at: datetime
    what: str
    value: str
    threshold: str
    why_not: str
    deliveries: Sequence[Delivery] = ()

    @property
    def tone(self) -> str:
        """Of what it was."""
        state = State(self.event.state)
        return TONE.get(state, "") if self.event.notice or not self.event.did else ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as the list of them shows it."""

    standing: RuleStanding
    about: str
    fires: str
    fired: datetime | None

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return self.standing.rule


def alert_line(standing: Standing, week_start: int) -> AlertLine:
    """An alert in words."""
    alert, unit = standing.alert, unit_of(standing.alert.rule)
    since = when(alert.since_ns) if alert.since_ns else None
    return AlertLine(
        standing,
        of(alert, week_start),
        amount(alert.value, unit),
        compared_with(alert.threshold, unit),
        since,
    )


def compared_with(threshold: Decimal | None, unit: Unit) -> str:
    """A threshold; nothing where nothing was compared."""
    return "" if threshold is None else bound(threshold, unit)


def of(alert: Alert, week_start: int) -> str:
    """Whose value it is; of a rule that makes no sense any more only its group is known."""
    try:
        return subject(watch(vars(alert.rule), week_start), alert.group)
    except BadRule:
        return alert.group or "The project"


def event_line(
    event: AlertEvent, deliveries: Mapping[str, Sequence[Delivery]] | None = None
) -> EventLine:
    """What happened in words."""
    unit = unit_of(event.alert.rule)
    value = amount(event.value, unit)
    if event.unpriced_calls and event.value is not None:
        value = f"at least {value}, {event.unpriced_calls:,} without a price"
    why = HELD_BACK[HeldBack(event.held_back)] if event.held_back else ""
    told = (deliveries or {}).get(about(event), ())
    limit = compared_with(event.threshold, unit)
    return EventLine(event, when(event.at_ns), what(event), value, limit, why, told)


def parts(behind: Evidence, event: AlertEvent) -> list[tuple[Part, str]]:
    """The runs behind an event, each with its part of the value."""
    unit = unit_of(event.alert.rule)
    return [(each, amount(each.value, unit)) for each in behind.parts]


def about(event: AlertEvent) -> str:
    """How messages about an event are called."""
    return f"alert-event:{event.pk}"


def what(event: AlertEvent) -> str:
    """What it was: what somebody did, what people are told, or how it stands since."""
    if event.did and event.did != LATE:
        return DONE[event.did]
    if not event.notice:
        return f"Is {STATE[State(event.state)].lower()}"
    words = HAPPENED[Notice(event.notice)]
    return f"{words}, told late" if event.did == LATE else words


def rule_line(standing: RuleStanding, week_start: int) -> RuleLine:
    """A rule in words."""
    rule, fired_ns = standing.rule, standing.fired_ns
    fired = when(fired_ns) if fired_ns else None
    try:
        watched = watch(vars(rule), week_start)
    except BadRule as error:
        return RuleLine(standing, str(error), "", fired)
    return RuleLine(standing, looked_at(watched), fires(watched), fired)


def looked_at(watched: Watch) -> str:
    """What a rule looks at: `Cost of each session (agent planner) in the last day`."""
    scope, metric = watched.scope, watched.metric.label
    if watched.of:
        metric += f" ({watched.of.replace('_', ' ')})"
    whose = [f"each {DIMENSION[scope.each].lower()}"] if scope.each else []
    whose += [named(*pair) for pair in scope.only.items()]
    whose += ["runs that match its filter"] if watched.filter else []
    told = ", ".join(whose) or "the project"
    return f"{metric} of {told} {over_time(watched)}"


def over_time(watched: Watch) -> str:
    """The time that is looked at."""
    if isinstance(watched.span, Rolling):
        return f"in the last {length(watched.span.seconds)}"
    if isinstance(watched.span, Calendar):
        return f"in a calendar {watched.span.unit}"
    return "as a whole"


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


def unit_of(rule: Rule) -> Unit:
    """What the values of a rule count."""
    metric = BY_CODE.get(rule.metric)
    return metric.unit if metric else Unit.USD


def delivery_words(delivery: Delivery) -> tuple[str, str]:
    """How a delivery stands, and its tone."""
    return DELIVERY[Delivery.State(delivery.state)]


def channel_state(channel: Channel) -> tuple[str, str]:
    """How the last attempt of a channel went, and its tone; nothing before the first."""
    if not channel.enabled:
        return "off", ""
    if not channel.last_state:
        return "", ""
    return DELIVERY[Delivery.State(channel.last_state)]


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
