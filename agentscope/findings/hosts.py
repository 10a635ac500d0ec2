"""Hosts that an agent calls for the first time after many runs without. Pure.

An agent that browses meets new hosts all the time, and that says nothing. So nothing is said of one
that met any in the latest third of its runs, nor of one that calls more hosts than are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agentscope.agents.runs import MOST_HOSTS
from agentscope.findings.effects import changes_state
from agentscope.findings.firsts import DAYS, NEW_HOST
from agentscope.findings.limits import Limits
from agentscope.findings.odd import MOST
from agentscope.findings.severity import Severity

LATEST = 3  # the part of the runs that must not have met any


@dataclass(slots=True, frozen=True)
class Called:
    """The hosts that an agent called in a trace, as keys."""

    trace_id: UUID
    agent: str
    began: datetime
    hosts: list[int]  # in order of time


@dataclass(slots=True, frozen=True)
class NewHosts:
    """Hosts that a run is the first to call."""

    called: Called
    keys: list[int]  # in order of time
    runs: int  # before


@dataclass(slots=True, frozen=True)
class Call:
    """The first call to one of them."""

    span_id: int
    tool: str
    host: str  # "": the span does not say it any more

    @property
    def severity(self) -> Severity:
        """A tool that changes something is worth a look."""
        return Severity.WARNING if changes_state(self.tool) else Severity.INFO

    def sentence(self, found: NewHosts) -> str:
        """What was called, and since when it was not."""
        others = len(found.keys) - 1
        more = f" and {others} more" if others else ""
        runs = f"{found.runs:,} runs in the {DAYS} days before"
        who, host = found.called.agent, self.host or "a host"
        return f"{who} called {host}{more} with {self.tool}, which none of its {runs} did."


def new_hosts(day: Iterable[Called], earlier: Iterable[Called], limits: Limits) -> list[NewHosts]:
    """The runs of a day that call hosts which no earlier one did, each host once."""
    limit = limits.of(NEW_HOST.code, NEW_HOST.inform, NEW_HOST.alert)
    if not limit.enabled:
        return []
    before = by_agent(earlier)
    return [
        found
        for agent, runs in sorted(by_agent(day).items())
        for found in firsts(runs, before.get(agent, []), limit.inform)
    ]


def firsts(runs: list[Called], earlier: list[Called], fewest: int) -> Iterator[NewHosts]:
    """Those of one agent. Where earlier days have too few runs, those of the same day count."""
    known, settled = every(earlier), {len(earlier): is_settled(earlier)}
    for at, called in enumerate(runs):
        keys = [key for key in called.hosts if key not in known]
        known.update(keys)
        history = earlier if len(earlier) >= fewest else [*earlier, *runs[: min(at, MOST)]]
        if not keys or len(history) < fewest:
            continue
        if len(history) not in settled:
            settled[len(history)] = is_settled(history)
        if settled[len(history)]:
            yield NewHosts(called, keys, len(history))


def is_settled(runs: list[Called]) -> bool:
    """Whether the latest of these runs, in order of time, called only hosts of the others."""
    if any(len(called.hosts) >= MOST_HOSTS for called in runs):
        return False
    cut = len(runs) - len(runs) // LATEST
    return every(runs[cut:]) <= every(runs[:cut])


def every(runs: Iterable[Called]) -> set[int]:
    """All hosts of some runs."""
    return {key for called in runs for key in called.hosts}


def by_agent(runs: Iterable[Called]) -> dict[str, list[Called]]:
    """The runs of each agent in order of time."""
    found: defaultdict[str, list[Called]] = defaultdict(list)
    for called in sorted(runs, key=lambda called: (called.began, called.trace_id)):
        found[called.agent].append(called)
    return dict(found)
