"""A graph of agents and tools as a picture: boxes, and lines between them. Pure.

On a wide screen a box stands behind all that call it, so the picture is read from left to right; on
a narrow one it stands beneath. All lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from agentscope.graph.folding import again, folded, with_tools
from agentscope.graph.graph import THEN, Edge, Graph
from agentscope.graph.layers import layered
from agentscope.graph.making import Whole
from ui.graph_cards import Box, Card, cards
from ui.graph_labels import Label, Labels
from ui.graph_lines import Pair, Route, Routes
from ui.graph_list import ACROSS, Listed
from ui.graph_places import AROUND, GAP, MARGIN, WIDEST, placed

MOST_LINES = 60  # more cannot be followed; the table has all
THINNEST, THICKEST = 1.2, 4.0
EVEN = 1.5  # of all lines on a narrow screen, where they share their way
SCREEN = 680  # how high a picture may be to be seen at once
TALL = 630  # the boxes of a column
STEPS = ((24, 3), (24, 1), (24, 0), (18, 0), (14, 0), (10, 0), (7, 0), (4, 0))
"""Agents, and tools of each, one by one: the first that fit a screen, else the last."""
TOOLS_EACH = 3  # where somebody says how many agents


@dataclass(slots=True, frozen=True)
class Line:
    """An edge: a path, its tip, and its label."""

    edge: Edge
    path: str
    tip: str
    label: Label | None
    width: float  # by its share of what the dearest cost
    is_light: bool  # it says little


@dataclass(slots=True, frozen=True)
class Picture:
    """All that is drawn."""

    width: int
    height: int
    boxes: list[Box]
    lines: list[Line]
    left_out: int  # edges that are neither lines nor in a box


@dataclass(slots=True, frozen=True)
class Drawn:
    """A graph and its pictures for wide and narrow screens, with so many agents one by one."""

    graph: Graph
    wide: Picture
    narrow: Picture
    agents: int


def readable(whole: Whole) -> Drawn:
    """As much of a graph as can be read on one screen."""
    known = whole
    for agents, each in STEPS:
        graph = folded(known, with_tools(known, agents, each))
        found = Drawing(graph, each)
        width, height = found.size
        if width <= WIDEST and height <= SCREEN:
            break
        known = again(graph)
    return Drawn(graph, found.wide(), found.narrow(), agents)


def large(whole: Whole, agents: int, opened: str = "") -> Drawn:
    """A graph with so many agents one by one; all tools of the one that is opened."""
    graph = folded(whole, with_tools(whole, agents, TOOLS_EACH, opened))
    found = Drawing(graph, TOOLS_EACH, opened)
    return Drawn(graph, found.wide(), found.narrow(), agents)


class Drawing:
    """Pictures of one graph, with so many tools in each box, and all in the one that is opened."""

    def __init__(self, graph: Graph, each: int = TOOLS_EACH, opened: str = "") -> None:
        self.graph = graph
        self.cards = cards(graph, each, opened)
        place = {card.node.id: at for at, card in enumerate(self.cards)}
        self.edges = most_travelled(graph, place)
        self.pairs = [(place[edge.source], place[edge.target]) for edge in self.edges]
        self.loose = weak(self.edges, self.cards, self.pairs)
        self.strong = [pair for pair in self.pairs if pair not in self.loose]
        sizes = [card.height + GAP for card in self.cards]
        circles = {source for source, target in self.pairs if source == target}
        self.layers = layered(len(self.cards), self.strong, self.loose, sizes, TALL)
        self.places = placed(self.cards, self.layers, circles)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height from left to right."""
        beside = AROUND if len(self.places.tops) > 1 else MARGIN
        return round(self.places.right + beside), round(self.places.bottom + MARGIN)

    def wide(self) -> Picture:
        """From left to right."""
        boxes = [
            Box(card, x, round(middle - card.height / 2, 1), self.places.widths[at])
            for at, card in enumerate(self.cards)
            for x, middle in [self.places.spots[at]]
        ]
        heights = [card.height for card in self.cards]
        routes = Routes(self.places, self.layers, heights, self.pairs).found
        labels = Labels(boxes, routes, self.size)
        dearest = max((edge.work.pico for edge in self.edges), default=0)
        lines = []
        for number, route in enumerate(routes):
            edge, target = self.edges[number], self.cards[self.pairs[number][1]].node
            label = labels.of(edge, target, number)
            lines.append(self.line(number, route, thickness(edge, dearest), label))
        return self.picture(self.size, boxes, lines)

    def narrow(self) -> Picture:
        """From top to bottom."""
        layers = layered(len(self.cards), self.strong, self.loose)
        found = Listed(self.cards, self.edges, self.pairs, layers)
        routes = [(number, found.lines[number]) for number in range(len(self.edges))]
        lines = [self.line(number, route, EVEN) for number, route in routes if route]
        boxes = [found.boxes[at] for at in found.order]
        return self.picture((ACROSS, round(found.y)), boxes, lines)

    def line(self, number: int, route: Route, width: float, label: Label | None = None) -> Line:
        """One line in its place."""
        edge, (source, target) = self.edges[number], self.pairs[number]
        return Line(
            edge,
            route.path,
            route.tip,
            label,
            width,
            is_light(edge, self.cards[source], self.cards[target]),
        )

    def picture(self, size: tuple[int, int], boxes: list[Box], lines: list[Line]) -> Picture:
        """All of it, with the number of what is not drawn."""
        inside = sum(len(row.edges) for card in self.cards for row in card.rows)
        return Picture(*size, boxes, lines, len(self.graph.edges) - len(lines) - inside)


