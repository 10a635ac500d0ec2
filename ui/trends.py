"""How often something was found, day by day, as small bars. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ui import amounts


@dataclass(slots=True, frozen=True)
class DayBar:
    """A day. `height` is a share of the highest, 0 to 1."""

    day: date
    times: int
    height: float


@dataclass(slots=True, frozen=True)
class Trend:
    """Days in order, the last one is today."""

    bars: list[DayBar]

    @property
    def words(self) -> str:
        """The same for who cannot see it."""
        times = ", ".join(str(bar.times) for bar in self.bars)
        return f"In the last {amounts.count(len(self.bars), 'day')}: {times}"


def trend(times: Mapping[date, int], today: date, days: int) -> Trend:
    """The last days (UTC)."""
    every = [today - timedelta(days=back) for back in reversed(range(days))]
    highest = max((times.get(day, 0) for day in every), default=0) or 1
    return Trend([DayBar(day, times.get(day, 0), times.get(day, 0) / highest) for day in every])
