"""Repetition in a row of keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

MOST_PERIOD = 8  # as the guards of several agent frameworks look for: 2 to 8


@dataclass(slots=True, frozen=True)
class Cycle:
    """Keys from `first` up to `stop` repeat themselves every `period`; whole repeats only."""

    first: int
    stop: int
    period: int

    @property
    def repeats(self) -> int:
        return (self.stop - self.first) // self.period


def cycles(keys: Sequence[int], fewest: int, periods: range | None = None) -> list[Cycle]:
    """The stretches that repeat at least `fewest` times, each by its smallest period, in order.

    A key of 0 is unknown and equal to nothing. Stretches of a larger period that lie inside one of
    a smaller are not told again. Takes time linear in the keys.
    """
    row = np.asarray(keys, np.int64)
    found: list[Cycle] = []
    covered = np.zeros(len(row), bool)
    for period in periods or range(1, MOST_PERIOD + 1):
        if len(row) < period * fewest:
            break
        equal = (row[period:] == row[:-period]) & (row[period:] != 0)
        for start, length in stretches(equal):
            cycle = Cycle(start, start + (length // period + 1) * period, period)
            if cycle.repeats >= fewest and not covered[cycle.first : cycle.stop].all():
                covered[cycle.first : cycle.stop] = True
                found.append(cycle)
    return sorted(found, key=lambda cycle: (cycle.first, cycle.period))


def stretches(equal: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[tuple[int, int]]:
    """Where neighbours are true: start and length."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], equal.view(np.int8), [0]))))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield start, stop - start
