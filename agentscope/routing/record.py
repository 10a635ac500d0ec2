"""How often calls went well, and how sure that is. Pure. Shares are floats: no money."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from math import floor, sqrt
from operator import add, attrgetter

Z = 1.96  # of a two-sided interval of 95 %
# A cheaper model may go wrong this much more often: RouteLLM (arXiv 2406.18665) reports what is
# saved while 95 % of the quality of the strong model is kept.
MARGIN = 0.05
LEAST_CALLS = 30  # … of 30 calls without a flaw: with 95 % certainty at most 3/30 go wrong
TENTHS = 1_000  # of a per cent in a share
MOST_CALLS = 1_000_000  # that anybody would try


@dataclass(frozen=True, slots=True)
class Record:
    """What became of some calls. A call may have several flaws; `flawed` counts it once."""

    calls: int = 0
    flawed: int = 0
    failed: int = 0
    redone: int = 0
    rejected: int = 0
    cut: int = 0
    in_failures: int = 0
    in_successes: int = 0

    def __add__(self, other: Record) -> Record:
        return Record(*map(add, numbers(self), numbers(other)))

    @property
    def rate(self) -> float:
        """The share that went well; 0 of no calls."""
        return (self.calls - self.flawed) / self.calls if self.calls else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares that is for more such calls, with 95 % certainty."""
        return interval(self.rate, self.calls)


COLUMNS = tuple(each.name for each in fields(Record))
numbers = attrgetter(*COLUMNS)


def percent(share: float) -> str:
    """A share in words, rounded down: not all is less than 100 %."""
    return f"{floor(share * TENTHS + 1e-9) / 10:g} %"


def interval(rate: float, calls: int) -> tuple[float, float]:
    """The score interval of Wilson (1927), which holds for few calls and for shares near 1."""
    if not calls:
        return 0.0, 1.0
    square = Z * Z / calls
    middle = rate + square / 2
    wide = Z * sqrt(rate * (1 - rate) / calls + square / (4 * calls))
    return max((middle - wide) / (1 + square), 0.0), min((middle + wide) / (1 + square), 1.0)


def is_as_good(cheaper: Record, now: Record) -> bool:
    """Whether calls went as well on a cheaper model, within MARGIN, with 95 % certainty."""
    return cheaper.calls > 0 and cheaper.interval[0] >= now.rate - MARGIN


def is_worse(cheaper: Record, now: Record) -> bool:
    """Whether they went worse there by more than MARGIN, with 95 % certainty."""
    return cheaper.calls > 0 and cheaper.interval[1] < now.rate - MARGIN


def calls_needed(now: Record) -> int:
    """How many calls show that a model is as good, if they go as well as now."""
    return needed(now.rate)


@lru_cache(maxsize=4096)
def needed(rate: float) -> int:
    """The same by the share of calls that go well now."""
    low, high = LEAST_CALLS, MOST_CALLS
    while low < high:
        middle = (low + high) // 2
        if interval(rate, middle)[0] >= rate - MARGIN:
            high = middle
        else:
            low = middle + 1
    return low
