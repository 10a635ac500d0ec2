"""When the disk is full, if the database goes on growing as it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOWS = (7, 30)  # days
FURTHEST = 3650  # days ahead that are worth a date
ELSEWHERE = "the database is elsewhere, and its disk cannot be seen from here"
NEW = "this has been measured for {known} of the {needed} days that it takes"
STEADY = "it does not grow"
FAR = "not within ten years"


@dataclass(frozen=True)
class Growth:
    """Bytes a day over the newest measurements of a window; None: unknown, because."""

    window: int  # days
    a_day: float | None
    because: str = ""


@dataclass(frozen=True)
class Until:
    """The day (UTC) on which something comes, if all goes on; None: it never does, or that is not
    known, because."""

    day: date | None
    because: str = ""
    is_known: bool = True


@dataclass(frozen=True)
class Forecast:
    """At one growth: from when on nothing more is taken, and when the disk is full."""

    growth: Growth
    stop: Until
    full: Until


def growth(history: Sequence[tuple[date, int]], window: int) -> Growth:
    """How fast something grew. `history`: bytes by days, the oldest first. It takes half the window
    of measurements at least."""
    if not history:
        return Growth(window, None, NEW.format(known=0, needed=needed(window)))
    newest, now = history[-1]
    first, before = next(each for each in history if each[0] >= newest - timedelta(days=window))
    known = (newest - first).days
    if known < needed(window):
        return Growth(window, None, NEW.format(known=known, needed=needed(window)))
    return Growth(window, (now - before) / known)


def needed(window: int) -> int:
    """How many days of measurements tell of a window."""
    return -(-window // 2)


def forecast(free: int | None, limit: int, found: Growth, today: date) -> Forecast:
    """When `free` bytes are used up to the limit, and at all."""
    room = [None, None] if free is None else [free - limit, free]
    stop, full = (until(each, found, today) for each in room)
    return Forecast(found, stop, full)


def until(room: int | None, found: Growth, today: date) -> Until:
    """When there is no room any more."""
    if room is None:
        return Until(None, ELSEWHERE, is_known=False)
    if room <= 0:
        return Until(today)
    if found.a_day is None:
        return Until(None, found.because, is_known=False)
    if found.a_day <= 0:
        return Until(None, STEADY)
    days = int(room / found.a_day)
    return Until(None, FAR) if days > FURTHEST else Until(today + timedelta(days=days))
