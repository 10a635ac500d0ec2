"""What people do about alerts. It is noted in the history of the alert, and told to the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import time_ns

from django.db import transaction
from django.utils import timezone

from agentscope.alerts.machine import OPEN, State
from agentscope.alerts.models import ACKNOWLEDGED, SNOOZED, WOKEN, Alert, AlertEvent
from agentscope.projects.changes import note_change

LONGEST = timedelta(days=366)  # of a snooze or a mute
LONGEST_NOTE = 1000  # characters
DID = {
    ACKNOWLEDGED: "Acknowledged the alert",
    SNOOZED: "Snoozed the alert",
    WOKEN: "Ended the snooze of the alert",
}


class Refused(ValueError):
    """What cannot be done about an alert. The text says why."""


@transaction.atomic
def acknowledge(alert: Alert, who: str, note: str = "") -> None:
    """Somebody looks at an alert: nobody is reminded of it until it is over. Raises Refused."""
    if alert.state not in OPEN:
        raise Refused("It is over: there is nothing to acknowledge.")
    said = good_note(note)
    Alert.objects.filter(pk=alert.pk).update(
        acknowledged_by=who, acknowledged_at=timezone.now(), note=said
    )
    note_done(alert, ACKNOWLEDGED, who, said)


@transaction.atomic
def snooze(alert: Alert, until: datetime, who: str, note: str = "") -> None:
    """Nobody is told of an alert until then; then they are, if it still stands. Raises Refused."""
    good_time(timezone.now(), until)
    said = good_note(note)
    Alert.objects.filter(pk=alert.pk).update(snoozed_until=until, snoozed_by=who)
    note_done(alert, SNOOZED, who, said or f"Until {until.isoformat(timespec='minutes')}")


@transaction.atomic
def unsnooze(alert: Alert, who: str) -> None:
    """People are told of an alert again."""
    Alert.objects.filter(pk=alert.pk).update(snoozed_until=None, snoozed_by="")
    note_done(alert, WOKEN, who, "")


def good_time(begins_at: datetime, ends_at: datetime) -> None:
    """Raise Refused for a time that is no time to be quiet in."""
    if ends_at <= begins_at:
        raise Refused("It has to end after it begins, and not before now.")
    if ends_at - begins_at > LONGEST:
        raise Refused(f"{LONGEST.days} days at most: switch the rule off instead.")


def good_note(note: str) -> str:
    """A note that can be kept. Raises Refused."""
    said = note.strip()
    if len(said) > LONGEST_NOTE or "\0" in said:
        raise Refused(f"A note has {LONGEST_NOTE} characters at most, and no NUL.")
    return said


def note_done(alert: Alert, did: str, who: str, note: str) -> None:
    """Write into the history of an alert what somebody did, read it anew, and tell the ledger."""
    done(alert, did, who, note, State(alert.state), time_ns()).save()
    alert.refresh_from_db()
    of = f"{alert.rule.name}{f' of {alert.group}' if alert.group else ''}"
    said = {"alert": alert.pk, "group": alert.group, "state": alert.state, "note": note}
    note_change("rule", alert.project_id, who, f"{DID[did]} {of}", said)


def done(alert: Alert, did: str, who: str, note: str, state: State, at_ns: int) -> AlertEvent:
    """What somebody did about an alert."""
    return AlertEvent(
        project_id=alert.project_id,
        alert=alert,
        at_ns=at_ns,
        state=state,
        value=alert.value,
        threshold=alert.threshold,
        did=did,
        who=who,
        note=note,
    )
