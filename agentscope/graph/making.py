"""From a tree to the whole graph of its agents and tools, before anything is folded. Pure: the same
set of spans gives the same graph, in whatever order they came.

Linear but for sorting; a trace of a million spans takes about a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from agentscope.agents.invoked import Run, runs
from agentscope.graph.counts import Spent, belongs, came_to, split
from agentscope.graph.follows import follows
from agentscope.graph.graph import CALLS, NOTHING, THEN, Edge, Node, Work
from agentscope.graph.places import Places, placed
from agentscope.traces.tree import Ints, Tree

NONE = -1


@dataclass(slots=True)
class Whole:
    """All nodes in order of their first rows, and all edges."""

    nodes: list[Node]
    edges: list[Edge]
    ids: list[str]  # of nodes
    of_row: Ints  # of the tree: a position in `ids`


def whole_graph(tree: Tree, invoked: list[Run] | None = None) -> Whole:
    """The graph of a tree, as large as it is; with the runs of its agents, if they are known
    already."""
    if not len(tree):
        return Whole([], [], [], np.zeros(0, np.int64))
    return Making(tree, runs(tree) if invoked is None else invoked).made()


@dataclass(slots=True)
class Parts:
    """Rows in groups: the runs of an agent, the calls of a tool, or those behind an edge."""

    group: Ints
    rows: Ints
    begins: Ints  # the same, for each run or call the first of its rows only
    rows_begun: Ints

    @staticmethod
    def of(found: Iterable[tuple[int, list[int]]]) -> Parts:
        """From the group of each run or call, and its rows."""
        pairs = list(found)
        sizes = [len(rows) for _, rows in pairs]
        group = np.array([group for group, _ in pairs], np.int64)
        rows = np.array([row for _, rows in pairs for row in rows], np.int64)
        begun = np.array([rows[0] for _, rows in pairs], np.int64)
        return Parts(np.repeat(group, sizes), rows, group, begun)

    def with_calls(self, group: Ints, rows: Ints) -> Parts:
        """With calls of one row each."""
        return Parts(
            np.append(self.group, group),
            np.append(self.rows, rows),
            np.append(self.begins, group),
            np.append(self.rows_begun, rows),
        )


class Making:
    """One tree, counted node by node."""

    def __init__(self, tree: Tree, invoked: list[Run]) -> None:
        self.tree, self.runs = tree, invoked
        self.places: Places = placed(tree, invoked)
        self.spent = Spent.of(tree)
        self.owner = np.where(tree.is_rest, 0, self.places.node)  # of what a row spent
        self.calls = np.flatnonzero(self.places.calls)
        self.agents = [int(self.places.agent[run.rows[0]]) for run in self.runs]

    def made(self) -> Whole:
        """The nodes and the edges."""
        edges = self.edges()
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        nodes = [node for node in self.nodes() if node.own != NOTHING or node.id in ends]
        return Whole(nodes, edges, [key.id for key in self.places.keys], self.places.node)

    def nodes(self) -> list[Node]:
        """Agents, tools, and what belongs to neither, in order of their first rows."""
        known = len(self.places.keys)
        parts = Parts.of(
            (agent, run.rows) for agent, run in zip(self.agents, self.runs, strict=True)
        ).with_calls(self.places.node[self.calls], self.calls)
        wholes, begun = self.counted(parts, known)
        begun[0] = self.lost()
        shares = belongs(self.spent, self.owner, known)
        found = [self.node(*each) for each in zip(range(known), shares, wholes, begun, strict=True)]
        return sorted(found, key=lambda node: (node.first < 0, node.start_ns, node.first, node.id))

    def node(self, at: int, share: Work, whole: Work, rows: Ints) -> Node:
        """The node at a position: what belongs to it, what it came to, where it began."""
        key, start = self.places.keys[at], self.tree.start_ns[rows]
        first = int(rows[np.lexsort((rows, start))[0]]) if len(rows) else NONE
        return Node(
            id=key.id,
            kind=key.kind,
            name=key.name,
            path=key.path,
            own=replace(share, times=whole.times, time_ns=whole.time_ns),
            whole_pico=whole.pico if whole.times else share.pico,
            first=first,
            start_ns=int(self.tree.start_ns[first]) if len(rows) else 0,
        )

    def lost(self) -> Ints:
        """The rows whose costs, or failures, belong to no node."""
        spent = (self.spent.pico != 0) | (self.spent.unpriced != 0) | (self.spent.errors != 0)
        return np.flatnonzero((self.owner == 0) & spent)

    def edges(self) -> list[Edge]:
        """What led from where to where."""
        ways: dict[tuple[int, int, str], int] = {}
        parts = Parts.of(
            (ways.setdefault(way, len(ways)), run.rows) for way, run in self.invocations()
        )
        calls = zip(self.callers().tolist(), self.places.node[self.calls].tolist(), strict=True)
        group = [ways.setdefault((*call, CALLS), len(ways)) for call in calls]
        parts = parts.with_calls(np.array(group, np.int64), self.calls)
        works, rows = self.counted(parts, len(ways))
        ids = [key.id for key in self.places.keys]
        return [
            Edge(ids[source], ids[target], how, work, begun)
            for (source, target, how), work, begun in zip(ways, works, rows, strict=True)
        ]

    def invocations(self) -> Iterator[tuple[tuple[int, int, str], Run]]:
        """Each run of an agent by each way that led to it."""
        for agent, run in zip(self.agents, self.runs, strict=True):
            for (_, how), row in zip(run.callers, run.called_from, strict=True):
                yield (int(self.places.agent[row]), agent, how), run
        for before, after in follows(self.tree, self.runs):
            yield (self.agents[before], self.agents[after], THEN), self.runs[after]

    def callers(self) -> Ints:
        """Which node each tool call came from."""
        found: Ints = np.append(self.places.node, 0)[self.tree.parent[self.calls]]
        return found

    def counted(self, parts: Parts, groups: int) -> tuple[list[Work], list[Ints]]:
        """What each group came to, and where its runs or calls begin."""
        times = Counter(parts.begins.tolist())
        works = came_to(
            self.tree, self.spent, parts.group, parts.rows, [times[at] for at in range(groups)]
        )
        return works, split(parts.begins, parts.rows_begun, groups)
