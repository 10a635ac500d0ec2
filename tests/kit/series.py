"""What an agent spends hour by hour, over weeks, as such things go: for tests of baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAY, WEEK = 24, 168
MONDAY = 20_577 * DAY  # 2026-05-04, in hours since 1970; no clocks are changed until October
WARM_UP = 28  # days of history before the days that are judged
MONTH = range(WARM_UP, WARM_UP + 30)  # days
BEFORE_CHANGE = 20_717 * DAY  # 2026-09-21, a Monday: on its 35th day clocks are changed in Europe
CHANGED = 34  # the day on which they are, 2026-10-25
Shape = Callable[[int, int, np.random.Generator], float]


@dataclass(frozen=True)
class Series:
    """USD by hours since 1970; `typical` is the same without chance."""

    hours: NDArray[np.int64]
    values: NDArray[np.float64]
    typical: NDArray[np.float64]

    @property
    def begin(self) -> int:
        """The first hour of its first day."""
        return int(self.hours[0]) // DAY * DAY

    def with_spike(self, at: int, factor: float) -> Series:
        """The same, but one hour comes to so many times what is typical for it."""
        values = self.values.copy()
        values[at] = factor * self.typical[at]
        return Series(self.hours, values, self.typical)

    def times(self, factor: float) -> Series:
        """The same, but all is so many times as dear."""
        return replace(self, values=factor * self.values, typical=factor * self.typical)


def flat(day: int, hour: int, chance: Any) -> float:
    return 2.0


def weekly(day: int, hour: int, chance: Any) -> float:
    """Office hours, next to nothing at night, and a tenth on weekends."""
    return (6.0 if 8 <= hour < 18 else 0.5) * (0.1 if day % 7 >= 5 else 1)


def growth(day: int, hour: int, chance: Any) -> float:
    """Five percent a day: four times as much in a month."""
    return 0.5 * 1.05**day


def weekend(day: int, hour: int, chance: Any) -> float:
    """A long batch on Saturdays, and a little all week."""
    return 20.0 if day % 7 == 5 and 2 <= hour < 8 else 1.0


def weekend_only(day: int, hour: int, chance: Any) -> float:
    return 3.0 if day % 7 >= 5 and 6 <= hour < 22 else 0.0


def night_only(day: int, hour: int, chance: Any) -> float:
    return 4.0 if 1 <= hour < 5 else 0.0


def bursty(day: int, hour: int, chance: np.random.Generator) -> float:
    """One hour in five, with anything from cents to tens of dollars."""
    return float(np.exp(chance.normal(0.5, 1.0))) if chance.random() < 0.2 else 0.0


def heavy_tailed(day: int, hour: int, chance: np.random.Generator) -> float:
    """Any hour may come to a tenth or to ten times as much as another."""
    return 2.0 * float(np.exp(chance.normal(0, 1.0)))


def monthly(day: int, hour: int, chance: Any) -> float:
    """A batch of six hours on the first of each month, and a little all days."""
    return 30.0 if day in (2, 32, 33 + 30) and 1 <= hour < 7 else 1.0


def summer_time(day: int, hour: int, chance: Any) -> float:
    """Office hours by clocks that are put back by an hour. For a series from BEFORE_CHANGE on."""
    return weekly(day, hour - (day >= CHANGED), chance)


def quiet_month(day: int, hour: int, chance: Any) -> float:
    """Nothing at all for a month, then as before."""
    return 0.0 if WARM_UP <= day < WARM_UP + 30 else flat(day, hour, chance)


def cold_start(day: int, hour: int, chance: Any) -> float:
    """Nobody knew it before."""
    return 5.0 if day >= WARM_UP else 0.0


def deploy_step(day: int, hour: int, chance: Any) -> float:
    """From noon of a day on every hour costs five times as much."""
    return 10.0 if (day, hour) >= (WARM_UP + 7, 12) else 2.0


def doubled(day: int, hour: int, chance: Any) -> float:
    """From noon of a day on every hour costs twice as much."""
    return 4.0 if (day, hour) >= (WARM_UP + 7, 12) else 2.0


QUIET: dict[str, Shape] = {
    shape.__name__: shape
    for shape in (
        *(flat, weekly, growth, weekend, weekend_only, night_only, bursty, heavy_tailed, monthly),
        *(summer_time, quiet_month, cold_start),
    )
}
VARIED = {"bursty", "heavy_tailed"}  # their hours differ by factors anyway


def series(shape: Shape, seed: int, days: int = WARM_UP + 30, noise: float = 0.25) -> Series:
    """Hours of such a shape, each off by chance: log-normal, by `noise` on the log scale."""
    chance = np.random.default_rng(seed)
    typical = np.array([shape(at // DAY, at % DAY, chance) for at in range(days * DAY)])
    begin = BEFORE_CHANGE if shape is summer_time else MONDAY
    hours = begin + np.arange(days * DAY)
    return Series(hours, typical * np.exp(chance.normal(0, noise, len(hours))), typical)
