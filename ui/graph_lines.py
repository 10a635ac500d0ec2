"""The lines of a graph, from box to box. Pure; all lengths are pixels.

On each side of a box they stand in order of where they lead. What leads back is drawn from right to
left, and so is seen to go round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agentscope.graph.layers import Layers
from ui.graph_places import LANE, MARGIN, Places, Spot

SIDE = 10  # of a box that lines do not touch, above and below
CORNER = 6
STEPS = 24  # points of a curve by which it is known where it is
TIP = 7
Pair = tuple[int, int]


@dataclass(slots=True)
class Route:
    """A line: its path, its tip, and points along it, in order."""

    path: str
    tip: str = ""
    points: list[Spot] = field(default_factory=list)
    is_long: bool = True  # so that a label may lie on it

    def bend(self, start: Spot, end: Spot) -> None:
        """Go on in a curve that leaves and arrives level."""
        half = (start[0] + end[0]) / 2
        self.path += f"C{half:g},{start[1]:g} {half:g},{end[1]:g} {end[0]:g},{end[1]:g}"
        self.points += [along(start, end, step / STEPS) for step in range(STEPS + 1)]

    def level(self, start: Spot, x: float) -> None:
        """Go on past a column."""
        self.path += f"H{x:g}"
        self.points += [
            (start[0] + (x - start[0]) * step / STEPS, start[1]) for step in range(STEPS + 1)
        ]

    def corners(self, spots: Sequence[Spot]) -> None:
        """Go on in straight lines with round corners."""
        for before, at, after in zip(spots, spots[1:], spots[2:], strict=False):
            near, far = towards(at, before), towards(at, after)
            self.path += f"L{near[0]:g},{near[1]:g}Q{at[0]:g},{at[1]:g} {far[0]:g},{far[1]:g}"
        self.path += f"L{spots[-1][0]:g},{spots[-1][1]:g}"
        for (x, y), (to_x, to_y) in pairwise(spots):
            steps = max(int(abs(to_x - x) + abs(to_y - y)) // 8, 1)
            self.points += [
                (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)
                for step in range(steps + 1)
            ]


def arrow(end: Spot, back: float) -> str:
    """A tip that lies level; `back` is where it comes from."""
    return f"M{end[0] + back:g},{end[1] - 4:g}L{end[0]:g},{end[1]:g}l{back:g},4z"


def towards(at: Spot, other: Spot) -> Spot:
    """A point near a corner, on the way to another one."""
    x, y = other[0] - at[0], other[1] - at[1]
    part = min(CORNER / max(abs(x) + abs(y), 1), 0.5)
    return round(at[0] + x * part, 1), round(at[1] + y * part, 1)


def along(start: Spot, end: Spot, part: float) -> Spot:
    """The point of a curve after a part of it, 0 to 1."""
    near, far = 3 * part * (1 - part), part * part
    x = start[0] + (end[0] - start[0]) * (near / 2 + far * part)
    y = start[1] + (end[1] - start[1]) * (near * part + far * part)
    return round(x, 1), round(y, 1)


class Routes:
    """Draws lines between boxes in their places."""

    def __init__(
        self, places: Places, layers: Layers, heights: Sequence[int], pairs: Sequence[Pair]
    ) -> None:
        self.places, self.layers, self.heights, self.pairs = places, layers, heights, pairs
        self.rank = {at: n for layer in layers.order for n, at in enumerate(layer)}
        self.ports: defaultdict[tuple[int, bool], list[tuple[float, int, int]]] = defaultdict(list)
        self.lanes: defaultdict[int, int] = defaultdict(int)  # taken, after each line of columns
        self.twins: defaultdict[Pair, int] = defaultdict(int)  # lines between the same two boxes
        for number, (source, target) in enumerate(pairs):
            chain = self.chain(source, target)
            if chain and not self.is_short(source, target):
                leaves, arrives = self.sides(chain)
                self.ports[source, leaves].append((self.y(chain[1]), number, 0))
                self.ports[target, arrives].append((self.y(chain[-2]), number, 1))
        for ports in self.ports.values():
            ports.sort()
        self.found = [self.route(number, pair) for number, pair in enumerate(pairs)]

    def chain(self, source: int, target: int) -> list[int]:
        """Through which points a line leads, with its ends; nothing if it leads to itself."""
        through = self.layers.through.get((source, target), [])
        return [] if source == target else [source, *through, target]

    def column(self, at: int) -> tuple[int, float]:
        """Sorts columns from left to right, and line by line."""
        return self.places.band[at], self.places.spots[at][0]

    def sides(self, chain: Sequence[int]) -> tuple[bool, bool]:
        """Whether a line leaves on the right, and whether it arrives there."""
        first, second = self.column(chain[0]), self.column(chain[1])
        return first <= second, self.column(chain[-2]) >= self.column(chain[-1])

    def y(self, at: int) -> float:
        """How far down the middle of something is."""
        return self.places.spots[at][1]

    def is_short(self, source: int, target: int) -> bool:
        """Whether two boxes stand next to each other in one column."""
        is_same = self.column(source) == self.column(target)
        return is_same and abs(self.rank[source] - self.rank[target]) == 1

    def route(self, number: int, pair: Pair) -> Route:
        """The line of a pair."""
        source, target = pair
        twin = self.twins[min(pair), max(pair)]
        self.twins[min(pair), max(pair)] += 1
        if source == target:
            return self.circle(source, twin)
        if self.is_short(source, target):
            return self.short(source, target, twin)
        start, end = self.port(number, 0), self.port(number, 1)
        if self.column(source) == self.column(target):
            return self.beside(start, end)
        return self.curve(start, end, self.chain(source, target), twin)

    def curve(self, start: Spot, end: Spot, chain: Sequence[int], twin: int) -> Route:
        """From column to column."""
        is_forward = self.column(chain[0]) < self.column(chain[1])
        found, at = Route(f"M{start[0]:g},{start[1]:g}"), start
        for before, point in pairwise(chain):
            (x, y), is_last = self.places.spots[point], point == chain[-1]
            near, far = (x, x + self.places.widths[point])[:: 1 if is_forward else -1]
            to = end if is_last else (near, y + 3 * twin)
            self.step(found, at, to, (before, point))
            if not is_last:
                found.level(to, far)
                at = far, to[1]
        found.tip = arrow(end, -TIP if is_forward else TIP)
        return found

    def step(self, found: Route, start: Spot, end: Spot, ends: Pair) -> None:
        """From a column to the one beside it; if that stands on the next line, round the others."""
        one, other = (self.places.band[at] for at in ends)
        if one == other:
            found.bend(start, end)
            return
        upper = min(one, other)
        lane = LANE * (1 + self.lanes[upper])
        self.lanes[upper] += 1
        y = self.places.tops[upper + 1] - MARGIN - lane
        right, left = self.places.right + lane, self.places.left - lane - MARGIN / 2
        first, last = (right, left) if one < other else (left, right)
        found.corners([start, (first, start[1]), (first, y), (last, y), (last, end[1]), end])

    def port(self, number: int, which: int) -> Spot:
        """Where a line meets a box: those on one side share its height."""
        pair = self.pairs[number]
        at, is_right = pair[which], self.sides(self.chain(*pair))[which]
        ports = self.ports[at, is_right]
        place = next(n for n, (_, line, end) in enumerate(ports) if (line, end) == (number, which))
        x, middle = self.places.spots[at]
        side = self.heights[at] - 2 * SIDE
        y = middle - side / 2 + side * (place + 1) / (len(ports) + 1)
        return (x + self.places.widths[at] if is_right else x), round(y, 1)

    def beside(self, start: Spot, end: Spot) -> Route:
        """From a box to another one of its column, round those between."""
        found = Route(f"M{start[0]:g},{start[1]:g}", arrow(end, TIP))
        out = start[0] + min(16 + abs(end[1] - start[1]) / 12, 48)
        found.path += f"C{out:g},{start[1]:g} {out:g},{end[1]:g} {end[0]:g},{end[1]:g}"
        steps = [step / STEPS for step in range(STEPS + 1)]
        found.points = [
            (start[0] + (out - start[0]) * 3 * part * (1 - part), along(start, end, part)[1])
            for part in steps
        ]
        return found

    def short(self, source: int, target: int, twin: int) -> Route:
        """To the box above or below."""
        is_down = self.rank[source] < self.rank[target]
        way = 1 if is_down else -1
        x = round(self.places.spots[source][0] + 26 + 22 * twin, 1)
        start = self.y(source) + way * self.heights[source] / 2
        end = round(self.y(target) - way * self.heights[target] / 2, 1)
        tip = f"M{x - 4:g},{end - way * TIP:g}L{x:g},{end:g}l4,{-way * TIP:g}z"
        points = [(x, start + (end - start) * part / 4) for part in range(5)]
        return Route(f"M{x:g},{start:g}V{end:g}", tip, points, is_long=False)

    def circle(self, at: int, twin: int) -> Route:
        """From a box to itself, over its upper edge."""
        x, middle = self.places.spots[at]
        y, right = middle - self.heights[at] / 2, x + self.places.widths[at] - 16 - 34 * twin
        path = f"M{right - 26:g},{y:g}c-4,-16 26,-16 22,-1"
        tip = f"M{right - 8:g},{y - 7:g}l4,7l4,-7z"
        points = [(right - step, y - 9) for step in range(27, -1, -3)]
        return Route(path, tip, points, is_long=False)
