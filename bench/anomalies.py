"""How often an ordinary month raises an alarm, and how often an hour of five times the usual does.

    python -m bench.anomalies

Made-up series of hours: see tests/kit/series.py. No database is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import django
import numpy as np

from agentscope.findings.spikes import spikes
from agentscope.traces.clocks import EPOCH
from bench.report import Result, at_least, at_most, show
from tests.kit.series import DAY, MONDAY, QUIET, WARM_UP, Series, Shape, series

FLOOR = 1.0  # USD an hour
MONTH = range(WARM_UP, WARM_UP + 30)  # days
SEEDS = range(20)
NOISE = 0.6  # of the cost of runs, on the log scale
SPIKE = 5  # times what is typical
SPIKES = 20  # in each series, one at a time


# Django wants settings; nothing is asked of this database.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "agentscope.settings",
    "DATABASE_URL": "postgresql:///none",
    "AGENTSCOPE_SECRET_KEY": "none",
    "AGENTSCOPE_EMBEDDED": "1",
}


def main() -> None:
    """Both figures of every shape."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    django.setup()
    for _ in show(measure()):
        pass


def measure() -> Iterator[Result]:
    """False alarms a month, and the share of spikes that are found within their hour."""
    for name, shape in QUIET.items():
        alarms = [len(alarmed(series(shape, seed))) for seed in SEEDS]
        what = f"{name}: false alarms in 30 days, on average of {len(SEEDS)}"
        yield at_most(what, float(np.mean(alarms)), "alarms", 1)
    for a_day in (5, 50, 500):
        alarms = [told_of_runs(a_day, seed) for seed in SEEDS]
        what = f"{a_day} runs a day: false alarms in 30 days, on average of {len(SEEDS)}"
        yield at_most(what, float(np.mean(alarms)), "alarms", 1)
    for name, shape in QUIET.items():
        what = f"{name}: hours of {SPIKE} times the usual that are found"
        if name == "bursty":  # where hours differ by factors anyway, five times is nothing
            yield Result(what, found(shape), "share")
        else:
            yield at_least(what, found(shape), "share", 0.95)


def alarmed(told: Series, days: range = MONTH) -> list[int]:
    """The hours of a stretch of days that raise an alarm, as positions in the series."""
    first = MONDAY // DAY
    return [
        spike.hour - MONDAY
        for day in days
        for spike in spikes(told.hours, told.values, first + day, FLOOR)
    ]


def told_of_runs(a_day: int, seed: int) -> int:
    """How many ordinary runs of a month are told: their costs differ by a factor of two or so."""
    from agentscope.findings.odd import MOST, Runs, odd_runs  # needs Django

    chance = np.random.default_rng(seed)
    days = WARM_UP + len(MONTH)
    costs = 10**12 * np.exp(chance.normal(0, NOISE, days * a_day))
    rows = [
        (UUID(int=at), "scout", "", EPOCH + timedelta(days=at / a_day), int(cost), *(0,) * 7)
        for at, cost in enumerate(costs)
    ]
    told = 0
    for first in range(WARM_UP * a_day, days * a_day, a_day):
        earlier = Runs.of(rows[max(first - MOST, 0) : first])
        told += len(list(odd_runs(Runs.of(rows[first : first + a_day]), earlier)))
    return told


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
