"""Where the nodes of a graph stand: in layers from left to right, with few crossings. Pure and
deterministic: equal graphs give equal layers.

After Sugiyama, Tagawa and Toda (1981): edges that lead back are turned round, a node stands one
layer after the last one that leads to it, long edges are led through a point in every layer
between, and layers are put in order by the barycentres of their neighbours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agentscope.graph.loops import circles

SWEEPS = 8  # over all layers, forwards and backwards in turn; more change little

Pair = tuple[int, int]


@dataclass(slots=True)
class Layers:
    """Nodes by layer. Numbers beyond those of nodes are points through which long edges lead."""

    order: list[list[int]] = field(default_factory=list)  # of each layer, from top to bottom
    through: dict[Pair, list[int]] = field(default_factory=dict)  # points of an edge, in its order
    before: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def layered(nodes: int, edges: Iterable[Pair]) -> Layers:
    """The layers of nodes 0 to `nodes` - 1, whose numbers say which began first. Edges from a node
    to itself take no place."""
    known = sorted({edge for edge in edges if edge[0] != edge[1]})
    following: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in known:
        following[source].append(target)
    circle = circles(nodes, following)
    forward = sorted({turned(edge, circle) for edge in known})
    level = longest_paths(nodes, forward, circle)
    found = Layers([[] for _ in range(max(level, default=-1) + 1)])
    for node in range(nodes):
        found.order[level[node]].append(node)
    lead(found, forward, level)
    settle(found)
    return found


def turned(edge: Pair, circle: Sequence[int]) -> Pair:
    """An edge as it is drawn: in a circle from what began first to what began later, so that none
    is left."""
    source, target = edge
    return (target, source) if circle[source] == circle[target] and target < source else edge


def longest_paths(nodes: int, forward: Sequence[Pair], circle: Sequence[int]) -> list[int]:
    """For each node how many steps lead to it at most. Circles are numbered against the direction
    of edges, and within one they go from lower to higher numbers: that is an order of all."""
    following: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in forward:
        following[source].append(target)
    level = [0] * nodes
    for node in sorted(range(nodes), key=lambda node: (-circle[node], node)):
        for target in following[node]:
            level[target] = max(level[target], level[node] + 1)
    return level


def lead(found: Layers, forward: Sequence[Pair], level: Sequence[int]) -> None:
    """Join the nodes of each edge, through a point in every layer between."""
    free = len(level)
    for source, target in forward:
        points = list(range(free, free + level[target] - level[source] - 1))
        free += len(points)
        for layer, point in enumerate(points, start=level[source] + 1):
            found.order[layer].append(point)
        found.through[source, target] = points
        found.through[target, source] = points[::-1]
        for one, other in pairwise([source, *points, target]):
            found.after[one].append(other)
            found.before[other].append(one)


def settle(found: Layers) -> None:
    """Put the layers in order."""
    forwards = range(1, len(found.order))
    backwards = range(len(found.order) - 2, -1, -1)
    for sweep in range(SWEEPS):
        if sweep % 2:
            pull(found.order, backwards, found.after, 1)
        else:
            pull(found.order, forwards, found.before, -1)


def pull(
    order: list[list[int]], layers: Iterable[int], beside: dict[int, list[int]], step: int
) -> None:
    """Order each of these layers by where its neighbours stand in the layer beside it. What has no
    neighbour there, or stands as well, keeps its place."""
    for layer in layers:
        place = {node: at for at, node in enumerate(order[layer + step])}
        wish = {
            node: sum(place[each] for each in around) / len(around) if around else at
            for at, node in enumerate(order[layer])
            for around in [beside.get(node, [])]
        }
        order[layer].sort(key=wish.__getitem__)
