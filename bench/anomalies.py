"""How often an ordinary month raises an alarm, and how often what is out of the ordinary does.

    python -m bench.anomalies

Made-up series of hours and runs: see tests/kit/series.py. No database is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import django
import numpy as np

from agentscope.findings.baselines import Z_WARN, z_of
from agentscope.findings.spikes import spikes
from agentscope.traces.clocks import EPOCH
from bench.report import Result, at_least, at_most, show
from tests.kit.series import (
    DAY,
    MONTH,
    QUIET,
    VARIED,
    WARM_UP,
    Series,
    Shape,
    deploy_step,
    doubled,
    flat,
    series,
)

FLOOR = 1.0  # USD an hour
SEEDS = range(20)
NOISE, HEAVY = 0.6, 1.0  # of the cost of runs, on the log scale
SPIKE = 5  # times what is typical
SPIKES = 20  # in each series, one at a time
AGENTS = 200  # of a project of many small ones
RELEASE = (WARM_UP + 7) * DAY + 12  # the hour in which deploy_step and doubled go up


# Django wants settings; nothing is asked of this database.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "agentscope.settings",
    "DATABASE_URL": "postgresql:///none",
    "AGENTSCOPE_SECRET_KEY": "none",
    "AGENTSCOPE_EMBEDDED": "1",
}


def main() -> None:
    """All figures, with what they should be."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    django.setup()
    for _ in show(measure()):
        pass


def measure() -> Iterator[Result]:
    """False alarms, then what is found."""
    for measured in (quiet_hours, quiet_runs, quiet_projects, found_hours, found_releases):
        yield from measured()


def quiet_hours() -> Iterator[Result]:
    """False alarms of an ordinary month, hour by hour."""
    for name, shape in QUIET.items():
        alarms = [len(alarmed(series(shape, seed))) for seed in SEEDS]
        what = f"{name}: false alarms in 30 days, on average of {len(SEEDS)}"
        yield at_most(what, float(np.mean(alarms)), "alarms", 1)


def quiet_runs() -> Iterator[Result]:
    """The same of runs of one agent."""
    for a_day, noise in ((5, NOISE), (50, NOISE), (500, NOISE), (5, HEAVY), (50, HEAVY)):
        alarms = [told_of_runs(a_day, seed, noise) for seed in SEEDS]
        what = f"{a_day} runs a day, spread {noise}: false alarms in 30 days"
        yield at_most(what, float(np.mean(alarms)), "alarms", 1)


def quiet_projects() -> Iterator[Result]:
    """The same of a project of many small agents, all of them together."""
    alarms = [told_of_agents(seed) for seed in range(3)]
    yield at_most(f"{AGENTS} agents, by runs: all false alarms", mean(alarms), "alarms", 1)
    alarms = [told_of_hours(seed) for seed in range(3)]
    yield at_most(f"{AGENTS} agents, by hours: all false alarms", mean(alarms), "alarms", 1)


def found_hours() -> Iterator[Result]:
    """The share of spikes that are found within their hour."""
    for name, shape in QUIET.items():
        what = f"{name}: hours of {SPIKE} times the usual that are found"
        if name in VARIED:  # where hours differ by factors anyway, five times is nothing
            yield Result(what, found(shape), "share")
        elif name not in ("quiet_month", "cold_start", "summer_time"):
            yield at_least(what, found(shape), "share", 0.95)
    alone = [alarmed(series(flat, seed).with_spike(RELEASE, 50)) == [RELEASE] for seed in SEEDS]
    yield at_least("one outlier: told in its hour, and nothing else", mean(alone), "share", 1)


def found_releases() -> Iterator[Result]:
    """What is told of a release after which all costs more."""
    told = [shifted(series(doubled, seed)) for seed in SEEDS]
    yield at_least("twice as dear: told once", mean([len(at) == 1 for at in told]), "share", 0.95)
    late = [at[0] - RELEASE for at in told if at]
    yield at_most("twice as dear: hours until it is told", max(late), "hours", 2 * DAY)
    spiked = [len(alarmed(series(doubled, seed))) for seed in SEEDS]
    yield at_most("twice as dear: hours that are told as spikes", mean(spiked), "alarms", 1)
    told = [shifted(series(deploy_step, seed)) for seed in SEEDS]
    yield at_least("five times: told once", mean([len(at) == 1 for at in told]), "share", 0.95)
    for name, shape in QUIET.items():
        alarms = [len(shifted(series(shape, seed))) for seed in SEEDS]
        yield at_most(f"{name}: levels that are told as higher", mean(alarms), "alarms", 1)


