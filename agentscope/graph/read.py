"""The graph of a trace as pages and the API read it."""

from __future__ import annotations

from uuid import UUID

from agentscope.graph.folding import MOST_AGENTS, MOST_TOOLS, folded
from agentscope.graph.graph import Graph
from agentscope.graph.making import whole_graph
from agentscope.traces.index import trace_tree
from agentscope.traces.tree import Tree

__all__ = ["MOST_AGENTS", "MOST_TOOLS", "Graph", "graph_of", "graph_of_trace"]


def graph_of(tree: Tree, most_agents: int = MOST_AGENTS, most_tools: int = MOST_TOOLS) -> Graph:
    """The graph of a tree with at most so many agents and tools one by one. Pure."""
    return folded(whole_graph(tree), most_agents, most_tools)


def graph_of_trace(
    project_id: int, trace_id: UUID, most_agents: int = MOST_AGENTS, most_tools: int = MOST_TOOLS
) -> Graph | None:
    """The graph of a trace; None if it has no spans. One query, as a rule."""
    tree = trace_tree(project_id, trace_id)
    return graph_of(tree, most_agents, most_tools) if tree else None
