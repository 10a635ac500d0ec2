"""What a box of a graph says: an agent, what it came to, and the tools that it calls. Pure.

A tool is a line in the box of each that calls it, so no lines have to be followed to it; one that
calls others has a box of its own. What there is no room for is one line that says how much it is.
All lengths are pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from agentscope.graph.folding import MOST_OPENED, call_rank
from agentscope.graph.graph import CALLS, MORE_TOOLS, TOOL, Edge, Graph, Node
from ui import amounts
from ui.letters import cut, width

HEAD, ROW, END = 42, 24, 3  # heights: name and amounts; a tool; what is below the last one
LEFT, RIGHT, BETWEEN = 14, 10, 12  # of text from the edges of the box, and from other text
NARROWEST, WIDEST = 108, 212
NAME, SMALL = 13, 12  # sizes of fonts
MOST_WORDS = 28  # letters beneath a name, without what stands between


@dataclass(slots=True, frozen=True)
class Row:
    """A tool that is called, or all those for which there is no line of their own."""

    edges: tuple[Edge, ...]
    name: str
    words: str  # how often
    failed: str
    spot: str  # marks its place on the page

    @property
    def edge(self) -> Edge | None:
        """The way to the one tool; None if it stands for more."""
        return self.edges[0] if self.spot == self.edges[0].id else None

    @property
    def said(self) -> float:
        """How wide its amounts are."""
        return width(" ".join(filter(None, (self.words, self.failed))), SMALL)


@dataclass(slots=True, frozen=True)
class Card:
    """A box before it has a place."""

    node: Node
    words: str  # beneath the name
    failed: str
    rows: tuple[Row, ...]

    @property
    def height(self) -> int:
        """How high it is."""
        return HEAD + len(self.rows) * ROW + (END if self.rows else 0)

    @property
    def wish(self) -> float:
        """How wide it would like to be."""
        beneath = " · ".join(filter(None, (self.words, self.failed)))
        texts = [width(self.node.name, NAME, is_bold=True), width(beneath, SMALL)]
        texts += [width(row.name, SMALL) + BETWEEN + row.said for row in self.rows]
        return min(max(LEFT + max(texts) + RIGHT, NARROWEST), WIDEST)


@dataclass(slots=True, frozen=True)
class Placed:
    """A row in its box."""

    row: Row
    y: float  # of its upper edge
    name: str  # cut to what has room


@dataclass(slots=True, frozen=True)
class Box:
    """A card in its place. `x` and `y` are its upper left corner."""

    card: Card
    x: float
    y: float
    width: float

    @property
    def node(self) -> Node:
        """Whose box it is."""
        return self.card.node

    @property
    def height(self) -> int:
        """How high it is."""
        return self.card.height

    @property
    def name(self) -> str:
        """The name, cut to what has room."""
        return cut(self.node.name, self.width - LEFT - RIGHT, NAME, is_bold=True)

    @property
    def inside(self) -> list[Placed]:
        """Its tools."""
        return [self.placed(at, row) for at, row in enumerate(self.card.rows)]

    def placed(self, at: int, row: Row) -> Placed:
        """One of them."""
        room = self.width - LEFT - RIGHT - BETWEEN - row.said
        return Placed(row, HEAD + at * ROW, cut(row.name, room, SMALL))


def cards(graph: Graph, most: int, opened: str = "") -> list[Card]:
    """The boxes of a graph, with so many tools in each; with all of them in the one that is
    opened, by the id of its node."""
    calls: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.how == CALLS:
            calls[edge.source].append(edge)
    known = {node.id: node for node in graph.nodes}
    inside = {node.id for node in graph.nodes if is_inside(node, calls)}
    return [
        Card(
            node,
            words(node),
            failures(node.own.errors),
            tuple(rows(node, [each for each in calls[node.id] if each.target in inside], known, n)),
        )
        for node in graph.nodes
        if node.id not in inside
        for n in [MOST_OPENED if node.id == opened else most]
    ]


def is_inside(node: Node, calls: dict[str, list[Edge]]) -> bool:
    """Whether a node is a line in the boxes of others."""
    return node.kind == MORE_TOOLS or (node.kind == TOOL and not calls.get(node.id))


def rows(node: Node, calls: Sequence[Edge], known: dict[str, Node], most: int) -> list[Row]:
    """The lines of a box: what failed and what was called most, then the others as one; one alone
    is shown as well. What stands for many has one line."""
    order = sorted(calls, key=lambda edge: (edge.target == MORE_TOOLS, *call_rank(edge)))
    alone = [edge for edge in order if edge.target != MORE_TOOLS]
    most = 0 if node.joined else most + (len(order) == most + 1 == len(alone))
    shown = alone[:most]
    rest = order[len(shown) :]
    found = [row([edge], known[edge.target].name, edge.id) for edge in shown]
    if rest:
        several = amounts.count(sum(edge.joined or 1 for edge in rest), "more tool")
        name = "tools" if node.joined else several if shown else several.replace(" more", "")
        found.append(row(rest, name, f"{node.id}.tools"))
    return found


def row(edges: Sequence[Edge], name: str, spot: str) -> Row:
    """One line."""
    times = sum(edge.work.times for edge in edges)
    failed = failures(sum(edge.work.errors for edge in edges))
    return Row(tuple(edges), name, f"{times:,} ×", failed, spot)


def words(node: Node) -> str:
    """What a node came to, in few words: its own cost, and how often it was at work, as far as
    there is room beside its failures."""
    noun = "call" if "tool" in node.kind else "run"
    times = amounts.count(node.own.times, noun) if node.own.times else ""
    spent = amounts.cost(node.own.cost, node.own.unpriced)
    is_free_tool = noun == "call" and not node.own.pico and not node.own.unpriced
    said = list(filter(None, ("" if is_free_tool else spent, times)))
    whole = " · ".join(said)
    return whole if len(whole) + len(failures(node.own.errors)) <= MOST_WORDS else said[0]


def failures(errors: int) -> str:
    """How often something failed, in words; empty if it did not."""
    return f"{errors:,} failed" if errors else ""
