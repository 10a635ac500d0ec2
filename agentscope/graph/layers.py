"""Where the nodes of a graph stand: in layers from left to right, with few crossings. Pure and
deterministic: equal graphs give equal layers.

After Sugiyama, Tagawa and Toda (1981): edges that lead back are turned round, a node stands one
layer after the last one that leads to it, long edges are led through a point in every layer
between, and layers are put in order by the barycentres of their neighbours. Weak edges do not say
in which layer a node stands: they are led to where it does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from agentscope.graph.loops import circles

MOVED = 0.75  # of a layer that is too large, what stays in it
SWEEPS = 8  # over all layers, forwards and backwards in turn; more change little

Pair = tuple[int, int]


@dataclass(slots=True)
class Layers:
    """Nodes by layer. Numbers beyond those of nodes are points through which long edges lead."""

    order: list[list[int]] = field(default_factory=list)  # of each layer, from top to bottom
    through: dict[Pair, list[int]] = field(default_factory=dict)  # points of an edge, in its order
    before: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def layered(
    nodes: int,
    edges: Iterable[Pair],
    weak: Iterable[Pair] = (),
    sizes: Sequence[float] = (),
    most: float = inf,
) -> Layers:
    """The layers of nodes 0 to `nodes` - 1, whose numbers say which began first. Edges from a node
    to itself, and weak ones inside a layer, take no place. Where the sizes of a layer's nodes would
    add up to more than `most`, the last ones stand in the next."""
    known = sorted({edge for edge in edges if edge[0] != edge[1]})
    circle = circles(nodes, following(known))
    forward = {turned(edge, circle) for edge in known}
    level = longest_paths(nodes, sorted(forward), circle)
    if sizes:
        level = with_room(level, sorted(forward), sizes, most)
    forward |= {
        (source, target) if level[source] < level[target] else (target, source)
        for source, target in weak
        if level[source] != level[target]
    }
    found = Layers([[] for _ in range(max(level, default=-1) + 1)])
    for node in range(nodes):
        found.order[level[node]].append(node)
    lead(found, sorted(forward), level)
    settle(found)
    return found


def following(edges: Iterable[Pair]) -> dict[int, list[int]]:
    """For each node those that its edges lead to."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in edges:
        found[source].append(target)
    return found


def turned(edge: Pair, circle: Sequence[int]) -> Pair:
    """An edge as it is drawn: in a circle from what began first to what began later, so that none
    is left."""
    source, target = edge
    return (target, source) if circle[source] == circle[target] and target < source else edge


def longest_paths(nodes: int, forward: Sequence[Pair], circle: Sequence[int]) -> list[int]:
    """For each node how many steps lead to it at most. Circles are numbered against the direction
    of edges, and within one they go from lower to higher numbers: that is an order of all."""
    after = following(forward)
    level = [0] * nodes
    for node in sorted(range(nodes), key=lambda node: (-circle[node], node)):
        for target in after.get(node, ()):
            level[target] = max(level[target], level[node] + 1)
    return level


def with_room(
    level: Sequence[int], forward: Sequence[Pair], sizes: Sequence[float], most: float
) -> list[int]:
    """The same with nodes moved on, so that no layer is larger than `most`, unless one node is.
    Where some are moved, room is left for the edges that lead past."""
    before: defaultdict[int, list[int]] = defaultdict(list)
    for source, target in forward:
        before[target].append(source)
    taken, wanted = defaultdict[int, float](float), defaultdict[int, float](float)
    for node, at in enumerate(level):
        wanted[at] += sizes[node]
    found = [0] * len(level)
    for node in sorted(range(len(level)), key=lambda node: (level[node], node)):
        at = max((found[each] + 1 for each in before[node]), default=0)
        while taken[at] and taken[at] + sizes[node] > most * (1 if wanted[at] <= most else MOVED):
            at += 1
            wanted[at] += most
        found[node] = at
        taken[at] += sizes[node]
    return found


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
