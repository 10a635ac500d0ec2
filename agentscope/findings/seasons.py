"""What an hour usually comes to, where work has a rhythm. Pure.

Hours are counted since 1970, UTC. An hour in which nothing was spent is no sample, so nights and
holidays do not pull the usual down. Of the last 28 days there are two medians for an hour:

- of the same hour of the week, known from three weeks on;
- of the same hour of the day, on weekdays or on weekends, from three days on;
- of all hours, where neither is known, from three hours on three days on.

The larger one counts, for what is usual by either is usual. If the last 24 hours with work were
above their own medians, it is raised by as much (their median): growth and a release that costs
more are news for half a day. It is never lowered: after a quiet week the first busy day is no
spike. The median of the last three of the same hours of the day counts if it is larger still, since
some weeks after a release half of the medians are of before. After clocks were changed the hours
beside an hour count as well.

How much hours vary is one number for all: the MAD of all hours, each against its own median and
that of its week, since a trend is no variation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import Baseline, spread
from agentscope.findings.daylight import clocks_changed
from agentscope.traces.clocks import EPOCH
from agentscope.traces.tree import Ints, Mask

DAY, WEEK = 24, 168  # hours
HISTORY = 4 * WEEK
FEWEST = 3  # samples of a kind, and days of all
RECENT, FEWEST_RECENT = DAY, DAY // 2  # hours that say how high the level is
EPOCH_OFFSET = 72  # hours from a Monday's midnight to that of 1970-01-01, a Thursday
WEEKEND = 120  # the hour of the week in which it begins
Floats = NDArray[np.float64]
OF_WEEK, OF_DAY, OF_ALL = "such hours of the week", "such hours of the day", "hours"
BESIDE = ", an hour apart as clocks changed"


@dataclass(slots=True, frozen=True)
class Usual:
    """What one hour usually comes to."""

    baseline: Baseline
    of: str  # what the median is of
    raised: float  # by which factor for the last hours; 1: not at all


class Medians:
    """The median of the samples of each kind, where there are enough."""

    def __init__(self, kinds: Ints, logs: Floats) -> None:
        order = np.lexsort((logs, kinds))
        ordered = logs[order]
        known, first, counts = np.unique(kinds[order], return_index=True, return_counts=True)
        low, high = ordered[first + (counts - 1) // 2], ordered[first + counts // 2]
        enough = counts >= FEWEST
        self.medians = np.full(2 * WEEK, -np.inf)
        self.counts = np.zeros(2 * WEEK, np.int64)
        self.medians[known[enough]] = ((low + high) / 2)[enough]
        self.counts[known[enough]] = counts[enough]


class Season:
    """What hours usually come to, by those of HISTORY before a day."""

    def __init__(self, hours: Ints, values: NDArray[Any]) -> None:
        """`values` of `hours` in order, all before the hours that are asked about."""
        kept = values > 0
        self.hours: Ints = hours[kept]
        self.logs: Floats = np.log(values[kept].astype(np.float64))
        days = hour_of_day(self.hours)
        last = newest(days)
        self.week = Medians(hour_of_week(self.hours), self.logs)
        self.day = Medians(days, self.logs)
        self.last = Medians(days[last], self.logs[last])
        self.is_known = len(np.unique(self.hours // DAY)) >= FEWEST
        if self.is_known:
            self.all = float(np.median(self.logs))
            middle, counts = self.locate(self.hours)
            self.off = self.logs - middle
            # A value is a part of its own median, so it is nearer to it than the next one will be.
            few = np.sqrt(counts / np.maximum(counts - 1, 1))
            self.deviation = float(np.median(np.abs(self.off - self.of_weeks()) * few))

    def locate(self, hours: Ints) -> tuple[Floats, Ints]:
        """The median for each of some hours, on the log scale, and of how many it is."""
        of_week, of_day = hour_of_week(hours), hour_of_day(hours)
        week, day = self.week.medians[of_week], self.day.medians[of_day]
        counts = np.where(week >= day, self.week.counts[of_week], self.day.counts[of_day])
        middle = np.maximum(week, day)
        unknown = np.isinf(middle)
        found: Floats = np.where(unknown, self.all, middle)
        return found, np.where(unknown, len(self.hours), counts)

    def of_weeks(self) -> Floats:
        """For each sample by how much its week was off: a trend is no variation."""
        weeks = (self.hours - self.hours[-1] - 1) // WEEK
        known, week = np.unique(weeks, return_inverse=True)
        levels = [float(np.median(self.off[week == at])) for at in range(len(known))]
        found: Floats = np.array(levels)[week]
        return found

    def usual(self, hour: int, since: Ints, values: NDArray[Any]) -> Usual | None:
        """What an hour usually comes to; None if too little is known. `values` are what the hours
        `since` the history came to, of which those before `hour` say how high the level is."""
        if not self.is_known:
            return None
        at = np.array([alike := self.beside(hour)])
        middles, counts = self.locate(at)
        level = self.level(since[since < hour], values[since < hour])
        of = self.kind(alike) + BESIDE * (alike != hour)
        middle, count = float(middles[0]) + level, int(counts[0])
        last = float(self.last.medians[hour_of_day(at)][0])
        if last > middle:
            middle, count, of, level = last, FEWEST, OF_DAY, 0.0
        wide = spread(self.deviation, len(self.hours), count)
        return Usual(Baseline(exp(middle), wide, count), of, exp(level))

    def beside(self, hour: int) -> int:
        """The hour by whose median one goes: itself, or the larger one beside it in the days after
        clocks were changed."""
        day = EPOCH.date() + timedelta(days=hour // DAY)
        if not clocks_changed(day):
            return hour
        near = np.array([hour, hour - 1, hour + 1])
        return int(near[np.argmax(self.locate(near)[0])])

    def is_far(self, hours: Ints, values: NDArray[Any], ratio: float, z: float) -> Mask:
        """Which of some hours were out of the ordinary, as far as one median each tells."""
        middle, _ = self.locate(hours)
        wide = z * spread(self.deviation, len(self.hours))
        far: Mask = np.log(np.maximum(values, 1e-300)) - middle >= max(log(ratio), wide)
        return far

    def level(self, hours: Ints, values: NDArray[Any]) -> float:
        """By how much the last hours with work are above their medians, on the log scale."""
        hours, logs = hours[values > 0], np.log(values[values > 0].astype(np.float64))
        off = np.concatenate((self.off, logs - self.locate(hours)[0]))[-RECENT:]
        return max(0.0, float(np.median(off))) if len(off) >= FEWEST_RECENT else 0.0

    def kind(self, hour: int) -> str:
        """What the median for an hour is of, as `locate` finds it."""
        at = np.array([hour])
        week, day = self.week.medians[hour_of_week(at)][0], self.day.medians[hour_of_day(at)][0]
        if np.isinf(max(week, day)):
            return OF_ALL
        return OF_WEEK if week >= day else OF_DAY


def newest(kinds: Ints) -> Mask:
    """The last FEWEST of each kind, of samples in order of time."""
    order = np.argsort(kinds, kind="stable")
    ordered = kinds[order]
    found = np.ones(len(kinds), np.bool_)
    found[order[:-FEWEST]] = ordered[:-FEWEST] != ordered[FEWEST:]
    return found


def hour_of_week(hours: Ints) -> Ints:
    """From 0, Monday's midnight, to 167."""
    return (hours + EPOCH_OFFSET) % WEEK


def hour_of_day(hours: Ints) -> Ints:
    """From 0 to 23 on weekdays, from 24 to 47 on weekends."""
    return hours % DAY + DAY * (hour_of_week(hours) >= WEEKEND)
