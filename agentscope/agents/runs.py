"""What each agent did in one trace: the columns of models.AgentRun. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from agentscope.agents.invoked import Run, by_agent, runs
from agentscope.traces.clocks import moment
from agentscope.traces.intervals import length, united
from agentscope.traces.load import Spans
from agentscope.traces.tree import PICO, UNKNOWN, Ints, Mask, Tree
from agentscope.vocabulary import Kind, Status

# Durations that are kept of an agent's runs in one trace, the first ones; how many are left out is
# kept too.
MOST_DURATIONS = 1000
Counts = dict[str, dict[str, int]]


@dataclass(slots=True)
class Done:
    """Columns of models.AgentRun, by their names."""

    agent: str
    started_at: datetime
    runs: int
    durations_ns: list[int]
    durations_left: int
    failed_runs: int
    errors: int
    llm_calls: int
    tool_calls: int
    input_tokens: int
    output_tokens: int
    known_cost: Decimal
    inclusive_cost: Decimal
    inclusive_unpriced: int
    unpriced_calls: int
    unpriced_tokens: int
    tools: Counts = field(default_factory=dict)  # name → calls, errors
    models_used: Counts = field(default_factory=dict)  # name → calls, pico (1e-12 USD), unpriced
    versions: list[str] = field(default_factory=list)
    callers: list[list[Any]] = field(default_factory=list)  # agent, kind, runs, pico, unpriced
    service: str = ""


def agent_runs(tree: Tree, spans: Spans) -> list[Done]:
    """A row for each agent that ran, in order of appearance. `spans` are those of the tree, in any
    order. Own figures are of the rows that belong to the agent, so over all agents they add up to
    the trace's, but for what belongs to none."""
    if not len(tree):
        return []
    figures = Figures(tree, spans)
    return [figures.done(agent, found) for agent, found in by_agent(runs(tree)).items()]


class Figures:
    """One tree, counted agent by agent."""

    def __init__(self, tree: Tree, spans: Spans) -> None:
        self.tree = tree
        said = any(spans.agent_version)
        self.versions = spans.follow(tree.span_id).agent_version if said else []
        self.numbers = {text: at for at, text in enumerate(tree.texts)}
        self.calls = own(tree, tree.sum_llm_calls)
        self.tool_calls = own(tree, tree.sum_tool_calls)
        self.errors = own(tree, tree.sum_errors)
        self.unpriced = own(tree, tree.sum_unpriced)
        self.cost = np.where(tree.cost == UNKNOWN, 0, tree.cost)
        by_owner = np.argsort(tree.agent, kind="stable")
        owners, starts = np.unique(tree.agent[by_owner], return_index=True)
        self.rows_of = dict(zip(owners.tolist(), np.split(by_owner, starts[1:]), strict=True))

    def done(self, agent: str, found: list[Run]) -> Done:
        """The row of one agent with at least one run."""
        tree, rows = self.tree, self.rows_of[self.numbers[agent]]
        lasted = [ns for run in found if (ns := self.lasted(run)) is not None]
        unpriced, outer = rows[self.unpriced[rows] > 0], outermost(tree, found)
        return Done(
            agent=agent,
            started_at=moment(min(self.began(run) for run in found) // 1000),
            runs=len(found),
            durations_ns=lasted[:MOST_DURATIONS],
            durations_left=max(len(lasted) - MOST_DURATIONS, 0),
            failed_runs=sum(self.failed(run) for run in found),
            errors=int(self.errors[rows].sum()),
            llm_calls=int(self.calls[rows].sum()),
            tool_calls=int(self.tool_calls[rows].sum()),
            input_tokens=int(tree.billed_input[rows].sum()),
            output_tokens=int(tree.billed_output[rows].sum()),
            known_cost=int(self.cost[rows].sum()) * PICO,
            inclusive_cost=self.inclusive(outer, tree.sum_cost) * PICO,
            inclusive_unpriced=self.inclusive(outer, tree.sum_unpriced),
            unpriced_calls=int(self.unpriced[rows].sum()),
            unpriced_tokens=int((tree.billed_input + tree.billed_output)[unpriced].sum()),
            tools=self.tools(rows),
            models_used=self.models(rows),
            versions=sorted({self.versions[at] for at in rows.tolist() if self.versions} - {""}),
            callers=self.callers(found),
            service=tree.texts[int(tree.service[found[0].rows[0]])],
        )

    def began(self, run: Run) -> int:
        """When a run began, in ns."""
        return int(self.tree.start_ns[run.rows].min())

    def failed(self, run: Run) -> bool:
        """Whether the last span of a run ended in failure; an interrupt is none."""
        return bool(self.tree.status[run.rows[-1]] == Status.ERROR)

    def lasted(self, run: Run) -> int | None:
        """How long a run took in ns, without the time that it waited for people; None while it is
        open."""
        ends = self.tree.end_ns[run.rows]
        if not ends.all():
            return None
        first, last = run.rows[0], int(self.tree.end[run.rows[-1]])
        asked = first + np.flatnonzero(self.tree.kind[first:last] == Kind.HUMAN)
        asked = asked[self.tree.end_ns[asked] > 0]
        waited = length(united(self.tree.start_ns[asked], self.tree.end_ns[asked]))
        return max(int(ends.max()) - self.began(run) - waited, 0)

    def inclusive(self, found: Iterable[Run], sums: Any) -> int:
        """A sum over runs with all that they called."""
        return sum(int(sums[run.rows].sum()) for run in found)

    def tools(self, rows: Ints) -> Counts:
        """Tools by name: how often they were called, and how many of these calls failed."""
        called = rows[self.tool_calls[rows] > 0]
        failed = called[self.tree.status[called] == Status.ERROR]
        errors = self.named(self.tree.tool, failed)
        return {
            name: {"calls": calls, "errors": errors[name]}
            for name, calls in self.named(self.tree.tool, called).items()
        }

    def models(self, rows: Ints) -> Counts:
        """Models by name: calls, their known cost in 1e-12 USD, and calls without a price."""
        used = rows[(self.calls[rows] > 0) | (self.cost[rows] > 0) | (self.unpriced[rows] > 0)]
        found: Counts = {}
        for at in used.tolist():
            name = self.tree.texts[int(self.tree.model[at])]
            counts = found.setdefault(name, {"calls": 0, "pico": 0, "unpriced": 0})
            counts["calls"] += int(self.calls[at])
            counts["pico"] += int(self.cost[at])
            counts["unpriced"] += int(self.unpriced[at])
        return dict(sorted(found.items()))

    def named(self, column: Any, rows: Ints) -> Counter[str]:
        """How many of these rows have each text in a column; in order of the texts."""
        counted = Counter(self.tree.texts[number] for number in column[rows].tolist())
        return Counter(dict(sorted(counted.items())))

    def callers(self, found: list[Run]) -> list[list[Any]]:
        """Edges to an agent: who called it and how, how often, what these runs cost with all that
        they called (1e-12 USD), and how many of these calls have no price."""
        edges: dict[tuple[str, str], list[int]] = {}
        for run in found:
            for caller in run.callers:
                edge = edges.setdefault(caller, [0, 0, 0])
                edge[0] += 1
                edge[1] += self.inclusive([run], self.tree.sum_cost)
                edge[2] += self.inclusive([run], self.tree.sum_unpriced)
        return [[*caller, *counts] for caller, counts in sorted(edges.items())]


def own(tree: Tree, sums: Any) -> Ints:
    """What a row adds itself to a sum over its subtree."""
    rest: Ints = sums.astype(np.int64)
    has_parent: Mask = tree.parent >= 0
    np.subtract.at(rest, tree.parent[has_parent], sums[has_parent])
    return rest


def outermost(tree: Tree, found: list[Run]) -> list[Run]:
    """The runs that are not inside another one of the same agent, so that none counts twice."""
    kept, covered = [], 0
    for run in found:  # in reading order
        if run.rows[0] >= covered:
            kept.append(run)
            covered = max(int(tree.end[at]) for at in run.rows)
    return kept
