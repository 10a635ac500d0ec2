"""What happened to alerts as lines of a history: what it was, at which value, and who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agentscope.alerts.amounts import amount
from agentscope.alerts.evidence import Evidence, Part
from agentscope.alerts.heard import HeldBack
from agentscope.alerts.machine import Notice, State
from agentscope.alerts.models import ACKNOWLEDGED, LATE, LET_GO, SNOOZED, WOKEN, AlertEvent
from agentscope.alerts.words import HELD_BACK, STATE
from agentscope.channels.models import Delivery
from ui.alert_words import TONE, compared_with, unit_of, value_of, when

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
class EventLine:
    """What happened, as a history shows it."""

    event: AlertEvent
    at: datetime
    what: str
    value: str
    threshold: str
    why_not: str
    deliveries: Sequence[Delivery] = ()
    of: str = ""  # whose value it is, where many are listed

    @property
    def tone(self) -> str:
        """Of what it was."""
        state = State(self.event.state)
        return TONE.get(state, "") if self.event.notice or not self.event.did else ""


def event_line(
    event: AlertEvent,
    deliveries: Mapping[str, Sequence[Delivery]] | None = None,
    of: str = "",
) -> EventLine:
    """What happened in words."""
    unit = unit_of(event.alert.rule)
    value = value_of(event.value, event.alert.rule, event.unpriced_calls)
    why = HELD_BACK[HeldBack(event.held_back)] if event.held_back else ""
    told = (deliveries or {}).get(about(event), ())
    limit = compared_with(event.threshold, unit)
    return EventLine(event, when(event.at_ns), what(event), value, limit, why, told, of)


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
