"""What is usual, and what is far above it. Pure.

Amounts of runs are spread over factors, not over sums, so everything is judged on a log scale:

    z = (ln value - ln median) / spread
    spread² = (n · (1.4826 · MAD)² + 10 · 0.5²) / (n + 10) · (1 + π / 2n)

The median and the median absolute deviation (MAD) do not move when a tenth of the samples are odd;
1.4826 makes the MAD the standard deviation of a normal distribution. Of few samples the MAD is a
guess, so it counts as if ten more had been seen that vary by 0.5 (a factor of 1.65); the last
factor is the error of the median of n samples itself. A value is out of the ordinary if all hold:

- z is at least 2.5, and 3.5 for more than a note: the modified z-score of Iglewicz and Hoaglin has
  3.5 as its cut-off; published runs whose costs got out of hand are caught at 2.5. Of many values a
  day some are far off by chance, so z is at least what one value in 120 days reaches: of
  the four amounts that are compared, one in 30 days;
- it is three times the median: below that more users or longer tasks explain it;
- it is above an absolute floor: cents times a large factor are still cents.

Without history only what is 20 times the floor is told, for a first ordinary day must stay silent,
and three times all there was, so that it is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log, pi, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_INFORM, Z_WARN = 2.5, 3.5
QUIET_DAYS = 120  # for a false alarm: of four amounts that are compared, one in 30 days
RATIO = 3  # to the median
MONTH_AGO = (26, 34)  # days: see precedents.py, which says why
AS_MUCH = (2 / 3, 3)  # at least and at most, of a value
FALLBACK = 20  # times the floor, where there is no history
FEWEST = 10  # samples from which on there is a history
CONSISTENT = 1.4826  # times the MAD is the standard deviation of a normal distribution
PRIOR, PRIOR_SPREAD = 10, 0.5  # samples, and how much they vary on the log scale


@dataclass(slots=True, frozen=True)
class Verdict:
    """A value that is out of the ordinary. Amounts are in the unit of the value."""

    value: float
    median: float | None  # None: no history, only the floor
    ratio: float  # to the median, or to the floor
    z: float
    samples: int

    @property
    def is_strong(self) -> bool:
        """Whether it is more than a note."""
        return self.z >= Z_WARN

    def arithmetic(self, write: Callable[[float], str], whose: str, of: str) -> str:
        """What was compared: `12 × this agent's median of $0.04 over 214 runs`. `write` puts an
        amount into words."""
        if self.median is None:
            if self.samples == 1:
                return f"of earlier {of} there is one, too few to compare it with"
            too_few = (
                f"{self.samples} earlier {of}, too few" if self.samples else f"no earlier {of}"
            )
            return f"there are {too_few} to compare it with"
        usual = f"{whose} median of {write(self.median)}"
        return f"{times(self.ratio)} × {usual} over {self.samples:,} {of}"


@dataclass(slots=True, frozen=True)
class Baseline:
    """What is usual: the median, how much values vary around it on the log scale, and of how many
    samples that is known."""

    median: float
    spread: float
    samples: int

    def bound(self, floor: float, ratio: float = RATIO, z: float = Z_INFORM) -> float:
        """From which value on one is out of the ordinary."""
        return max(floor, ratio * self.median, self.median * exp(min(z * self.spread, 700)))

    def verdict(
        self, value: float, floor: float, ratio: float = RATIO, z: float = Z_INFORM
    ) -> Verdict | None:
        """What is to be said of a value; None if it is as usual."""
        if value < self.bound(floor, ratio, z):
            return None
        far = log(value / self.median) / self.spread
        return Verdict(value, self.median, value / self.median, far, self.samples)


def baseline(history: ArrayLike, fewest: int = FEWEST) -> Baseline | None:
    """What is usual by some earlier values; None if they are too few. What is not above 0 is no
    sample: nothing was done, or nobody knows how much."""
    values = above_zero(history)
    if len(values) < fewest:
        return None
    logs = np.log(values)
    median = float(np.sort(values)[(len(values) - 1) // 2])  # one that was there
    deviation = float(np.median(np.abs(logs - np.median(logs))))
    return Baseline(median, spread(deviation, len(values)), len(values))


def spread(deviation: float, samples: int, of_median: int | None = None) -> float:
    """How much a further value may vary, on the log scale, by the MAD of some samples. `of_median`
    is of how many of them the median is, where not of all."""
    known = samples * (CONSISTENT * deviation) ** 2
    variance = (known + PRIOR * PRIOR_SPREAD**2) / (samples + PRIOR)
    return sqrt(variance * (1 + pi / 2 / (of_median or samples)))


def z_of(a_day: float) -> float:
    """From which z on a value is out of the ordinary, of so many a day: normally distributed ones
    reach it once in 120 days, or less often."""
    return max(Z_INFORM, NormalDist().inv_cdf(1 - 1 / (QUIET_DAYS * max(a_day, 1))))


def anomaly(value: float, history: ArrayLike, floor: float, fewest: int = FEWEST) -> Verdict | None:
    """What is to be said of a value, beside earlier ones of the same kind, without itself; None if
    it is as usual."""
    usual = baseline(history, fewest)
    if usual is None:
        return without_history(value, above_zero(history), floor)
    return usual.verdict(value, floor)


def without_history(value: float, earlier: NDArray[Any], floor: float) -> Verdict | None:
    """The same where earlier values are too few: told if it is far above the floor, and far above
    each of them, so that what is always dear is told once."""
    if value < max(FALLBACK * floor, RATIO * earlier.max(initial=0)):
        return None
    return Verdict(value, None, value / floor, inf, len(earlier))


def above_zero(values: ArrayLike) -> NDArray[Any]:
    """Those values that are samples."""
    found = np.asarray(values)
    return found[found > 0]


def times(ratio: float) -> str:
    """A factor in words: 3.4, 12."""
    return f"{ratio:.1f}".removesuffix(".0") if ratio < 10 else f"{ratio:,.0f}"  # noqa: PLR2004
