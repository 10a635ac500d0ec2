"""What a group came to by stretches of time, so that any window of it is told at once. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agentscope.alerts.measure import minutes, seconds
from agentscope.alerts.metrics import Metric, OfDurations, OfFindings, OfSilence
from agentscope.alerts.windows import SECOND, Window
from agentscope.meter.durations import quantile
from agentscope.meter.readings import COLUMNS, MINUTE_NS, Sums
from agentscope.traces.tree import Ints

Row = tuple[int, Sequence[int]]  # a minute and what came in the stretch that begins with it


@dataclass(frozen=True, slots=True)
class Series:
    """The stretches in which there was anything: the minutes in which they begin, ascending, and
    what they came to, each row added up from the first stretch on, after one of zeros. Of durations
    a column is a bucket, the first of which is `first`."""

    metric: Metric
    begins: Sequence[int]
    size: int  # minutes of a stretch
    total: Ints
    first: int = 0

    def value(self, window: Window) -> Decimal | None:
        """What a window came to: the stretches that begin in it."""
        begin, end = (bisect_left(self.begins, minute) for minute in minutes(window))
        if isinstance(self.metric, OfSilence):
            return self.silence(end, window.end_ns)
        found = [int(each) for each in self.total[end] - self.total[begin]]
        if isinstance(self.metric, OfFindings):
            return Decimal(found[0])
        if isinstance(self.metric, OfDurations):
            counts = {self.first + at: number for at, number in enumerate(found) if number}
            return seconds(quantile(counts, self.metric.share))
        return self.metric.worked_out(Sums(*found))

    def lived(self, window: Window) -> Window | None:
        """From the first stretch that begins in a window to the end of the last; None: of none."""
        begin, end = (bisect_left(self.begins, minute) for minute in minutes(window))
        if begin == end:
            return None
        last = self.begins[end - 1] + self.size
        return Window(self.begins[begin] * MINUTE_NS, last * MINUTE_NS)

    def silence(self, end: int, now_ns: int) -> Decimal | None:
        """How many seconds before a time the last stretch ended; None if there was none."""
        if not end:
            return None
        ended_ns = (self.begins[end - 1] + self.size) * MINUTE_NS
        return Decimal(max((now_ns - ended_ns) // SECOND, 0))


def series(metric: Metric, size: int, rows: Sequence[Row]) -> Series:
    """The series of a group, of rows in any order. Of durations the numbers of a row are a bucket
    and how many are in it, and a minute may come again."""
    if isinstance(metric, OfDurations):
        return of_durations(metric, size, rows)
    ordered = sorted(rows)
    width = len(ordered[0][1]) if ordered else len(COLUMNS)
    numbers = np.array([each for _, each in ordered], dtype=np.int64).reshape(-1, width)
    return Series(metric, [minute for minute, _ in ordered], size, added_up(numbers))


def of_durations(metric: Metric, size: int, rows: Sequence[Row]) -> Series:
    """The series of durations."""
    begins = sorted({minute for minute, _ in rows})
    buckets = [each[0] for _, each in rows] or [0]
    first, width = min(buckets), max(buckets) - min(buckets) + 1
    numbers = np.zeros((len(begins), width), dtype=np.int64)
    for minute, (bucket, number) in rows:
        numbers[bisect_left(begins, minute), bucket - first] += number
    return Series(metric, begins, size, added_up(numbers), first)


def added_up(numbers: Ints) -> Ints:
    """Each row with all before it, after a row of zeros."""
    zeros = np.zeros((1, numbers.shape[1]), dtype=np.int64)
    found: Ints = np.concatenate([zeros, np.cumsum(numbers, axis=0)])
    return found
