"""A graph that is small enough to be read: the nodes that matter most, the others as one. Pure.

What costs most with all below it stays, then what was at work most often; nothing is lost: what is
left over is a node that says for how many it stands, and its edges are those of all of them.
What was folded can be folded further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

import numpy as np

from agentscope.graph.graph import (
    AGENT,
    CALLS,
    HOW,
    MORE_AGENTS,
    MORE_TOOLS,
    NOTHING,
    TOOL,
    UNATTRIBUTED,
    Edge,
    Graph,
    Node,
    Work,
)
from agentscope.graph.loops import with_loops
from agentscope.graph.making import Whole

MOST_AGENTS, MOST_TOOLS = 24, 16  # that are shown one by one, as long as nobody asks for more
MOST_OPENED, MOST_OF_ALL = 40, 80  # tools of one that is opened; of all
REST = (MORE_AGENTS, MORE_TOOLS)
LEFT_OVER = dict(zip((AGENT, TOOL, *REST), REST * 2, strict=True))


def folded(whole: Whole, kept: Container[str]) -> Graph:
    """The graph with these nodes one by one, by their ids, and the other agents and tools as one
    node each. One that would be left over alone is shown as well."""
    dropped: dict[str, list[Node]] = {kind: [] for kind in REST}
    for node in whole.nodes:
        if node.kind in LEFT_OVER and node.id not in kept:
            dropped[LEFT_OVER[node.kind]].append(node)
    gone = {kind: nodes for kind, nodes in dropped.items() if count(nodes) > 1}
    moved = {node.id: kind for kind, nodes in gone.items() for node in nodes}
    left = [left_over(kind, nodes) for kind, nodes in gone.items()]
    shown = [node for node in whole.nodes if node.id not in moved] + left
    place = {node.id: at for at, node in enumerate(shown)}
    marked, loops = with_loops(shown, joined(whole.edges, moved, place))
    return Graph(
        nodes=shown,
        edges=marked,
        loops=loops,
        total=total(node.own for node in shown),
        agents=count(node for node in shown if node.kind in (AGENT, MORE_AGENTS)),
        tools=count(node for node in shown if node.kind in (TOOL, MORE_TOOLS)),
        of_row=np.array([*(place.get(moved.get(at, at), -1) for at in whole.ids), -1])[
            whole.of_row
        ],
    )


def again(graph: Graph) -> Whole:
    """A graph as one that can be folded further."""
    return Whole(graph.nodes, graph.edges, [node.id for node in graph.nodes], graph.of_row)


def count(nodes: Iterable[Node]) -> int:
    """How many agents or tools nodes stand for."""
    return sum(node.joined or 1 for node in nodes)


def that_matter(whole: Whole, most_agents: int, most_tools: int) -> set[str]:
    """The ids of the agents and tools that matter most, of each so many."""
    agents = sorted((node for node in whole.nodes if node.kind == AGENT), key=rank)
    tools = sorted((node for node in whole.nodes if node.kind == TOOL), key=rank)
    return {node.id for node in (*agents[:most_agents], *tools[:most_tools])}


def with_tools(whole: Whole, most_agents: int, most_each: int, opened: str = "") -> set[str]:
    """The ids of the agents that matter most, and of the tools that matter most to each of them;
    of what is opened, by its id, as many tools as a list can have. Tools that call tools have
    theirs, if any are asked for, until there are `MOST_OF_ALL`."""
    agents = sorted((node for node in whole.nodes if node.kind == AGENT), key=rank)[:most_agents]
    known = {node.id: node.kind for node in whole.nodes}
    calls: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in whole.edges:
        if edge.how == CALLS and known[edge.target] == TOOL:
            calls[edge.source].append(edge)
    others = [node.id for node in whole.nodes if node.kind == UNATTRIBUTED]
    callers = [opened] * (opened in calls) + [node.id for node in agents] + others
    kept = dict.fromkeys(callers)
    for caller in callers:  # which grows
        most = MOST_OPENED if caller == opened else most_each
        most += len(calls[caller]) == most + 1  # one alone is never left over
        for edge in sorted(calls[caller], key=call_rank)[:most]:
            if edge.target not in kept and len(kept) < most_agents + MOST_OF_ALL:
                kept[edge.target] = None
                if most_each:
                    callers.append(edge.target)
    return set(kept)


def call_rank(edge: Edge) -> tuple[object, ...]:
    """Sorts the calls of a tool that matter most first: failures, then costs, then how often."""
    return (not edge.work.errors, -edge.work.pico, -edge.work.times, edge.target)


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
        name=f"{count(nodes):,} more {'agents' if kind == MORE_AGENTS else 'tools'}",
        path="",
        own=total(node.own for node in nodes),
        whole_pico=sum(node.whole_pico for node in nodes),
        first=first.first if first else -1,
        start_ns=first.start_ns if first else 0,
        joined=count(nodes),
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
    if len(edges) == 1:
        return replace(edges[0], source=source, target=target)
    rows = np.sort(np.concatenate([edge.rows for edge in edges]), kind="stable")  # of sorted parts
    stands_for = sum(edge.joined or 1 for edge in edges)
    return Edge(source, target, how, total(edge.work for edge in edges), rows, joined=stands_for)
