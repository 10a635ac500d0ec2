"""Hours of agents, and of a project, that are out of the ordinary. Pure.

A dollar an hour is what is worth a look; half a million tokens are as much at the price of a model
in the middle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.baselines import Z_WARN, z_of
from agentscope.findings.limits import Limits
from agentscope.findings.measures import COST, MEASURES, NUMBERS, Measure
from agentscope.findings.odd import worst
from agentscope.findings.seasons import DAY
from agentscope.findings.severity import Severity
from agentscope.findings.spikes import Spike, spikes
from agentscope.traces.clocks import EPOCH
from agentscope.traces.tree import Ints

PROJECT = ""  # in place of an agent: the whole project
FLOORS = ((COST, 10**12), (MEASURES[1], 500_000))  # 1e-12 USD, tokens
Row = tuple[int, str, int, int, int]  # hour since 1970, agent, 1e-12 USD, tokens, unpriced calls


@dataclass(slots=True, frozen=True)
class OddHour:
    """An hour of an agent that is out of the ordinary."""

    agent: str  # PROJECT: of all
    measure: Measure
    spike: Spike
    severity: Severity
    numbers: tuple[int, ...]  # measures.NUMBERS, as far as hours have them

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        return f"{self.agent or 'the project'} per hour"

    @property
    def sentence(self) -> str:
        """What it came to, and what that was compared with."""
        begin = EPOCH + timedelta(hours=self.spike.hour)
        end = begin + timedelta(hours=1)
        when = f"on {begin:%Y-%m-%d} from {begin:%H:%M} to {end:%H:%M} UTC"
        who = self.agent or "The project"
        whose = "this agent's" if self.agent else "this project's"
        did = self.measure.says(self.numbers)
        usual = self.spike.verdict.arithmetic(self.measure.write, whose, self.spike.of)
        up = f", raised by {self.spike.raised:.1f} for the last day"
        raised = up if self.spike.raised >= 1.05 else ""  # noqa: PLR2004
        return f"{who} {did} {when}: {usual}{raised}."


class Hours:
    """What one agent, or all, came to hour by hour, in order of time."""

    def __init__(self, rows: list[Row]) -> None:
        told: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        for hour, _, pico, tokens, unpriced in rows:
            told[hour] = [a + b for a, b in zip(told[hour], (pico, tokens, unpriced), strict=True)]
        self.hours: Ints = np.array(sorted(told), np.int64)
        self.numbers = np.array([told[hour] for hour in self.hours.tolist()], object).reshape(-1, 3)

    def values(self, measure: Measure, day: int) -> NDArray[Any]:
        """What is compared on a day. Of earlier hours with calls that have no price the cost is
        not known, so they are no samples."""
        column = 0 if measure is COST else 1
        values = self.numbers[:, column].astype(np.float64)
        unknown = (self.numbers[:, 2] > 0) & (self.hours < day * DAY) & (measure is COST)
        return np.where(unknown.astype(np.bool_), 0, values)

    def row(self, hour: int) -> tuple[int, ...]:
        """The numbers of an hour, as measures.NUMBERS."""
        pico, tokens, unpriced = self.numbers[int(np.searchsorted(self.hours, hour))]
        return (pico, unpriced, tokens, *(0,) * (len(NUMBERS) - 3))


def odd_hours(rows: list[Row], day: int, limits: Limits) -> Iterator[OddHour]:
    """The hours of a day (since 1970) that are out of the ordinary, by those before. Of the whole
    project only where no agent tells of the hour; of an agent without history only where the whole
    project is out of the ordinary: it may have taken over the work of another."""
    by_agent: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_agent[row[1]].append(row)
    z = max(Z_WARN, z_of(a_day(rows, day)))
    of_all = list(odd_hours_of(PROJECT, Hours(rows), day, limits, z))
    dear = {found.spike.hour for found in of_all}
    told: set[int] = set()
    for agent in sorted(set(by_agent) - {PROJECT}):
        for found in odd_hours_of(agent, Hours(by_agent[agent]), day, limits, z):
            is_new = found.spike.verdict.median is None
            if not is_new or found.spike.hour in dear:
                told.add(found.spike.hour)
                yield found
    yield from (found for found in of_all if found.spike.hour not in told)


def a_day(rows: list[Row], day: int) -> float:
    """How many hours of agents there were a day before this one: as many values are compared."""
    earlier = [row[0] for row in rows if row[0] < day * DAY]
    return len(earlier) / (day - min(earlier) // DAY) if earlier else 0


def odd_hours_of(agent: str, hours: Hours, day: int, limits: Limits, z: float) -> Iterator[OddHour]:
    """The same of one agent: by cost, and by tokens where the cost says nothing."""
    told: set[int] = set()
    for measure, floor in FLOORS:
        pattern = measure.pattern
        limit = limits.of(pattern.code, pattern.inform, pattern.alert)
        if not limit.enabled:
            continue
        values = hours.values(measure, day)
        for spike in spikes(hours.hours, values, day, floor, limit.inform, z):
            if spike.hour in told:
                continue
            told.add(spike.hour)
            level = worst(spike.verdict, limit, floor) if measure is COST else Severity.WARNING
            yield OddHour(agent, measure, spike, level, hours.row(spike.hour))
