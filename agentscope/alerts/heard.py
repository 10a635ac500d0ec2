"""What people have heard of an alert, and what they are still to hear. Pure.

What is held back for a while and still stands afterwards is told then. That it is over is told to
those alone who heard that it began.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from agentscope.alerts.machine import OPEN, Notice, State

BEGINS = (Notice.FIRED, Notice.NO_DATA)
ENDS = (Notice.RESOLVED, Notice.CORRECTED)
FLAPPING = 4  # changes within FLAPPING_WITHIN: that one says so, those after it are held back
FLAPPING_WITHIN = 3600  # seconds


class HeldBack(StrEnum):
    """Why nobody is told."""

    SNOOZED = "snoozed"
    MUTED = "muted"
    ACKNOWLEDGED = "acknowledged"  # there are no reminders of it
    FLAPPING = "flapping"
    UNHEARD = "unheard"  # that it is over, of which nobody heard that it began
    TOGETHER = "together"  # told with others of its rule in one message


@dataclass(frozen=True, slots=True)
class Ear:
    """What people heard last of an alert that is open, and what they are still to hear."""

    heard: Notice | None = None
    owed: Notice | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What comes of a look. `why` is why nobody is told; `is_late` says that it was owed."""

    ear: Ear
    notice: Notice | None = None
    why: HeldBack | None = None
    is_late: bool = False


def tell(ear: Ear, state: State, notice: Notice | None, hush: HeldBack | None) -> Told:
    """What people are told of an alert that is in this state now. `hush` holds back whatever there
    is to tell."""
    if notice is None or (notice == Notice.REMINDED and ear.owed and not hush):
        return catch_up(ear, state, hush)
    if notice == Notice.REMINDED:
        return Told(ear, notice, hush)
    return (end if notice in ENDS else begin)(ear, notice, hush)


def catch_up(ear: Ear, state: State, hush: HeldBack | None) -> Told:
    """Nothing is new; what was held back is told, if it still stands."""
    if state not in OPEN and ear.owed not in ENDS:
        return Told(Ear())
    if ear.owed is None or hush:
        return Told(ear)
    heard = None if ear.owed in ENDS else ear.owed
    return Told(Ear(heard), ear.owed, is_late=True)


def begin(ear: Ear, notice: Notice, hush: HeldBack | None) -> Told:
    """It fires, or there is no data."""
    if not hush:
        return Told(Ear(notice), notice)
    owed = None if ear.heard == notice else notice
    return Told(replace(ear, owed=owed), notice, hush)


def end(ear: Ear, notice: Notice, hush: HeldBack | None) -> Told:
    """It is over."""
    if ear.heard is None:
        return Told(Ear(), notice, HeldBack.UNHEARD)
    if hush:
        return Told(replace(ear, owed=notice), notice, hush)
    return Told(Ear(), notice)
