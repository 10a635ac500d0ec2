"""A graph of agents and tools. Plain values; made by read.graph_of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from agentscope.agents.invoked import CONTAINS, DELEGATES, HANDS_OFF
from agentscope.traces.tree import Ints
from agentscope.vocabulary import PICO

AGENT, TOOL, UNATTRIBUTED, MORE_AGENTS, MORE_TOOLS = KINDS = (
    "agent",
    "tool",
    "unattributed",  # what no agent is known of
    "more_agents",  # those that are not shown one by one
    "more_tools",
)
CALLS = "calls"  # an agent a tool, or a tool another one
THEN = "then"  # the run of an agent began after that of another one; nothing tells of a call
HOW = (CONTAINS, DELEGATES, HANDS_OFF, CALLS, THEN)


@dataclass(slots=True, frozen=True)
class Work:
    """What something came to."""

    times: int  # runs of agents, calls of tools
    pico: int  # known cost in 1e-12 USD
    unpriced: int  # counted calls without a price
    errors: int  # failures, each where it began
    time_ns: int  # lengths of the runs or calls, added up; side by side they count each

    @property
    def cost(self) -> Decimal:
        """Known cost in USD."""
        return self.pico * PICO

    def __add__(self, other: Work) -> Work:
        return Work(
            self.times + other.times,
            self.pico + other.pico,
            self.unpriced + other.unpriced,
            self.errors + other.errors,
            self.time_ns + other.time_ns,
        )


NOTHING = Work(0, 0, 0, 0, 0)


@dataclass(slots=True, frozen=True)
class Node:
    """An agent, a tool, or several of them. `own` is what belongs to it and to no other node: over
    all nodes it adds up to the trace."""

    id: str  # of the kind and the path; the same in every trace
    kind: str  # of KINDS
    name: str
    path: str  # of an agent: names of the agents through which it was first reached, joined by "/"
    own: Work
    whole_pico: int  # known cost with all that it called, in 1e-12 USD
    first: int  # its first row in the tree; -1: none
    start_ns: int  # of that row
    joined: int = 0  # how many agents or tools it stands for; 0: one

    @property
    def whole(self) -> Decimal:
        """Known cost with all that it called, in USD."""
        return self.whole_pico * PICO


@dataclass(slots=True, frozen=True)
class Edge:
    """What led from one node to another. Costs and errors are of what was called, with all below
    it, so those of several edges may overlap."""

    source: str  # ids of nodes
    target: str
    how: str  # of HOW
    work: Work
    rows: Ints  # of the tree: where the runs or calls begin, in reading order
    is_in_loop: bool = False  # from its target one comes back to its source
    is_back: bool = False  # … and it leads to a node that began before
    joined: int = 0  # how many it stands for, between nodes one by one; 0: one

    @property
    def id(self) -> str:
        """How an address names it."""
        return f"{self.source}.{self.target}.{self.how}"


@dataclass(slots=True, frozen=True)
class Loop:
    """Nodes that lead to each other in a circle."""

    nodes: list[str]  # ids, in order of their first rows
    times: int  # how often it led back to a node that had begun before


@dataclass(slots=True, frozen=True)
class Graph:
    """Nodes in order of their first rows, what is left over last; edges by source and target."""

    nodes: list[Node]
    edges: list[Edge]
    loops: list[Loop]
    total: Work  # `own` of all nodes: known cost, unpriced calls and errors of the trace
    agents: int  # of the whole trace, shown one by one or not
    tools: int
    of_row: Ints  # of the tree: the position of the node that a row belongs to; -1: of none

    def edge(self, edge_id: str) -> Edge | None:
        """The edge with an id."""
        return next((edge for edge in self.edges if edge.id == edge_id), None)