def mean(values: list[Any]) -> float:
    """The mean of some numbers."""
    return float(np.mean(values))


def alarmed(told: Series, days: range = MONTH, z: float = Z_WARN) -> list[int]:
    """The hours of a stretch of days that raise an alarm, as positions in the series."""
    first = told.begin // DAY
    return [
        spike.hour - told.begin
        for day in days
        for spike in spikes(told.hours, told.values, first + day, FLOOR, z=z)
    ]


def shifted(told: Series, days: range = MONTH) -> list[int]:
    """The hours in which it is told that a level is higher, likewise."""
    from agentscope.findings.shifts import PATTERN, shift_of  # needs Django

    found = (
        shift_of(told.hours, told.values, told.begin // DAY + day, 5.0, PATTERN.inform / 100)
        for day in days
    )
    return [each.hour - told.begin for each in found if each]


def told_of_hours(seed: int) -> int:
    """How many hours of a month are told in a project of many agents."""
    chance = np.random.default_rng(seed)
    z = max(Z_WARN, z_of(AGENTS * DAY))
    return sum(
        len(alarmed(series(flat, int(each)).times(chance.uniform(0.2, 2)), z=z))
        for each in chance.integers(0, 10**6, AGENTS)
    )


def told_of_agents(seed: int) -> int:
    """The same of its runs: each agent has three a day, of another size."""
    chance = np.random.default_rng(seed)
    days = WARM_UP + len(MONTH)
    sizes = np.exp(chance.normal(0, 1, AGENTS))
    costs = sizes * np.exp(chance.normal(0, NOISE, (days, 3, AGENTS)))
    told = 0
    for day in MONTH:
        earlier = [row for back in range(WARM_UP) for row in rows_of(costs, day - 1 - back)]
        told += odd(rows_of(costs, day), earlier, 3 * AGENTS)
    return told


def rows_of(costs: Any, day: int) -> list[tuple[Any, ...]]:
    """The runs of all agents on a day."""
    _, a_day, agents = costs.shape
    return [
        run_of(day * a_day * agents + at * agents + agent, f"agent {agent}", day, cost)
        for at in range(a_day)
        for agent, cost in enumerate(costs[day, at].tolist())
    ]


def run_of(number: int, agent: str, day: float, usd: float) -> tuple[Any, ...]:
    """A run of which only the cost is known."""
    began = EPOCH + timedelta(days=day)
    return (UUID(int=number), agent, "", began, int(usd * 10**12), *(0,) * 7)


def told_of_runs(a_day: int, seed: int, noise: float) -> int:
    """How many ordinary runs of a month are told: their costs differ by factors."""
    from agentscope.findings.odd import MOST  # needs Django

    chance = np.random.default_rng(seed)
    days = WARM_UP + len(MONTH)
    costs = np.exp(chance.normal(0, noise, days * a_day))
    rows = [run_of(at, "scout", at / a_day, cost) for at, cost in enumerate(costs.tolist())]
    return sum(
        odd(rows[first : first + a_day], rows[max(first - MOST, 0) : first], a_day)
        for first in range(WARM_UP * a_day, days * a_day, a_day)
    )


def odd(day: list[tuple[Any, ...]], earlier: list[tuple[Any, ...]], a_day: float) -> int:
    """How many runs of a day are told."""
    from agentscope.findings.odd import Runs, odd_runs  # needs Django

    return len(list(odd_runs(Runs.of(day), Runs.of(earlier), project_a_day=a_day)))


def found(shape: Shape) -> float:
    """How many of some hours raise an alarm if they come to SPIKE times what is typical."""
    hits = tried = 0
    for seed in SEEDS:
        told, chance = series(shape, seed), np.random.default_rng(seed)
        later = np.flatnonzero(told.typical * SPIKE >= FLOOR)
        later = later[later >= WARM_UP * DAY]
        for at in chance.choice(later, SPIKES).tolist():
            tried += 1
            hits += at in alarmed(told.with_spike(at, SPIKE), range(at // DAY, at // DAY + 1))
    return hits / tried


if __name__ == "__main__":
    main()
