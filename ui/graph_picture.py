"""A graph of agents and tools as a picture: boxes in columns, and lines between them. Pure.

All lengths are pixels. A box stands behind all that lead to it, so the picture is read from left to
right; what leads back is drawn from right to left, and so is seen to go round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

from agentscope.graph.graph import CALLS, THEN, Edge, Graph, Node
from agentscope.graph.layers import Layers, layered
from ui import amounts

WIDTH, HEIGHT = 196, 44  # of a box
GAP, ROOM = 28, 152  # between boxes above each other, and between columns
POINT = 14  # what a line takes that leads past a column
MARGIN = 16
LETTERS = 22  # of a name, in a box; wide ones (Chinese, Japanese, Korean) count twice
MOST_WORDS = 28  # letters beneath a name, without what stands between
MOST_LINES = 90  # more cannot be followed; the table has all
STRAIGHTENED = 12  # times that boxes are moved towards their neighbours
THICKEST = 5.0

Spot = tuple[float, float]  # x and y; of a box its left edge and its middle


@dataclass(slots=True, frozen=True)
class Box:
    """A node. `x` and `y` are its upper left corner."""

    node: Node
    x: float
    y: float
    name: str  # cut to what has room
    words: str  # beneath the name
    failed: str


@dataclass(slots=True, frozen=True)
class Line:
    """An edge: a path, its tip, and where its label stands."""

    edge: Edge
    path: str
    tip: str
    x: float
    y: float
    label: str
    width: float  # by its share of what the dearest cost


@dataclass(slots=True, frozen=True)
class Picture:
    """All that is drawn."""

    width: int
    height: int
    boxes: list[Box]
    lines: list[Line]
    left_out: int  # edges that are not drawn
    box_width: int = WIDTH
    box_height: int = HEIGHT


def picture(graph: Graph) -> Picture:
    """The picture of a graph."""
    place = {node.id: at for at, node in enumerate(graph.nodes)}
    drawn = most_travelled(graph.edges)
    pairs = [(place[edge.source], place[edge.target]) for edge in drawn]
    layers = layered(len(graph.nodes), pairs)
    loops = {source for source, target in pairs if source == target}
    middles = Middles(layers, len(graph.nodes), loops)
    column = {at: number for number, layer in enumerate(layers.order) for at in layer}
    spots: dict[int, Spot] = {
        at: (MARGIN + column[at] * (WIDTH + ROOM), middle) for at, middle in middles.found.items()
    }
    lines = Lines(spots, layers, len(graph.nodes), pairs)
    dearest = max((edge.work.pico for edge in drawn), default=0)
    return Picture(
        width=2 * MARGIN + len(layers.order) * (WIDTH + ROOM) - ROOM,
        height=round(max(middles.found.values(), default=0) + HEIGHT / 2 + MARGIN),
        boxes=[box(node, *spots[at]) for at, node in enumerate(graph.nodes)],
        lines=[lines.line(edge, pair, dearest) for edge, pair in zip(drawn, pairs, strict=True)],
        left_out=len(graph.edges) - len(drawn),
    )


def most_travelled(edges: Sequence[Edge]) -> list[Edge]:
    """The edges that are drawn, in their order: of each node the one that leads to it most often,
    then those that lead anywhere most often."""
    order = sorted(edges, key=lambda edge: (-edge.work.times, -edge.work.pico, edge.id))
    first: dict[str, str] = {}
    for edge in order:
        if edge.source != edge.target:
            first.setdefault(edge.target, edge.id)
    kept = list(dict.fromkeys([*first.values(), *(edge.id for edge in order)]))
    shown = set(kept[: max(MOST_LINES, len(first))])
    return [edge for edge in edges if edge.id in shown]


def box(node: Node, x: float, middle: float) -> Box:
    """The box of a node."""
    return Box(
        node, x, round(middle - HEIGHT / 2, 1), fitting(node.name), words(node), failures(node)
    )


def fitting(name: str, most: int = LETTERS) -> str:
    """A name, or its beginning, in so many letters."""
    taken = 0
    for at, letter in enumerate(name):
        taken += 2 if east_asian_width(letter) in "WF" else 1
        if taken > most:
            return name[: max(at - 1, 1)].rstrip() + "…"
    return name


def words(node: Node) -> str:
    """What a node came to, in few words: its own cost, and how often it was at work, as far as
    there is room beside its failures."""
    noun = "call" if "tool" in node.kind else "run"
    times = amounts.count(node.own.times, noun) if node.own.times else ""
    spent = amounts.cost(node.own.cost, node.own.unpriced)
    is_free_tool = noun == "call" and not node.own.pico and not node.own.unpriced
    said = list(filter(None, ("" if is_free_tool else spent, times)))
    whole = " · ".join(said)
    return whole if len(whole) + len(failures(node)) <= MOST_WORDS else said[0]


def failures(node: Node) -> str:
    """How often it failed, in words; empty if it did not."""
    return f"{node.own.errors:,} failed" if node.own.errors else ""


def label(edge: Edge) -> str:
    """What stands on a line: how often, and what it cost with all below."""
    times = f"{edge.work.times:,} ×" if edge.work.times > 1 else ""
    has_cost = edge.how != CALLS or edge.work.pico
    spent = amounts.cost(edge.work.cost, edge.work.unpriced) if has_cost else ""
    spent = "" if spent == "$0" or edge.how == THEN else spent
    return " ".join(filter(None, ("↻" if edge.is_back else "", times, spent)))


class Middles:
    """How far down the middles of boxes, and of lines that lead past, are: as straight as the order
    of each column allows."""

    def __init__(self, layers: Layers, nodes: int, loops: set[int]) -> None:
        self.layers, self.nodes = layers, nodes
        self.above = {at: GAP if at in loops else 0 for at in range(nodes)}  # room for a circle
        self.found: dict[int, float] = {}
        for layer in layers.order:
            self.put(layer, [0.0] * len(layer))
        for _ in range(STRAIGHTENED):
            for layer in (*layers.order, *reversed(layers.order)):
                self.put(layer, [self.wish(at) for at in layer])
        self.lower()

    def size(self, at: int) -> float:
        """The height that a box or a line takes."""
        return HEIGHT if at < self.nodes else POINT

    def wish(self, at: int) -> float:
        """The mean of what it is joined with."""
        beside = [*self.layers.before.get(at, ()), *self.layers.after.get(at, ())]
        return sum(self.found[each] for each in beside) / len(beside) if beside else self.found[at]

    def put(self, layer: Sequence[int], wishes: Sequence[float]) -> None:
        """Place a column as near to wishes as order and gaps allow: least squares, by pooling
        neighbours that would be in each other's way."""
        offsets, down = [], 0.0
        for before, at in pairwise([None, *layer]):
            if before is not None and at is not None:
                down += (self.size(before) + self.size(at)) / 2 + GAP + self.above.get(at, 0)
            offsets.append(down)
        pools: list[tuple[float, int]] = []  # sum and number
        for wish, offset in zip(wishes, offsets, strict=True):
            pools.append((wish - offset, 1))
            while len(pools) > 1 and mean(pools[-2]) > mean(pools[-1]):
                last, before_it = pools.pop(), pools.pop()
                pools.append((last[0] + before_it[0], last[1] + before_it[1]))
        places = [mean(pool) for pool in pools for _ in range(pool[1])]
        for at, where, offset in zip(layer, places, offsets, strict=True):
            self.found[at] = where + offset

    def lower(self) -> None:
        """Move all, so that the uppermost has its margin."""
        tops = [y - self.size(at) / 2 - self.above.get(at, 0) for at, y in self.found.items()]
        top = min(tops, default=0.0)
        self.found = {at: round(y - top + MARGIN, 1) for at, y in self.found.items()}


