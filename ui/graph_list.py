"""A graph of agents and tools on a narrow screen: boxes beneath each other, each set in under what
led to it first, and other lines round the boxes on their right. Pure; all lengths are pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import inf

from agentscope.graph.graph import THEN, Edge
from agentscope.graph.layers import Layers
from ui.graph_cards import HEAD, Box, Card
from ui.graph_lines import SIDE, TIP, Pair, Route, arrow

ACROSS = 364  # of the picture
MARGIN, GAP = 8, 18
STEP, MOST_STEPS = 18, 4  # how far a box is set in
RAIL = 9  # of a line down to what is set in, from the left edge of a box
LANE, LANES = 7, 5  # lines beside each other on the right; more cannot be followed

Parents = dict[int, tuple[int, int]]  # of a box: the box above it, and the number of the edge


def parents(edges: Sequence[Edge], pairs: Sequence[Pair], layers: Layers) -> Parents:
    """What each box is set in under: what stands before it and called it most often, else what it
    came after."""
    column = {at: number for number, layer in enumerate(layers.order) for at in layer}
    found: dict[int, tuple[bool, int, int, int]] = {}
    for number, (edge, (source, target)) in enumerate(zip(edges, pairs, strict=True)):
        if column[source] < column[target]:
            way = edge.how == THEN, -edge.work.times, source, number
            found[target] = min(found.get(target, way), way)
    return {target: (way[2], way[3]) for target, way in found.items()}


class Listed:
    """Boxes in a list, and the lines between them."""

    def __init__(
        self, cards: Sequence[Card], edges: Sequence[Edge], pairs: Sequence[Pair], layers: Layers
    ) -> None:
        self.cards, self.edges, self.pairs = cards, edges, pairs
        self.above = parents(edges, pairs, layers)
        self.depth: dict[int, int] = {}
        self.boxes: dict[int, Box] = {}
        self.order = self.in_order()
        self.y = float(MARGIN)
        for at in self.order:
            self.put(at)
        self.lanes = [-inf] * LANES  # how far down each is taken
        self.ports: defaultdict[int, int] = defaultdict(int)
        self.lines = {number: self.line(number) for number in self.by_start()}

    def in_order(self) -> list[int]:
        """Each box before those that are set in under it. What came after another one stands
        beneath it, not under it."""
        below: defaultdict[int, list[int]] = defaultdict(list)
        for at in range(len(self.cards)):
            below[self.above[at][0] if at in self.above else -1].append(at)
        found: list[int] = []
        waiting = [(at, 0) for at in reversed(below[-1])]
        while waiting:
            at, depth = waiting.pop()
            self.depth[at] = min(depth, MOST_STEPS)
            found.append(at)
            after = [each for each in below[at] if self.is_after(each)]
            inside = [each for each in below[at] if not self.is_after(each)]
            waiting += [(each, depth) for each in reversed(after)]
            waiting += [(each, depth + 1) for each in reversed(inside)]
        return found

    def is_after(self, at: int) -> bool:
        """Whether a box only came after the one above it."""
        return self.edges[self.above[at][1]].how == THEN

    def put(self, at: int) -> None:
        """Give a box its place beneath the one before."""
        x = MARGIN + STEP * self.depth[at]
        self.boxes[at] = Box(self.cards[at], x, self.y, ACROSS - x - LANE * (LANES + 1))
        self.y += self.cards[at].height + GAP

    def by_start(self) -> list[int]:
        """The numbers of edges by where they are from top to bottom, short ones first."""
        where = {at: place for place, at in enumerate(self.order)}
        spans = [sorted((where[source], where[target])) for source, target in self.pairs]
        return sorted(range(len(self.pairs)), key=lambda number: (spans[number], number))

    def line(self, number: int) -> Route | None:
        """The line of an edge; None if there is no room for it."""
        source, target = self.pairs[number]
        if self.above.get(target) == (source, number):
            one, other = self.boxes[source], self.boxes[target]
            if one.x < other.x:
                return rail(one, other)
            if other.y - one.y - one.height == GAP:
                return down(one, other)
        return self.round(source, target)

    def round(self, source: int, target: int) -> Route | None:
        """Round the boxes, in the first lane that is free."""
        start, end = self.port(source), self.port(target)
        first, last = sorted((start, end))
        lane = next((at for at, taken in enumerate(self.lanes) if taken < first), None)
        if lane is None:
            return None
        self.lanes[lane] = last
        right = self.boxes[source].x + self.boxes[source].width
        out = right + LANE * (lane + 1) + TIP
        found = Route(f"M{right:g},{start:g}", arrow((right, end), TIP))
        found.corners([(right, start), (out, start), (out, end), (right, end)])
        return found

    def port(self, at: int) -> float:
        """Where the next line meets a box on its right."""
        box, used = self.boxes[at], self.ports[at]
        self.ports[at] += 1
        return box.y + SIDE + used * LANE % (HEAD - 2 * SIDE)


def rail(one: Box, other: Box) -> Route:
    """From a box down to one that is set in."""
    x, start, end = one.x + RAIL, one.y + one.height, other.y + HEAD / 2
    found = Route(f"M{x:g},{start:g}", arrow((other.x, end), -TIP))
    found.corners([(x, start), (x, end), (other.x, end)])
    return found


def down(one: Box, other: Box) -> Route:
    """From a box to the next one."""
    x, end = other.x + 2 * RAIL, other.y
    tip = f"M{x - 4:g},{end - TIP:g}L{x:g},{end:g}l4,{-TIP}z"
    return Route(f"M{x:g},{one.y + one.height:g}V{end:g}", tip)
