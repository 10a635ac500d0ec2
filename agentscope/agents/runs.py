"""What each agent did in one trace: the columns of models.AgentRun. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np

from agentscope.agents.invoked import NOBODY, Run, by_agent, runs
from agentscope.signatures.stored import unpack
from agentscope.traces.clocks import moment
from agentscope.traces.intervals import length, united
from agentscope.traces.load import Spans
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Shorts, Tree
from agentscope.vocabulary import PICO, ErrorClass, Kind, Status

# Durations that are kept of an agent's runs in one trace, the first ones; how many are left out is
# kept too.
MOST_DURATIONS = 1000
# Hosts that are kept of an agent in one trace: one that calls more meets new ones all the time.
MOST_HOSTS = 200
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
    providers: Counts = field(default_factory=dict)  # of models: name → calls
    error_classes: Counts = field(default_factory=dict)  # class → errors, where they began
    open_ns: int = 0  # how long the longest run that has not ended lasts so far
    versions: list[str] = field(default_factory=list)
    callers: list[list[Any]] = field(default_factory=list)  # agent, kind, runs, pico, unpriced
    service: str = ""
    depth: int = 0  # levels of spans below the first one of a run, of its deepest run
    hosts: list[int] = field(default_factory=list)  # keys of hosts that it called, the first ones


def agent_runs(tree: Tree, spans: Spans, invoked: list[Run] | None = None) -> list[Done]:
    """A row for each agent that ran, in order of appearance. `spans` are those of the tree, in any
    order, `invoked` its runs, where they are known.

    Own figures are of the rows that belong to the agent, so over all agents they add up to the
    trace's, but for what belongs to none: what totals have more than their calls does not.
    """
    if not len(tree):
        return []
    invoked = runs(tree) if invoked is None else invoked
    figures = Figures(tree, spans)
    return [figures.done(agent, found) for agent, found in by_agent(invoked).items()]


class Course:
    """How the runs of one agent went, all at once: lists by run."""

    def __init__(self, tree: Tree, found: list[Run]) -> None:
        rows = np.array([at for run in found for at in run.rows])
        firsts = np.cumsum([0, *(len(run.rows) for run in found[:-1])])
        last = rows[np.append(firsts[1:], len(rows)) - 1]
        began = np.minimum.reduceat(tree.start_ns[rows], firsts)
        ended = np.maximum.reduceat(tree.end_ns[rows], firsts)
        waited = waits(tree, rows[firsts], tree.end[last])
        self.began: list[int] = began.tolist()
        # An interrupt is no failure.
        self.failed: list[bool] = (tree.status[last] == Status.ERROR).tolist()
        is_over = np.minimum.reduceat(tree.end_ns[rows], firsts) > 0
        # In ns, without the time that they waited for people; not of those that are open.
        self.lasted: list[int] = np.maximum(ended - began - waited, 0)[is_over].tolist()
        so_far = np.maximum.reduceat(tree.last_ns[rows], firsts) - began - waited
        self.open_ns = int(so_far[~is_over].max(initial=0))
        # With all that they called, in 1e-12 USD, and calls without a price.
        self.cost: list[int] = np.add.reduceat(tree.sum_cost[rows], firsts).tolist()
        self.unpriced: list[int] = np.add.reduceat(
            tree.sum_unpriced[rows], firsts, dtype=np.int64
        ).tolist()
        ends = np.maximum.reduceat(tree.end[rows], firsts)
        self.outermost = outermost(rows[firsts].tolist(), ends.tolist())
        self.depth = deepest(tree, rows[firsts][self.outermost], ends[self.outermost])


class Figures:
    """One tree, counted agent by agent."""

    def __init__(self, tree: Tree, spans: Spans) -> None:
        self.tree = tree
        said = any(spans.agent_version)
        self.versions = spans.follow(tree.span_id).agent_version if said else []
        self.hosts = hosts_of(tree, spans)
        self.numbers = {text: at for at, text in enumerate(tree.texts)}
        self.calls = own(tree, tree.sum_llm_calls)
        self.tool_calls = own(tree, tree.sum_tool_calls)
        self.errors = own(tree, tree.sum_errors)
        self.unpriced = np.where(tree.is_rest, 0, own(tree, tree.sum_unpriced))
        self.cost = np.where((tree.cost == UNKNOWN) | tree.is_rest, 0, tree.cost)
        self.input = np.where(tree.is_rest, 0, tree.billed_input)
        self.output = np.where(tree.is_rest, 0, tree.billed_output)
        by_owner = np.argsort(tree.agent, kind="stable")
        owners, starts = np.unique(tree.agent[by_owner], return_index=True)
        self.rows_of = dict(zip(owners.tolist(), np.split(by_owner, starts[1:]), strict=True))

    def done(self, agent: str, found: list[Run]) -> Done:
        """The row of one agent with at least one run."""
        tree, rows = self.tree, self.rows_of[self.numbers[agent]]
        course = Course(tree, found)
        unpriced = rows[self.unpriced[rows] > 0]
        return Done(
            agent=agent,
            started_at=moment(min(course.began) // 1000),
            runs=len(found),
            durations_ns=course.lasted[:MOST_DURATIONS],
            durations_left=max(len(course.lasted) - MOST_DURATIONS, 0),
            failed_runs=sum(course.failed),
            errors=int(self.errors[rows].sum()),
            llm_calls=int(self.calls[rows].sum()),
            tool_calls=int(self.tool_calls[rows].sum()),
            input_tokens=int(self.input[rows].sum()),
            output_tokens=int(self.output[rows].sum()),
            known_cost=int(self.cost[rows].sum()) * PICO,
            inclusive_cost=sum(course.cost[at] for at in course.outermost) * PICO,
            inclusive_unpriced=sum(course.unpriced[at] for at in course.outermost),
            unpriced_calls=int(self.unpriced[rows].sum()),
            unpriced_tokens=int((self.input + self.output)[unpriced].sum()),
            tools=self.tools(rows),
            models_used=self.models(rows),
            providers=self.providers(rows),
            error_classes=self.error_classes(rows),
            open_ns=course.open_ns,
            versions=sorted({self.versions[at] for at in rows.tolist() if self.versions} - {""}),
            callers=callers(found, course),
            service=tree.texts[int(tree.service[found[0].rows[0]])],
            depth=course.depth,
            hosts=self.called_hosts(rows),
        )

    def called_hosts(self, rows: Ints) -> list[int]:
        """The hosts that the calls in these rows went to, in order of their first calls."""
        if self.hosts is None:
            return []
        hosts = self.hosts[rows]
        called = rows[hosts != 0]
        in_time = called[np.lexsort((called, self.tree.start_ns[called]))]
        return list(dict.fromkeys(self.hosts[in_time].tolist()))[:MOST_HOSTS]

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

    def providers(self, rows: Ints) -> Counts:
        """Providers of models by name: how many calls each answered."""
        called = rows[(self.calls[rows] > 0) & (self.tree.provider[rows] != NOBODY)]
        calls = self.named(self.tree.provider, called)
        return {name: {"calls": number} for name, number in calls.items()}

    def error_classes(self, rows: Ints) -> Counts:
        """Failures by class, each where it began; "unknown" where nothing tells the class."""
        failed = rows[self.errors[rows] > 0]
        classes = self.named(self.tree.error_class, failed)
        found: Counts = {}
        for name, number in classes.items():
            found.setdefault(name or ErrorClass.UNKNOWN, {"errors": 0})["errors"] += number
        return dict(sorted(found.items()))

    def named(self, column: Any, rows: Ints) -> Counter[str]:
        """How many of these rows have each text in a column; in order of the texts."""
        counted = Counter(self.tree.texts[number] for number in column[rows].tolist())
        return Counter(dict(sorted(counted.items())))


def hosts_of(tree: Tree, spans: Spans) -> Ints | None:
    """For each row the key of the host that its call went to, 0 for none; None if no call did."""
    rows = np.flatnonzero(tree.kind == Kind.TOOL)
    if not len(rows):
        return None
    signatures = spans.follow(tree.span_id).signature
    called = unpack([signatures[at] for at in rows.tolist()])["host"]
    found = np.zeros(len(tree), np.int64)
    found[rows] = called
    return found if called.any() else None


def callers(found: list[Run], course: Course) -> list[list[Any]]:
    """Edges to an agent: who called it and how, how often, what these runs cost with all that they
    called (1e-12 USD), and how many of these calls have no price."""
    edges: dict[tuple[str, str], list[int]] = {}
    for run, cost, unpriced in zip(found, course.cost, course.unpriced, strict=True):
        for caller in run.callers:
            edge = edges.setdefault(caller, [0, 0, 0])
            edge[0] += 1
            edge[1] += cost
            edge[2] += unpriced
    return [[*caller, *counts] for caller, counts in sorted(edges.items())]


def own(tree: Tree, sums: Any) -> Ints:
    """What a row adds itself to a sum over its subtree."""
    rest: Ints = sums.astype(np.int64)
    is_below: Mask = (tree.parent >= 0) & (sums != 0)
    np.subtract.at(rest, tree.parent[is_below], sums[is_below])
    return rest


def waits(tree: Tree, first: Ints, end: Shorts) -> Ints:
    """How long people were asked from each of these rows up to the end that belongs to it, in ns.
    A question that nobody has answered is not counted."""
    asked = np.flatnonzero((tree.kind == Kind.HUMAN) & (tree.end_ns > 0))
    found = np.zeros(len(first), np.int64)
    begin, stop = np.searchsorted(asked, first), np.searchsorted(asked, end)
    for at in np.flatnonzero(stop > begin).tolist():
        within = asked[begin[at] : stop[at]]
        found[at] = length(united(tree.start_ns[within], tree.end_ns[within]))
    return found


def deepest(tree: Tree, first: Ints, end: Ints) -> int:
    """How many levels there are at most below one of these rows, up to the end that belongs to it.
    They are in reading order, and none is inside another."""
    depths = np.append(tree.depth, 0)
    bounds = np.stack((first, end), axis=1).ravel()
    return int((np.maximum.reduceat(depths, bounds)[::2] - depths[first]).max())


def outermost(first: list[int], end: list[int]) -> list[int]:
    """The runs, in reading order, that are not inside another one of the same agent, so that none
    counts twice."""
    kept, covered = [], 0
    for number, (at, stop) in enumerate(zip(first, end, strict=True)):
        if at >= covered:
            kept.append(number)
            covered = stop
    return kept
