"""The agents and tools of one trace as a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from agentscope.graph.graph import Edge, Graph, Node
from agentscope.graph.read import MOST_AGENTS, MOST_TOOLS, graph_of
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row, Tree
from ui.access import PageRequest, page
from ui.address import Address, address_of
from ui.exports import exports
from ui.graph_picture import Box, Line, picture
from ui.graph_words import HOW, MARKS, edge_title, loop_words, names
from ui.views.run import RunView, is_seen, nothing_new
from ui.views.sessions import position
from ui.views.trace import known_trace, known_tree

SPANS = 50  # behind an edge, on a page
MOST_EDGES = 60  # in the table
MOST, LARGEST = MOST_AGENTS, 384  # agents one by one
LAST = 10**7


@page
def graph(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """The graph of a trace; `?edge=` lists the spans behind an edge, `?most=` shows more nodes one
    by one, `?span=` is the selected span. Two queries of its own."""
    trace = known_trace(request, trace_id)
    if is_seen(request, trace):
        return nothing_new()
    run = RunView(request, trace, known_tree(request, trace_id), "graph")
    most = shown_nodes(request)
    found = graph_of(run.tree, most, most * MOST_TOOLS // MOST_AGENTS)
    spots = [] if run.at is None else [found.nodes[int(found.of_row[run.at])].id]
    return run.answer("trace/graph.html", drawn(request, run, found, most), spots)


def drawn(request: PageRequest, run: RunView, found: Graph, most: int) -> dict[str, Any]:
    """The picture, and the tables that say the same."""
    here = address_of(request)
    view, drawn = GraphView(found, run.tree, here, run.keep), picture(found)
    query = {"project": request.project.name}
    return {
        "graph": found,
        "picture": drawn,
        "boxes": [view.box(box, run.at) for box in drawn.boxes],
        "paths": [view.line(line) for line in drawn.lines],
        "loops": [loop_words(loop, view.names) for loop in found.loops],
        "nodes": [view.node(node) for node in found.nodes],
        "edges": [view.edge(edge) for edge in found.edges[:MOST_EDGES]],
        "edges_left": max(len(found.edges) - MOST_EDGES, 0),
        "is_cut": any(node.joined for node in found.nodes),
        "more": here.with_(most=str(min(most * 4, LARGEST))) if most < LARGEST else "",
        "exports": exports(reverse("api-graph", args=[run.found.trace_id.hex]), query),
        **view.behind(request, found.edge(request.GET.get("edge", ""))),
    }


def shown_nodes(request: PageRequest) -> int:
    """How many agents are shown one by one."""
    said = request.GET.get("most", "")
    is_number = said.isascii() and said.isdigit() and len(said) < len("1000000")
    return min(max(int(said), 1), LARGEST) if is_number else MOST


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


class GraphView:
    """Where the parts of a graph lead; `keep` is the start of the query that selects a span."""

    def __init__(self, graph: Graph, tree: Tree, here: Address, keep: str) -> None:
        self.graph, self.tree, self.here, self.keep = graph, tree, here, keep
        self.chosen = here.said.get("edge", "")
        self.names = names(graph)
        self.place = {node.id: at for at, node in enumerate(graph.nodes)}

    def box(self, box: Box, selected: int | None) -> Shown:
        """A box; that of the selected span is marked."""
        place = self.place[box.node.id]
        is_here = selected is not None and int(self.graph.of_row[selected]) == place
        shown = self.node(box.node)
        return Shown(box, shown.address, shown.title, "", shown.mark, shown.family, is_here)

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
