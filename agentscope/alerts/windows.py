"""When a window begins and ends, in the time zone of its project. Pure.

Windows are half open, from `begin_ns` to before `end_ns`: what happens on a boundary is in the
later one, so that it is counted once. Calendar windows follow each other without a gap, whatever
clocks do: each begins at the first midnight of its first day, or, where clocks skip midnight, when
they do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

SECOND = 10**9  # ns
MONDAY = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, in ns since 1970."""

    begin_ns: int
    end_ns: int

    def __contains__(self, ns: int) -> bool:
        return self.begin_ns <= ns < self.end_ns


class Span(Protocol):
    """How long is looked back."""

    def window(self, now_ns: int, zone: ZoneInfo) -> Window:
        """What is looked at at some time. What is yet to come of a calendar window is in it."""

    def resets_at(self, now_ns: int, zone: ZoneInfo) -> int | None:
        """When counting begins anew, in ns since 1970; None: never as a whole."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """The last so many seconds."""

    seconds: int

    def window(self, now_ns: int, zone: ZoneInfo) -> Window:
        return Window(now_ns - self.seconds * SECOND, now_ns)

    def resets_at(self, now_ns: int, zone: ZoneInfo) -> int | None:
        return None


class Unit(StrEnum):
    """What a calendar counts by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The present day, week or month. `week_start` is 0 for Monday."""

    unit: Unit
    week_start: int = MONDAY

    def window(self, now_ns: int, zone: ZoneInfo) -> Window:
        first = self.first_day(datetime.fromtimestamp(now_ns // SECOND, zone).date())
        while midnight(NEXT[self.unit](first), zone) <= now_ns:  # clocks went back over midnight
            first = NEXT[self.unit](first)
        return Window(midnight(first, zone), midnight(NEXT[self.unit](first), zone))

    def resets_at(self, now_ns: int, zone: ZoneInfo) -> int | None:
        return self.window(now_ns, zone).end_ns

    def first_day(self, day: date) -> date:
        """The first day of the unit that a day lies in."""
        if self.unit == Unit.MONTH:
            return day.replace(day=1)
        if self.unit == Unit.WEEK:
            return day - timedelta(days=(day.weekday() - self.week_start) % 7)
        return day


@dataclass(frozen=True, slots=True)
class Whole:
    """All there ever was: what a run or a session came to."""

    def window(self, now_ns: int, zone: ZoneInfo) -> Window:
        return Window(0, now_ns)

    def resets_at(self, now_ns: int, zone: ZoneInfo) -> int | None:
        return None


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


NEXT: dict[Unit, Callable[[date], date]] = {
    Unit.DAY: lambda first: first + timedelta(days=1),
    Unit.WEEK: lambda first: first + timedelta(days=7),
    Unit.MONTH: next_month,
}


def midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins, in ns since 1970. A midnight that comes twice is the first one; one that
    clocks skip is when they skip it (PEP 495: `fold` is 0)."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND
