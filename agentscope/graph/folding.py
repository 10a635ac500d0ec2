"""A graph that is small enough to be read: the nodes that matter most, the others as one. Pure.

What costs most with all below it stays, then what was at work most often; nothing is lost: what is
left over is a node that says for how many it stands, and its edges are those of all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from agentscope.graph.graph import (
    AGENT,
    HOW,
    MORE_AGENTS,
    MORE_TOOLS,
    NOTHING,
    TOOL,
    Edge,
    Graph,
    Node,
    Work,
)
from agentscope.graph.loops import with_loops
from agentscope.graph.making import Whole

MOST_AGENTS, MOST_TOOLS = 24, 16  # that are shown one by one, as long as nobody asks for more
LEFT_OVER = {AGENT: MORE_AGENTS, TOOL: MORE_TOOLS}


def folded(whole: Whole, most_agents: int = MOST_AGENTS, most_tools: int = MOST_TOOLS) -> Graph:
    """The graph with at most so many agents and tools one by one. One that would be left over alone
    is shown as well."""
    most = {AGENT: most_agents, TOOL: most_tools}
    by_kind: defaultdict[str, list[Node]] = defaultdict(list)
    for node in whole.nodes:
        by_kind[node.kind].append(node)
    left: list[Node] = []
    moved: dict[str, str] = {}  # id of a node that is left over → that which stands for it
    for kind, rest in LEFT_OVER.items():
        dropped = sorted(by_kind[kind], key=rank)[most[kind] :]
        if len(dropped) > 1:
            left.append(left_over(rest, dropped))
            moved |= dict.fromkeys((node.id for node in dropped), rest)
    shown = [node for node in whole.nodes if node.id not in moved] + left
    place = {node.id: at for at, node in enumerate(shown)}
    kept = joined(whole.edges, moved, place)
    marked, loops = with_loops(shown, kept)
    return Graph(
        nodes=shown,
        edges=marked,
        loops=loops,
        total=total(node.own for node in shown),
        agents=len(by_kind[AGENT]),
        tools=len(by_kind[TOOL]),
        of_row=np.array([place.get(moved.get(at, at), -1) for at in whole.ids] or [-1])[
            whole.of_row
        ],
    )


def rank(node: Node) -> tuple[object, ...]:
    """Sorts what matters most first."""
    return (-node.whole_pico, -node.own.times, -node.own.errors, node.path, node.name)


def left_over(kind: str, nodes: Sequence[Node]) -> Node:
    """One node that stands for several. What some of them called of the others is in its `whole`
    once for each."""
    begun = [node for node in nodes if node.first >= 0]
    first = min(begun, key=lambda node: (node.start_ns, node.first), default=None)
    return Node(
        id=kind,
        kind=kind,
        name=f"{len(nodes):,} more {'agents' if kind == MORE_AGENTS else 'tools'}",
        path="",
        own=total(node.own for node in nodes),
        whole_pico=sum(node.whole_pico for node in nodes),
        first=first.first if first else -1,
        start_ns=first.start_ns if first else 0,
        joined=len(nodes),
    )


def total(works: Iterable[Work]) -> Work:
    """The sum of works."""
    return sum(works, NOTHING)


def joined(edges: Sequence[Edge], moved: dict[str, str], place: dict[str, int]) -> list[Edge]:
    """Edges between the nodes that are shown; those that come together are one. In order of their
    nodes."""
    together: defaultdict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        ends = moved.get(edge.source, edge.source), moved.get(edge.target, edge.target)
        together[(*ends, edge.how)].append(edge)
    order = sorted(together, key=lambda key: (place[key[0]], place[key[1]], HOW.index(key[2])))
    return [one_of(key, together[key]) for key in order]


def one_of(key: tuple[str, str, str], edges: Sequence[Edge]) -> Edge:
    """One edge that stands for several."""
    source, target, how = key
    rows = np.sort(np.concatenate([edge.rows for edge in edges]))
    return Edge(source, target, how, total(edge.work for edge in edges), rows)
