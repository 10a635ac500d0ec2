"""How often something was found, day by day, as small bars. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ui import amounts

STEP, WIDTH, HEIGHT = 6, 5, 20  # of the bars of a picture, in its own units


@dataclass(slots=True, frozen=True)
class DayBar:
    """A day. A day on which anything was found has a height of 1 at least."""

    day: date
    times: int
    x: int
    height: int

    @property
    def y(self) -> int:
        """Where the bar begins: it stands at the bottom."""
        return HEIGHT - self.height


@dataclass(slots=True, frozen=True)
class Trend:
    """Days in order, the last one is today."""

    bars: list[DayBar]

    @property
    def width(self) -> int:
        """Of the picture."""
        return STEP * len(self.bars)

    @property
    def words(self) -> str:
        """The same for who cannot see it."""
        times = ", ".join(str(bar.times) for bar in self.bars)
        return f"In the last {amounts.count(len(self.bars), 'day')}: {times}"


def trend(times: Mapping[date, int], today: date, days: int) -> Trend:
    """The last days (UTC)."""
    every = [today - timedelta(days=back) for back in reversed(range(days))]
    highest = max((times.get(day, 0) for day in every), default=0) or 1
    found = [times.get(day, 0) for day in every]
    return Trend(
        [
            DayBar(day, count, STEP * at, -(-HEIGHT * count // highest))
            for at, (day, count) in enumerate(zip(every, found, strict=True))
        ]
    )
