"""The agents and tools of one trace as a graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.http import HttpResponse
from django.urls import reverse

from agentscope.graph.graph import AGENT, MORE_AGENTS, Edge, Node
from agentscope.graph.making import Whole, whole_graph
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row, Tree
from agentscope.transcript.turns import turns_of
from ui.access import PageRequest, page
from ui.address import Address, address_of
from ui.exports import exports
from ui.graph_cards import Box, Placed
from ui.graph_picture import Drawn, Line, Picture, large, readable
from ui.graph_words import HOW, MARKS, edge_title, loop_words, names
from ui.views.run import RunView, is_seen, nothing_new
from ui.views.sessions import position
from ui.views.trace import known_trace, known_tree, row_of

SPANS = 50  # behind an edge, on a page
MOST_EDGES, MOST_NODES = 100, 80  # in the tables
LARGEST, GROWS = 384, 3  # agents one by one; how many times as many are shown next
ONE_BY_ONE = "10000"  # of each, in an export: as many as the API gives
LAST = 10**7


@page
def graph(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The graph of a trace; `?edge=` lists the spans behind an edge, `?most=` shows so many agents
    one by one, `?open=` all tools of one, `?span=` is the selected span. Two queries of its own."""
    trace = known_trace(request, trace_id)
    if is_seen(request, trace):
        return nothing_new()
    tree = known_tree(request, trace_id)
    turns = turns_of(tree) if row_of(tree, request.GET.get("span", "")) is not None else None
    run = RunView(request, trace, tree, "graph", turns=turns)
    found = found_graph(request, whole_graph(tree, turns.runs if turns else None))
    view = GraphView(found, run.tree, address_of(request), run.keep, run.at)
    return run.answer("trace/graph.html", drawn(request, run, view), view.spots)


def found_graph(request: PageRequest, whole: Whole) -> Drawn:
    """What one asks for; as much as can be read at once, if one asks for nothing."""
    most = shown_nodes(request)
    return large(whole, most, request.GET.get("open", "")) if most else readable(whole)


def drawn(request: PageRequest, run: RunView, view: GraphView) -> dict[str, Any]:
    """The picture, and the tables that say the same."""
    found = view.graph
    query = {"project": request.project.name, "agents": ONE_BY_ONE, "tools": ONE_BY_ONE}
    return {
        "graph": found,
        "pictures": [
            view.picture(view.found.wide, "wide"),
            view.picture(view.found.narrow, "narrow"),
        ],
        "loops": [loop_words(loop, view.names) for loop in found.loops],
        "nodes": [view.node(node) for node in found.nodes[:MOST_NODES]],
        "nodes_left": max(len(found.nodes) - MOST_NODES, 0),
        "edges": [view.edge(edge) for edge in found.edges[:MOST_EDGES]],
        "edges_left": max(len(found.edges) - MOST_EDGES, 0),
        "shown": sum(node.kind == AGENT for node in found.nodes),
        "is_cut": any(node.kind == MORE_AGENTS for node in found.nodes),
        "more": view.more,
        "exports": exports(reverse("api-graph", args=[run.found.trace_id.hex]), query),
        **view.behind(request, found.edge(request.GET.get("edge", ""))),
    }


def shown_nodes(request: PageRequest) -> int:
    """How many agents one asks for; 0 if one does not say."""
    said = request.GET.get("most", "")
    is_number = said.isascii() and said.isdigit() and len(said) < len("1000000")
    return min(max(int(said), 1), LARGEST) if is_number else 0


@dataclass(slots=True, frozen=True)
class Shown:
    """A part of the picture or of a table, with its words and where it leads."""

    what: Any
    address: str
    title: str
    words: str = ""
    mark: str = ""
    family: str = ""
    is_here: bool = False
    source: str = ""
    target: str = ""
    inside: Sequence[Shown] = ()  # of a box: its tools