def most_travelled(graph: Graph, place: Container[str]) -> list[Edge]:
    """The edges between boxes that are drawn, in their order: of each box the one that leads to it
    most often, then those that lead anywhere most often. What only came after what stands for many,
    or those after it, says nothing; nor do ways among them."""
    many = {node.id for node in graph.nodes if node.joined}
    edges = [edge for edge in graph.edges if edge.source in place and edge.target in place]
    order = sorted(edges, key=lambda edge: (-edge.work.times, -edge.work.pico, edge.id))
    first: dict[str, str] = {}
    for edge in sorted(order, key=lambda edge: edge.how == THEN):
        if edge.source != edge.target:
            first.setdefault(edge.target, edge.id)
    telling = [
        edge.id
        for edge in order
        if not ({edge.source, edge.target} & many and edge.how == THEN)
        and not (edge.source == edge.target and edge.source in many)
    ]
    kept = list(dict.fromkeys([*first.values(), *telling]))
    shown = set(kept[: max(MOST_LINES, len(first))])
    return [edge for edge in edges if edge.id in shown]


def weak(edges: Sequence[Edge], made: Sequence[Card], pairs: Sequence[Pair]) -> set[Pair]:
    """The pairs that do not say where a box stands: what came after another one, or was called by
    what stands for many, while there is one that called it; and all but the most travelled that
    lead to what stands for many."""
    calls = [
        (edge.work.times, source, target)
        for edge, (source, target) in zip(edges, pairs, strict=True)
        if edge.how != THEN and source != target and not made[source].node.joined
    ]
    best = {target: (times, source) for times, source, target in sorted(calls)}
    sure = {
        (source, target)
        for times, source, target in calls
        if not made[target].node.joined or best[target] == (times, source)
    }
    called = {target for _, target in sure}
    return {pair for pair in pairs if pair not in sure and pair[1] in called}


def thickness(edge: Edge, dearest: int) -> float:
    """Of a line."""
    share = edge.work.pico / dearest if dearest and edge.how != THEN else 0.0
    return round(THINNEST + share * (THICKEST - THINNEST), 1)


def is_light(edge: Edge, source: Card, target: Card) -> bool:
    """Whether a line says little: an order in time, or something among many."""
    is_order = edge.how == THEN and not edge.is_back
    return is_order or bool(source.node.joined or target.node.joined)
