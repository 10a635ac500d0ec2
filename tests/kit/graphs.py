"""Graphs of agents and tools of any shape, made without a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import strategies as st

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.graph.graph import AGENT, CALLS, THEN, TOOL, UNATTRIBUTED, Edge, Node, Work
from agentscope.graph.making import Whole

NAMES = (
    "a",
    "researcher",
    "漢字" * 9,
    "WWWWWWWWWWWWWWWWWWWWWWWW",
    "i" * 60,
    "<b>&amp;\"'",
    "🙂 né",
)
HOW_AGENTS = (CONTAINS, DELEGATES, HANDS_OFF, THEN)
Ways = Iterable[tuple[str, str, str, Work]]


def whole(agents: Iterable[str], tools: Iterable[str], ways: Ways) -> Whole:
    """The graph of agents and tools that go by their ids, with a cost that falls from one to the
    next; `ways` are source, target, how, work."""
    named = [(name, AGENT) for name in agents] + [(name, TOOL) for name in tools]
    return whole_of(
        [node(name, kind, name, 1000 - at) for at, (name, kind) in enumerate(named)], ways
    )


def node(node_id: str, kind: str, name: str, pico: int) -> Node:
    """A node that began at its id and failed never."""
    return Node(node_id, kind, name, name, Work(1, pico, 0, 0, 1), pico, 0, 0)


def whole_of(nodes: list[Node], ways: Ways) -> Whole:
    """The graph of some nodes."""
    edges = [
        Edge(source, target, how, work, np.arange(work.times)) for source, target, how, work in ways
    ]
    return Whole(nodes, edges, [each.id for each in nodes], np.zeros(0, np.int64))


@st.composite
def wholes(draw: st.DrawFn, most_agents: int = 40, most_tools: int = 60) -> Whole:
    """Any graph: sparse or dense, with circles, tools inside tools, and names of any width. As in
    every run each tool is called, and nothing but tools by tools."""
    each = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    agents = some(each, AGENT, draw(st.integers(0, most_agents)))
    agents.append(node("none", UNATTRIBUTED, "unattributed", 1))
    tools = some(each, TOOL, draw(st.integers(0, most_tools)))
    pairs = [(agents[each.integers(len(agents))], tool) for tool in tools]
    nodes = [*agents, *tools]
    for _ in range(draw(st.integers(0, 3 * len(nodes)))):
        source, target = (nodes[at] for at in each.integers(len(nodes), size=2))
        if target.kind == TOOL or source.kind == target.kind == AGENT:
            pairs.append((source, target))
    ways = {}
    for source, target in pairs:
        how = CALLS if target.kind == TOOL else HOW_AGENTS[each.integers(len(HOW_AGENTS))]
        times, pico, errors = (int(each.integers(most)) for most in (2000, 10**12, 2))
        ways[source.id, target.id, how] = Work(times + 1, pico, 0, errors, 1)
    return whole_of(nodes, [(*way, done) for way, done in sorted(ways.items())])


def some(each: np.random.Generator, kind: str, number: int) -> list[Node]:
    """Nodes of a kind, with names of any width."""
    return [
        node(f"{kind[0]}{at}", kind, f"{NAMES[each.integers(len(NAMES))]} {at}", at % 7)
        for at in range(number)
    ]


def work(times: int = 1, errors: int = 0) -> Work:
    """So many calls."""
    return Work(times, 0, 0, errors, 0)
