"""What of a run is compared with earlier ones, from which amount on, and how it is said. Pure.

The floors are what is worth a look at all: a quarter of a dollar and 20,000 tokens are those from
which on a loop may alert; twenty steps, a minute and five failures are what people bear; more than
five levels are deeper than agents call each other for a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import RATIO
from agentscope.findings.found import ALERT_PICO, ALERT_TOKENS, Pattern
from agentscope.traces.tree import Ints

NUMBERS = ("pico", "unpriced", "tokens", "steps", "errors", "lasted_ns", "depth", "open_ns")
PICO, UNPRICED, TOKENS, STEPS, ERRORS, LASTED, DEPTH, OPEN = range(len(NUMBERS))
SECOND = 10**9  # ns
FEWEST_ERRORS = 5
LEAST_SHARE = 0.01  # of steps that failed: none of so many is taken as 1 %
ALERT = 5  # times the median
LEGITIMATE = "It is fine if the task was larger than the ones before."


@dataclass(slots=True, frozen=True)
class Measure:
    """One thing that is compared. `values` of rows of NUMBERS are 0 where nothing is known."""

    pattern: Pattern
    floor: float  # in the unit of the values
    values: Callable[[Ints], NDArray[Any]]
    says: Callable[[Sequence[int]], str]  # of one row: what it did
    write: Callable[[float], str]  # an amount in words
    unit: str
    is_money: bool = False  # may alert, and is told without history if it is very dear
    partly: int | None = None  # of NUMBERS: above 0 where a value is a lower bound, so no sample


def pattern(code: str, confidence: float, legitimate: str = LEGITIMATE) -> Pattern:
    """What is said of anomalies of a kind: they inform and alert by times the median."""
    return Pattern(code, 1, RATIO, ALERT, confidence, legitimate)


def usd(pico: float) -> str:
    """1e-12 USD in words: $0.04, $0.0042, $12.50."""
    amount = pico / 10**12
    return f"${amount:,.2f}" if amount >= 0.095 else f"${amount:.2g}"  # noqa: PLR2004


def whole(number: float) -> str:
    """A count in words."""
    return f"{number:,.0f}"


def in_turn(names: Iterable[str]) -> list[str]:
    """Names in their order; one that comes several times in a row once, with how often."""
    counted = ((name, len(list(same))) for name, same in groupby(names))
    return [f"{name} × {times}" if times > 1 else name for name, times in counted]


def duration(nanoseconds: float) -> str:
    """A time in words."""
    seconds = nanoseconds / SECOND
    if seconds < 2 * 60:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:.1f} h"


def percent(share: float) -> str:
    """A share in words."""
    return f"{share:.0%}" if share > LEAST_SHARE else "at most 1%"


def cost_said(row: Sequence[int]) -> str:
    """What a run cost, as far as it is known."""
    if not row[UNPRICED]:
        return f"cost {usd(row[PICO])}"
    calls = "call has" if row[UNPRICED] == 1 else "calls have"
    return f"cost at least {usd(row[PICO])} ({whole(row[UNPRICED])} {calls} no price)"


def times(rows: Ints) -> NDArray[Any]:
    """How long runs lasted. Those that have not ended did so for so long at least."""
    return np.maximum(rows[:, LASTED], rows[:, OPEN])


def time_said(row: Sequence[int]) -> str:
    """How long a run lasted."""
    if row[OPEN] > row[LASTED]:
        return f"has been running for at least {duration(row[OPEN])}"
    return f"ran for {duration(row[LASTED])}"


def known_cost(rows: Ints) -> NDArray[Any]:
    """What runs cost. Of those with calls that have no price at least so much is known."""
    return rows[:, PICO]


def shares(rows: Ints) -> NDArray[Any]:
    """How many of the steps failed, as a share."""
    steps = np.maximum(rows[:, STEPS], 1)
    share = np.clip(rows[:, ERRORS] / steps, LEAST_SHARE, 1)
    return np.where(rows[:, STEPS] > 0, share, 0)


def column(at: int) -> Callable[[Ints], NDArray[Any]]:
    """The values of one of NUMBERS."""
    return lambda rows: rows[:, at]


COST = Measure(
    pattern("cost_anomaly", 0.8),
    ALERT_PICO,
    known_cost,
    cost_said,
    usd,
    "1e-12 USD",
    is_money=True,
    partly=UNPRICED,
)
# Of these only the first that is out of the ordinary is told: most often one follows from another.
SPENT = (
    COST,
    Measure(
        pattern("token_anomaly", 0.7),
        ALERT_TOKENS,
        column(TOKENS),
        lambda row: f"used {whole(row[TOKENS])} tokens",
        whole,
        "tokens",
    ),
    Measure(
        pattern("step_anomaly", 0.7),
        20,
        column(STEPS),
        lambda row: f"took {whole(row[STEPS])} steps",
        whole,
        "steps",
    ),
    Measure(
        pattern("latency_anomaly", 0.6),
        60 * SECOND,
        times,
        time_said,
        duration,
        "ns",
        partly=OPEN,
    ),
)
ERROR_RATE = Measure(
    pattern("error_anomaly", 0.7, "It is fine if what it depends on was known to be away."),
    0.1,
    shares,
    lambda row: f"failed in {row[ERRORS]:,} of {row[STEPS]:,} steps",
    percent,
    "share",
)
SHAPED = (
    Measure(
        pattern("depth_anomaly", 0.6),
        6,
        column(DEPTH),
        lambda row: f"went {whole(row[DEPTH])} levels deep",
        whole,
        "levels",
    ),
    ERROR_RATE,
)
MEASURES = (*SPENT, *SHAPED)
