"""How much is stored, as it is shown: bars by day, and days with what was added on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

Days = Sequence[tuple[date, int]]  # bytes by days, the oldest first


@dataclass(frozen=True)
class DayBar:
    """How much there was at the end of a day. `height` is a share of the largest, 0 to 1."""

    day: date
    size: int
    grown: int | None  # bytes since the day that was measured before; None: it is the first
    height: float


def day_bars(days: Days) -> list[DayBar]:
    """A bar for each day that was measured."""
    top = max((size for _, size in days), default=0) or 1
    grown = [None, *(after - before for (_, before), (_, after) in pairwise(days))]
    return [
        DayBar(day, size, more, size / top) for (day, size), more in zip(days, grown, strict=True)
    ]
