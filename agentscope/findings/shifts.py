"""Costs that have gone up and stay up: a release that doubles them, and no hour is a spike. Pure.

What the last 24 hours with work came to, each against its own median, is compared with the same of
the seven such stretches before, and with the median itself: so growth is no news, nor is the first
busy day after a quiet week. By the medians of stretches one knows a level far more exactly than an
hour: 1.6 times as much is told if a stretch is no more than usually so far from the one before it.
It is told at the hour in which it comes true, and not again as long as it was true in any of these
stretches: by then it is the new level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import log, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import CONSISTENT, PRIOR, PRIOR_SPREAD, Z_WARN, z_of
from agentscope.findings.found import Pattern
from agentscope.findings.hourly import PROJECT, Hours, Row
from agentscope.findings.limits import Limit, Limits
from agentscope.findings.measures import COST, MEASURES, Measure
from agentscope.findings.seasons import DAY, HISTORY, Season
from agentscope.findings.severity import Severity
from agentscope.traces.clocks import EPOCH
from agentscope.traces.tree import Ints

STRETCH = 24  # hours with work
BEFORE, FEWEST = 7, 3  # stretches that one is compared with
FLOORS = ((COST, 5 * 10**12), (MEASURES[1], 2_500_000))  # 1e-12 USD, tokens: above what was usual
WORTH_WAKING_TIMES = 4  # times the floor: $20, as of runs and hours
PATTERN = Pattern(
    code="cost_shift",
    version=1,
    inform=160,  # percent of what was usual
    alert=300,
    confidence=0.8,
    legitimate="It is fine if a release or more work is the reason.",
)
# How much the median of a stretch varies, where an hour varies by PRIOR_SPREAD.
STRETCH_SPREAD = PRIOR_SPREAD * sqrt(pi / 2 / STRETCH)
Floats = NDArray[np.float64]


@dataclass(slots=True, frozen=True)
class Shift:
    """A stretch of hours that is above those before it."""

    hour: int  # since 1970, UTC: the last one
    value: float  # what it came to
    usual: float  # what such hours came to before
    samples: int  # hours that are compared

    @property
    def ratio(self) -> float:
        """How many times as much it is."""
        return self.value / self.usual


@dataclass(slots=True, frozen=True)
class OddShift:
    """The same of an agent, or of a project."""

    agent: str  # "": of all
    measure: Measure
    shift: Shift
    severity: Severity

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        return self.agent or "the project"

    @property
    def sentence(self) -> str:
        """What it came to, and what that was compared with."""
        until = EPOCH + timedelta(hours=self.shift.hour + 1)
        write, verb = self.measure.write, "cost" if self.measure is COST else "used"
        unit = "" if self.measure is COST else " tokens"
        who = self.agent or "The project"
        return (
            f"{who} {verb} {write(self.shift.value)}{unit} in {STRETCH} hours with work until "
            f"{until:%Y-%m-%d %H:%M} UTC: {self.shift.ratio:.1f} × the {write(self.shift.usual)}"
            f"{unit} that such hours came to before, going by {self.shift.samples:,} hours."
        )


def shift_of(
    hours: Ints, values: NDArray[Any], day: int, floor: float, ratio: float, z: float = Z_WARN
) -> Shift | None:
    """The hour of a day (since 1970, UTC) in which it comes true that `values` of `hours`, in
    order, are `ratio` times what they were, by more than `floor`; None if there is none. A day
    before is asked as it was seen then, so none tells of it twice."""
    found = first_higher(hours, values, day, floor, ratio, z)
    if found is None:
        return None
    worked = np.flatnonzero((values > 0) & (hours < found.hour))[-(BEFORE + 1) * STRETCH :]
    since = max(int(hours[worked[0]]) // DAY, day - HISTORY // DAY)
    told = (first_higher(hours, values, each, floor, ratio, z) for each in range(since, day))
    return None if any(told) else found


def first_higher(
    hours: Ints, values: NDArray[Any], day: int, floor: float, ratio: float, z: float
) -> Shift | None:
    """The first hour of a day in which it is true."""
    begin, first, end = np.searchsorted(hours, (day * DAY - HISTORY, day * DAY, (day + 1) * DAY))
    season = Season(hours[begin:first], values[begin:first])
    worked = np.flatnonzero(values[begin:end] > 0) + begin
    if not season.is_known or len(worked) < (FEWEST + 1) * STRETCH:
        return None
    middle, _ = season.locate(hours[worked])
    levels = Levels(values[worked].astype(np.float64), middle)
    last = worked[STRETCH - 1 :]
    higher = levels.higher(floor, ratio, z) & (hours[last] >= day * DAY)
    if not higher.any():
        return None
    at = int(np.argmax(higher))
    return Shift(
        hour=int(hours[last[at]]),
        value=float(levels.values[at]),
        usual=float(levels.usual[at]),
        samples=len(worked) - STRETCH,
    )


class Levels:
    """Each stretch of hours beside those before it. `off` is how far it is off its medians, on the
    log scale."""

    def __init__(self, values: Floats, middle: Floats) -> None:
        self.off: Floats = np.median(windows(np.log(values) - middle), axis=1)
        earlier = np.full((BEFORE, len(self.off)), np.nan)
        for back in range(BEFORE):
            lag = (back + 1) * STRETCH
            earlier[back, lag:] = self.off[: max(len(self.off) - lag, 0)]
        self.is_known = (~np.isnan(earlier)).sum(axis=0) >= FEWEST
        known = np.where(self.is_known, earlier, 0)
        self.before: Floats = np.maximum(np.nanmedian(known, axis=0), 0)
        self.values: Floats = windows(values).sum(axis=1)
        self.usual: Floats = np.exp(self.before) * windows(np.exp(middle)).sum(axis=1)

    def varies(self) -> float:
        """How much a stretch may differ from those before it: by how much each usually does from
        the one before it. As of hours, few samples count as if ten more had been seen."""
        steps = self.off[STRETCH:] - self.off[:-STRETCH]
        count = len(steps) / STRETCH
        known = count * (CONSISTENT * float(np.median(np.abs(steps)))) ** 2 / 2
        variance = (known + PRIOR * STRETCH_SPREAD**2) / (count + PRIOR)
        return sqrt(variance * (1 + pi / 2 / BEFORE))

    def higher(self, floor: float, ratio: float, z: float) -> NDArray[np.bool_]:
        """Which stretches are `ratio` times what was usual, by more than `floor` and chance."""
        far = self.off - self.before >= max(log(ratio), z * self.varies())
        much = (self.values >= ratio * self.usual) & (self.values - self.usual >= floor)
        found: NDArray[np.bool_] = self.is_known & far & much
        return found


def windows(values: Floats) -> Floats:
    """The values of each stretch, a row each."""
    return np.lib.stride_tricks.sliding_window_view(values, STRETCH)


def severity(shift: Shift, limit: Limit, measure: Measure, floor: float) -> Severity:
    """Money alerts: from `alert` on, if it is as much above the usual as wakes a person."""
    is_much = shift.value - shift.usual >= WORTH_WAKING_TIMES * floor
    is_alert = measure is COST and is_much and 100 * shift.ratio >= limit.alert
    return Severity.ALERT if is_alert else Severity.WARNING


def odd_shifts(rows: list[Row], day: int, limits: Limits) -> Iterator[OddShift]:
    """Agents that cost more than they did from an hour of a day on, and the project where no agent
    tells of it."""
    limit = limits.of(PATTERN.code, PATTERN.inform, PATTERN.alert)
    if not limit.enabled:
        return
    agents = {row[1] for row in rows if row[0] >= day * DAY} - {PROJECT}
    by_agent: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[1] in agents:
            by_agent[row[1]].append(row)
    z = max(Z_WARN, z_of(len(agents)))
    found = [odd_shift(agent, Hours(by_agent[agent]), day, limit, z) for agent in sorted(agents)]
    told = [each for each in found if each]
    if not told and agents and (of_all := odd_shift(PROJECT, Hours(rows), day, limit, z)):
        told = [of_all]
    yield from told


def odd_shift(agent: str, hours: Hours, day: int, limit: Limit, z: float) -> OddShift | None:
    """The same of one agent: by cost, or by tokens where the cost says nothing."""
    for measure, floor in FLOORS:
        values = hours.values(measure, day)
        if shift := shift_of(hours.hours, values, day, floor, limit.inform / 100, z):
            return OddShift(agent, measure, shift, severity(shift, limit, measure, floor))
    return None