def mean(pool: tuple[float, int]) -> float:
    return pool[0] / pool[1]


class Lines:
    """Draws edges. On each side of a box they stand in order of where they lead."""

    def __init__(
        self, spots: dict[int, Spot], layers: Layers, nodes: int, pairs: Sequence[tuple[int, int]]
    ) -> None:
        self.spots, self.through, self.nodes = spots, layers.through, nodes
        self.ports: defaultdict[tuple[int, bool], list[tuple[float, int, int]]] = defaultdict(list)
        for number, (source, target) in enumerate(pairs):
            if source != target:
                chain = [source, *self.through[source, target], target]
                is_forward = spots[chain[0]][0] < spots[chain[1]][0]
                self.ports[source, is_forward].append((spots[chain[1]][1], number, 0))
                self.ports[target, not is_forward].append((spots[chain[-2]][1], number, 1))
        for ports in self.ports.values():
            ports.sort()
        self.number = 0

    def line(self, edge: Edge, pair: tuple[int, int], dearest: int) -> Line:
        """The line of an edge."""
        number, (source, target) = self.number, pair
        self.number += 1
        share = edge.work.pico / dearest if dearest and edge.how != THEN else 0.0
        width = round(1.2 + share * (THICKEST - 1.2), 1)
        drawn = self.circle(source) if source == target else self.curve(number, source, target)
        return Line(edge, *drawn, label(edge), width)

    def curve(self, number: int, source: int, target: int) -> tuple[str, str, float, float]:
        """From box to box, through the points between; path, tip and place of the label."""
        chain = [source, *self.through[source, target], target]
        is_forward = self.spots[source][0] < self.spots[chain[1]][0]
        start = self.port(source, is_forward, number, 0)
        end = self.port(target, not is_forward, number, 1)
        near, far = (0, WIDTH) if is_forward else (WIDTH, 0)
        path, at = f"M{start[0]:g},{start[1]:g}", start
        bends = []
        for point in chain[1:-1]:
            x, y = self.spots[point]
            y += 0 if is_forward else 6  # beside the line that leads the other way
            bends.append((at, (x + near, y)))
            path += bend(*bends[-1]) + f"H{x + far:g}"
            at = (x + far, y)
        bends.append((at, end))
        path += bend(at, end)
        back = -7 if is_forward else 7
        tip = f"M{end[0] + back:g},{end[1] - 4:g}L{end[0]:g},{end[1]:g}l{back},4z"
        x, y = self.label_at(bends, source, target, is_forward)
        return path, tip, x, y + (-4 if is_forward else 13)

    def label_at(
        self, bends: list[tuple[Spot, Spot]], source: int, target: int, is_forward: bool
    ) -> Spot:
        """Where a label stands: at the end where fewer lines meet, for there is room."""
        begins = len(self.ports[source, is_forward])
        ends = len(self.ports[target, not is_forward])
        if begins < ends:
            return along(*bends[0], 0.4)
        return along(*bends[-1], 0.6 if ends < begins else 0.5)

    def port(self, at: int, is_right: bool, number: int, which: int) -> Spot:
        """Where a line meets a box: those on one side share its height."""
        ports = self.ports[at, is_right]
        place = next(n for n, (_, line, end) in enumerate(ports) if (line, end) == (number, which))
        x, middle = self.spots[at]
        room = HEIGHT - 12
        y = middle - room / 2 + room * (place + 1) / (len(ports) + 1)
        return (x + WIDTH if is_right else x), round(y, 1)

    def circle(self, at: int) -> tuple[str, str, float, float]:
        """From a box to itself, over its upper edge."""
        x, middle = self.spots[at]
        y, right = middle - HEIGHT / 2, x + WIDTH - 20
        path = f"M{right - 28:g},{y:g}c-4,-22 28,-22 24,-1"
        return path, f"M{right - 9:g},{y - 7:g}l4,7l4,-7z", right - 34, y - 7


def bend(start: Spot, end: Spot) -> str:
    """A curve that leaves and arrives level."""
    half = (start[0] + end[0]) / 2
    return f"C{half:g},{start[1]:g} {half:g},{end[1]:g} {end[0]:g},{end[1]:g}"


def along(start: Spot, end: Spot, part: float) -> Spot:
    """The point of such a curve after a part of it, 0 to 1."""
    near, far = 3 * part * (1 - part), part * part
    x = start[0] + (end[0] - start[0]) * (near / 2 + far * part)
    y = start[1] + (end[1] - start[1]) * (near * part + far * part)
    return round(x, 1), round(y, 1)