class GraphView:
    """Where the parts of a graph lead; `keep` is the start of the query that selects a span, `at`
    the row of the selected one."""

    def __init__(self, found: Drawn, tree: Tree, here: Address, keep: str, at: int | None) -> None:
        self.found, self.graph, self.tree, self.here, self.keep = (
            found,
            found.graph,
            tree,
            here,
            keep,
        )
        self.chosen = here.said.get("edge", "")
        self.names = names(self.graph)
        self.spots = [] if at is None else self.spots_of(at)

    @property
    def more(self) -> str:
        """Where more agents are shown one by one; empty if that are as many as can be."""
        most = min(self.found.agents * GROWS, LARGEST)
        return self.here.with_(most=str(most), open=None) if most > self.found.agents else ""

    def spots_of(self, at: int) -> list[str]:
        """The mark of the box that a row of the tree belongs to, or of the line in a box."""
        place = int(self.graph.of_row[at])
        if place < 0:
            return []
        node = self.graph.nodes[place].id
        boxes = self.found.wide.boxes
        if any(box.node.id == node for box in boxes):
            return [node]
        inside = []  # the row and those above it that belong to the same
        while at >= 0 and self.graph.of_row[at] == place:
            inside.append(at)
            at = int(self.tree.parent[at])
        calls = [(row, edge) for box in boxes for row in box.card.rows for edge in row.edges]
        return [row.spot for row, edge in calls if np.isin(inside, edge.rows).any()][:1]

    def picture(self, picture: Picture, name: str) -> dict[str, Any]:
        """One for a wide or a narrow screen."""
        return {
            "name": name,
            "picture": picture,
            "boxes": [self.box(box) for box in picture.boxes],
            "paths": [self.line(line) for line in picture.lines],
        }

    def box(self, box: Box) -> Shown:
        """A box; that of the selected span is marked. One that stands for many leads to more."""
        shown = self.node(box.node)
        return Shown(
            box,
            self.more if box.node.joined else shown.address,
            shown.title,
            mark=shown.mark,
            family=shown.family,
            is_here=box.node.id in self.spots,
            inside=[self.call(box.node, each) for each in box.inside],
        )

    def call(self, node: Node, placed: Placed) -> Shown:
        """A tool in a box leads to its calls; several as one, to all of them one by one."""
        row = placed.row
        if row.edge is not None:
            shown = self.edge(row.edge)
            address, title = shown.address, shown.title
        else:
            opened = self.here.with_(open=node.id, most=str(self.found.agents))
            address = self.more if node.joined else opened
            parts = [f"{self.names[node.id]} → {row.name}: {row.words}", row.failed]
            title = ", ".join(filter(None, parts))
        return Shown(placed, address, title, is_here=row.spot in self.spots)

    def node(self, node: Node) -> Shown:
        """A node selects its first span."""
        mark, family = MARKS[node.kind]
        address = ""
        if node.first >= 0:
            address = f"?{self.keep}span={span_hex(int(self.tree.span_id[node.first]))}"
        return Shown(node, address, self.names[node.id], "", mark, family)

    def line(self, line: Line) -> Shown:
        """A line leads to the spans behind it."""
        shown = self.edge(line.edge)
        return Shown(line, shown.address, shown.title, is_here=shown.is_here)

    def edge(self, edge: Edge) -> Shown:
        """The same for a row of the table."""
        there = self.here.with_(edge=edge.id, **{"from": None}).removeprefix(self.here.path)
        source, target = (self.names[end] for end in (edge.source, edge.target))
        return Shown(
            edge,
            f"{there}#edge",
            edge_title(edge, source, target),
            HOW[edge.how],
            is_here=edge.id == self.chosen,
            source=source,
            target=target,
        )

    def behind(self, request: PageRequest, edge: Edge | None) -> dict[str, Any]:
        """The spans behind an edge, a page of them."""
        if edge is None:
            return {"edge": None, "missing": bool(self.chosen)}
        first = position(request, LAST)
        last = first + SPANS
        earlier = str(max(first - SPANS, 0))
        return {
            "edge": self.edge(edge),
            "spans": [self.span(self.tree.row(at)) for at in edge.rows[first:last].tolist()],
            "first": first + 1,
            "earlier": self.here.with_(**{"from": earlier}) + "#edge" if first else "",
            "later": self.here.with_(**{"from": str(last)}) + "#edge"
            if last < len(edge.rows)
            else "",
            "close": self.here.with_(edge=None, **{"from": None}),
        }

    def span(self, row: Row) -> dict[str, Any]:
        """A span behind an edge."""
        tree, at = self.tree, row.at
        ended = int(tree.end_ns[at])
        return {
            "address": f"?{self.keep}span={span_hex(row.span_id)}",
            "name": row.text("tool") or row.text("name") or "(unnamed)",
            "agent": row.text("agent"),
            "after": int(tree.start_ns[at]) - int(tree.start_ns.min()),
            "lasted": max(ended - int(tree.start_ns[at]), 0) if ended else None,
            "cost": row.usd("sum_cost"),
            "unpriced": int(tree.sum_unpriced[at]),
            "errors": int(tree.sum_errors[at]),
        }
