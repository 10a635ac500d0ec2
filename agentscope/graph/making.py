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


def whole_graph(tree: Tree) -> tuple[list[Node], list[Edge]]:
    """All nodes in order of their first rows, and all edges."""
    return Making(tree).made() if len(tree) else ([], [])


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

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.runs: list[Run] = runs(tree)
        self.places: Places = placed(tree, self.runs)
        self.spent = Spent.of(tree)
        self.calls = np.flatnonzero(self.places.calls)
        self.agents = [int(self.places.agent[run.rows[0]]) for run in self.runs]

    def made(self) -> tuple[list[Node], list[Edge]]:
        """The nodes and the edges."""
        edges = self.edges()
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        return [node for node in self.nodes() if node.own != NOTHING or node.id in ends], edges

    def nodes(self) -> list[Node]:
        """Agents, tools, and what belongs to neither, in order of their first rows."""
        known = len(self.places.keys)
        node = np.where(self.tree.is_rest, 0, self.places.node)
        parts = Parts.of(
            (agent, run.rows) for agent, run in zip(self.agents, self.runs, strict=True)
        ).with_calls(self.places.node[self.calls], self.calls)
        wholes, begun = self.counted(parts, known)
        shares = belongs(self.spent, node, known)
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
            whole_pico=whole.pico if len(rows) else share.pico,
            first=first,
            start_ns=int(self.tree.start_ns[first]) if len(rows) else 0,
        )

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
