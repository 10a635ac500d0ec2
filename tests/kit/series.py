"""What an agent spends hour by hour, over weeks, as such things go: for tests of baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAY, WEEK = 24, 168
MONDAY = 20_577 * DAY  # 2026-05-04, in hours since 1970; no clocks are changed until October
WARM_UP = 28  # days of history before the days that are judged
Shape = Callable[[int, int, np.random.Generator], float]


@dataclass(frozen=True)
class Series:
    """USD by hours since 1970; `typical` is the same without chance."""

    hours: NDArray[np.int64]
    values: NDArray[np.float64]
    typical: NDArray[np.float64]

    def with_spike(self, at: int, factor: float) -> Series:
        """The same, but one hour comes to so many times what is typical for it."""
        values = self.values.copy()
        values[at] = factor * self.typical[at]
        return Series(self.hours, values, self.typical)


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


def night_only(day: int, hour: int, chance: Any) -> float:
    return 4.0 if 1 <= hour < 5 else 0.0


def bursty(day: int, hour: int, chance: np.random.Generator) -> float:
    """One hour in five, with anything from cents to tens of dollars."""
    return float(np.exp(chance.normal(0.5, 1.0))) if chance.random() < 0.2 else 0.0


def quiet_month(day: int, hour: int, chance: Any) -> float:
    """Nothing at all for a month, then as before."""
    return 0.0 if WARM_UP <= day < WARM_UP + 30 else flat(day, hour, chance)


def cold_start(day: int, hour: int, chance: Any) -> float:
    """Nobody knew it before."""
    return 5.0 if day >= WARM_UP else 0.0


def deploy_step(day: int, hour: int, chance: Any) -> float:
    """From noon of a day on every hour costs five times as much."""
    return 10.0 if (day, hour) >= (WARM_UP + 7, 12) else 2.0


QUIET: dict[str, Shape] = {
    shape.__name__: shape for shape in (flat, weekly, growth, weekend, night_only, bursty)
}


def series(shape: Shape, seed: int, days: int = WARM_UP + 30, noise: float = 0.25) -> Series:
    """Hours of such a shape, each off by chance: log-normal, by `noise` on the log scale."""
    chance = np.random.default_rng(seed)
    typical = np.array([shape(at // DAY, at % DAY, chance) for at in range(days * DAY)])
    hours = MONDAY + np.arange(days * DAY)
    return Series(hours, typical * np.exp(chance.normal(0, noise, len(hours))), typical)
