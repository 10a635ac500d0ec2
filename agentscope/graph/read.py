"""The graph of a trace as pages and the API read it."""

from __future__ import annotations

from agentscope.graph.folding import MOST_AGENTS, MOST_TOOLS, folded, that_matter
from agentscope.graph.graph import Graph
from agentscope.graph.making import whole_graph
from agentscope.traces.tree import Tree

__all__ = ["MOST_AGENTS", "MOST_TOOLS", "Graph", "graph_of"]


def graph_of(tree: Tree, most_agents: int = MOST_AGENTS, most_tools: int = MOST_TOOLS) -> Graph:
    """The graph of a tree with at most so many agents and tools one by one. Pure."""
    whole = whole_graph(tree)
    return folded(whole, that_matter(whole, most_agents, most_tools))
