"""A graph in words: how one thing led to another, and where it goes round in circles."""

from __future__ import annotations

from collections import Counter

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.graph.graph import CALLS, KINDS, THEN, Edge, Graph, Loop
from ui import amounts

HOW = {
    CONTAINS: "runs it inside",
    DELEGATES: "calls it as a tool",
    HANDS_OFF: "hands over to it",
    CALLS: "calls it",
    THEN: "it begins next",
}
LOOKS = ("A", "agent"), ("T", "tool"), ("·", "step"), ("A", "agent"), ("T", "tool")
MARKS = dict(zip(KINDS, LOOKS, strict=True))  # letter and family, as in kinds.py
MOST_NAMED = 6  # of a circle


def names(graph: Graph) -> dict[str, str]:
    """What each node is called, by its id: its name, or its path where a name is in several
    places."""
    often = Counter(node.name for node in graph.nodes)
    return {
        node.id: node.path if often[node.name] > 1 and node.path else node.name
        for node in graph.nodes
    }


def edge_title(edge: Edge, source: str, target: str) -> str:
    """An edge between nodes of these names as a sentence."""
    spent = amounts.cost(edge.work.cost, edge.work.unpriced)
    parts = [amounts.count(edge.work.times, "time"), f"{spent} with all below"]
    if edge.work.errors:
        parts.append(f"{edge.work.errors:,} failed")
    return f"{source} → {target} ({HOW[edge.how]}): {', '.join(parts)}"


def loop_words(loop: Loop, called: dict[str, str]) -> str:
    """A circle as a sentence; nodes are called so."""
    times = amounts.count(loop.times, "time")
    if len(loop.nodes) == 1:
        return f"{called[loop.nodes[0]]} went back to itself {times}."
    members = amounts.some([called[each] for each in loop.nodes], MOST_NAMED)
    return f"{members} lead to each other in a circle: it went back {times}."
