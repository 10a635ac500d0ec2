"""The agents and tools of a trace as a graph, read by machine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.bodies import usd
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.fields import Shape, count, text, texts
from agentscope.api.fields import usd as amount
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.traces import known_trace_id, no_trace
from agentscope.graph.graph import HOW, KINDS, Edge, Graph, Node, Work
from agentscope.graph.read import MOST_AGENTS, MOST_TOOLS, graph_of
from agentscope.traces.ids import span_hex
from agentscope.traces.read import trace_tree
from agentscope.traces.tree import Tree

LARGEST = 10_000  # nodes of a kind
SPANS = 50  # of an edge
HEAD = ("source", "how", "target", "times", "cost_usd", "unpriced_calls", "errors", "time_ns")
TAKES = [
    *parameters.PROJECT,
    OpenApiParameter("agents", int, description=f"one by one, 0 to {LARGEST}; {MOST_AGENTS}"),
    OpenApiParameter("tools", int, description=f"one by one, 0 to {LARGEST}; {MOST_TOOLS}"),
    FORMAT,
]


class WorkShape(Shape):
    """What something came to."""

    times = count("runs of an agent, calls of a tool")
    cost_usd = amount("as far as it is known")
    unpriced_calls = count("of unknown cost")
    errors = count("each where it began")  # type: ignore[assignment]
    time_ns = serializers.CharField(help_text="added up; what ran side by side counts each")


class GraphNodeShape(Shape):
    """An agent, a tool, or what is not shown one by one."""

    id = text("the same in every trace")
    what = serializers.ChoiceField(KINDS)
    name = text()
    path = text("of an agent: those through which it was first reached, joined by /")
    own = WorkShape(help_text="what belongs to it and no other node: they add up to the trace")
    whole_cost_usd = amount("with all that it called")
    first_span_id = serializers.CharField(
        allow_null=True, help_text="16 hex digits; null: none is its own"
    )
    joined = count("how many it stands for; 0: one")


class GraphEdgeShape(Shape):
    """What led from one node to another."""

    source = text("id of a node")  # type: ignore[assignment]
    target = text("id of a node")
    how = serializers.ChoiceField(HOW, help_text="then: it began next, and no call is known")
    work = WorkShape(help_text="of what was called, with all below; edges overlap")
    in_loop = serializers.BooleanField(help_text="from the target one comes back to the source")
    back = serializers.BooleanField(help_text="… and the target began before the source")
    span_ids = texts(f"of the runs or calls, the first {SPANS}")


class GraphLoopShape(Shape):
    """Nodes that lead to each other in a circle."""

    nodes = texts("ids")
    times = count("how often it led back to what had begun before")


class GraphShape(Shape):
    trace_id = serializers.CharField(help_text="32 hex digits")
    nodes = GraphNodeShape(many=True)
    edges = GraphEdgeShape(many=True)
    loops = GraphLoopShape(many=True)
    agents = count("of the trace, shown one by one or not")
    tools = count("likewise")
    known_cost_usd = amount("of the trace: `own` of all nodes")


class GraphView(ProjectView):
    takes = TAKES

    @described("read_graph", {200: GraphShape}, TAKES)
    def get(self, request: Request, trace_id: str) -> HttpResponseBase:
        """Which agents and tools there are, what led from one to another, how often, and what it
        came to. As CSV its edges."""
        said, key = request.query_params, known_trace_id(trace_id)
        agents = parameters.number(said, "agents", MOST_AGENTS, 0, LARGEST)
        tools = parameters.number(said, "tools", MOST_TOOLS, 0, LARGEST)
        tree = trace_tree(self.project.pk, key)
        if tree is None:
            raise no_trace(trace_id)
        found = graph_of(tree, agents, tools)
        if is_csv(said):
            names = {node.id: node.path or node.name for node in found.nodes}
            rows = (cells(each, names) for each in found.edges)
            return csv_answer(f"graph-{key.hex}", HEAD, rows)
        return json_answer(graph_body(key, found, tree))


def graph_body(trace_id: UUID, found: Graph, tree: Tree) -> dict[str, Any]:
    """A graph as GraphShape."""
    return {
        "trace_id": trace_id.hex,
        "nodes": [node_body(node, tree) for node in found.nodes],
        "edges": [edge_body(edge, tree) for edge in found.edges],
        "loops": [{"nodes": loop.nodes, "times": loop.times} for loop in found.loops],
        "agents": found.agents,
        "tools": found.tools,
        "known_cost_usd": usd(found.total.cost),
    }


def node_body(node: Node, tree: Tree) -> dict[str, Any]:
    """A node as GraphNodeShape."""
    return {
        "id": node.id,
        "what": node.kind,
        "name": node.name,
        "path": node.path,
        "own": work_body(node.own),
        "whole_cost_usd": usd(node.whole),
        "first_span_id": span_hex(int(tree.span_id[node.first])) if node.first >= 0 else None,
        "joined": node.joined,
    }


def edge_body(edge: Edge, tree: Tree) -> dict[str, Any]:
    """An edge as GraphEdgeShape."""
    return {
        "source": edge.source,
        "target": edge.target,
        "how": edge.how,
        "work": work_body(edge.work),
        "in_loop": edge.is_in_loop,
        "back": edge.is_back,
        "span_ids": [span_hex(int(each)) for each in tree.span_id[edge.rows[:SPANS]]],
    }


def work_body(work: Work) -> dict[str, Any]:
    """What something came to, as WorkShape."""
    return {
        "times": work.times,
        "cost_usd": usd(work.cost),
        "unpriced_calls": work.unpriced,
        "errors": work.errors,
        "time_ns": str(work.time_ns),
    }


def cells(edge: Edge, names: dict[str, str]) -> tuple[object, ...]:
    """An edge between nodes of these names as the cells that HEAD names."""
    work = edge.work
    amounts = work.times, usd(work.cost), work.unpriced, work.errors, work.time_ns
    return names[edge.source], edge.how, names[edge.target], *amounts
