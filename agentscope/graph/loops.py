"""Circles in a graph: nodes from which one comes back to where one was. Pure, without recursion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from agentscope.graph.graph import Edge, Loop, Node

Next = Mapping[int, Sequence[int]]


def with_loops(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[list[Edge], list[Loop]]:
    """The same edges, those of circles marked; and the circles in order of their first nodes. A
    node that stands for many closes none: a circle through it may be no circle."""
    place = {node.id: at for at, node in enumerate(nodes)}
    pairs = [(place[edge.source], place[edge.target]) for edge in edges]
    following: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in pairs:
        if not nodes[source].joined and not nodes[target].joined:
            following[source].append(target)
    circle = circles(len(nodes), following)
    members: defaultdict[int, set[int]] = defaultdict(set)
    backs: defaultdict[int, int] = defaultdict(int)
    marked = []
    for edge, (source, target) in zip(edges, pairs, strict=True):
        number, is_back = circle[source], target <= source
        is_in_loop = target in following.get(source, ()) and number == circle[target]
        marked.append(replace(edge, is_in_loop=is_in_loop, is_back=is_in_loop and is_back))
        if is_in_loop:
            members[number] |= {source, target}
            backs[number] += edge.work.times * is_back
    found = sorted((sorted(inside), backs[number]) for number, inside in members.items())
    return marked, [Loop([nodes[at].id for at in inside], times) for inside, times in found]


def circles(nodes: int, following: Next) -> list[int]:
    """For each node, 0 to `nodes` - 1, the number of its strongly connected component (Tarjan,
    1972). Numbers grow against the direction of edges."""
    search = Search(nodes, following)
    for node in range(nodes):
        if search.order[node] < 0:
            search.visit(node)
    return search.component


class Search:
    """One walk through a graph, depth first."""

    def __init__(self, nodes: int, following: Next) -> None:
        self.following = following
        self.order = [-1] * nodes  # in which nodes were reached
        self.lowest = [0] * nodes  # the first reached that one comes back to
        self.component = [-1] * nodes
        self.waiting: list[int] = []  # reached, and of no component yet
        self.reached, self.found = 0, 0

    def visit(self, start: int) -> None:
        """Everything that can be reached from a node."""
        path = [(start, 0)]
        while path:
            node, place = path.pop()
            if self.order[node] < 0:
                self.enter(node)
            steps = self.following.get(node, ())
            while place < len(steps) and self.order[steps[place]] >= 0:
                self.see(node, steps[place])
                place += 1
            if place < len(steps):
                path += [(node, place), (steps[place], 0)]
            else:
                self.leave(node)

    def enter(self, node: int) -> None:
        """A node is reached for the first time."""
        self.order[node] = self.lowest[node] = self.reached
        self.reached += 1
        self.waiting.append(node)

    def see(self, node: int, other: int) -> None:
        """An edge leads to a node that was reached before."""
        if self.component[other] < 0:
            self.lowest[node] = min(self.lowest[node], self.lowest[other])

    def leave(self, node: int) -> None:
        """All that follows a node was seen: if nothing leads further back, a component is whole."""
        if self.lowest[node] < self.order[node]:
            return
        while True:
            other = self.waiting.pop()
            self.component[other] = self.found
            if other == node:
                break
        self.found += 1
