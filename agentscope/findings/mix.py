"""How agents fail, against how they usually do: a class of errors by itself. Pure.

That as much fails as always says little if it is all of another kind: an agent whose calls time out
now and then, and are refused now. So the share of the steps that fail with a class of errors is
compared with what it was before, in two ways:

- in one run, if it has five such failures;
- in all runs that began in an hour, if three of them have some, for most runs are a few steps. The
  hour is compared with whole days, over which shares differ less, so chance has its say: even the
  share that is just out of the ordinary would bring so many failures in one hour of 120 days only.

Shares below 1 % count as 1 %, and it takes a tenth of the steps. Runs that failed before classes
were kept are no samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import exp, lgamma, log
from uuid import UUID

import numpy as np

from agentscope.findings.baselines import (
    QUIET_DAYS,
    Z_WARN,
    Baseline,
    Verdict,
    baseline,
    z_of,
)
from agentscope.findings.limits import USUAL, Limit, Limits
from agentscope.findings.measures import ERROR_RATE, FEWEST_ERRORS, LEAST_SHARE
from agentscope.findings.odd import MOST
from agentscope.findings.seasons import DAY
from agentscope.findings.severity import Severity

FEWEST_RUNS = 3  # of an hour, that failed with a class
FEWEST_DAYS = 3  # that an hour is compared with


@dataclass(slots=True, frozen=True)
class Mixed:
    """How one run, or all of an hour or a day, failed."""

    agent: str
    began: datetime
    steps: int
    classes: Mapping[str, int]  # failures by class
    trace_id: UUID | None = None  # of an hour, the one with most failures
    runs: int = 1  # that failed
    is_known: bool = True  # whether all failures are in `classes`

    def share(self, name: str) -> float:
        """Of the steps, those that failed with a class."""
        return min(max(self.classes.get(name, 0) / max(self.steps, 1), LEAST_SHARE), 1)


@dataclass(slots=True, frozen=True)
class OddMix:
    """A class of errors that is far more frequent than usual."""

    mixed: Mixed
    name: str  # of the class
    verdict: Verdict
    of: str  # what it was compared with
    is_hour: bool = False

    @property
    def severity(self) -> Severity:
        """A note by the lower z, a warning by the higher one."""
        return Severity.WARNING if self.verdict.is_strong else Severity.INFO

    @property
    def sentence(self) -> str:
        """How it failed, and how often it usually does."""
        mixed = self.mixed
        usual = self.verdict.arithmetic(ERROR_RATE.write, "this agent's", self.of)
        failed = f"{mixed.classes[self.name]:,} of {mixed.steps:,} steps"
        if not self.is_hour:
            return f"{mixed.agent} failed with {self.name} in {failed}: {usual}."
        when = f"on {mixed.began:%Y-%m-%d} from {mixed.began:%H:%M} UTC for an hour"
        return f"{mixed.agent} failed with {self.name} in {failed} {when}: {usual}."


def odd_mixes(
    day: Iterable[Mixed], earlier: Iterable[Mixed], limits: Limits = USUAL, a_day: float = 0
) -> Iterator[OddMix]:
    """Runs of a day that failed in a way they usually do not. `a_day` is how many runs the project
    has."""
    limit, before = limit_of(limits), by_agent(earlier)
    for mixed in in_order(day) if limit.enabled else ():
        history = [each for each in before.get(mixed.agent, []) if each.is_known][-MOST:]
        for name, failures in sorted(mixed.classes.items()):
            usual = baseline([each.share(name) for each in history])
            if usual is None or failures < FEWEST_ERRORS:
                continue
            verdict = usual.verdict(mixed.share(name), ERROR_RATE.floor, limit.inform, z_of(a_day))
            if verdict:
                yield OddMix(mixed, name, verdict, "runs")


def odd_hours_of_errors(
    hours: Iterable[Mixed], days: Iterable[Mixed], limits: Limits = USUAL
) -> Iterator[OddMix]:
    """Hours in which the runs of an agent failed in a way they usually do not, by days before."""
    limit, before = limit_of(limits), by_agent(days)
    for mixed in in_order(hours) if limit.enabled else ():
        history = [each for each in before.get(mixed.agent, []) if each.is_known]
        for name, failures in sorted(mixed.classes.items()):
            usual = baseline([each.share(name) for each in history], FEWEST_DAYS)
            if usual is None or failures < FEWEST_ERRORS or mixed.runs < FEWEST_RUNS:
                continue
            verdict = usual.verdict(mixed.share(name), ERROR_RATE.floor, limit.inform, Z_WARN)
            if verdict and is_no_chance(failures, mixed.steps, usual, limit):
                yield OddMix(mixed, name, verdict, "days", is_hour=True)


def limit_of(limits: Limits) -> Limit:
    """What the project says of errors."""
    pattern = ERROR_RATE.pattern
    return limits.of(pattern.code, pattern.inform, pattern.alert)


def is_no_chance(failures: int, steps: int, usual: Baseline, limit: Limit) -> bool:
    """Whether so many of some steps fail once in QUIET_DAYS, hour by hour, or less often, even if
    as large a share as is still usual does."""
    share = min(usual.bound(0, limit.inform, Z_WARN), 1)
    return at_least(failures, steps, share) < 1 / (QUIET_DAYS * DAY)


def at_least(failures: int, steps: int, share: float) -> float:
    """How probable it is that so many steps or more fail, if each does so with a probability."""
    if share >= 1:
        return 1
    counts = np.arange(failures, steps + 1)
    ways = [lgamma(steps + 1) - lgamma(k + 1) - lgamma(steps - k + 1) for k in counts.tolist()]
    logs = np.array(ways) + counts * log(share) + (steps - counts) * log(1 - share)
    return min(sum(exp(each) for each in logs.tolist()), 1)


def in_order(mixed: Iterable[Mixed]) -> list[Mixed]:
    """In order of time."""
    return sorted(mixed, key=lambda each: (each.began, each.agent, str(each.trace_id)))


def by_agent(mixed: Iterable[Mixed]) -> dict[str, list[Mixed]]:
    """Those of each agent, in order of time."""
    found: defaultdict[str, list[Mixed]] = defaultdict(list)
    for each in in_order(mixed):
        found[each.agent].append(each)
    return dict(found)
