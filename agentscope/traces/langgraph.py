"""Who is an agent in a LangGraph run: a single span cannot tell, its place in the tree can.

LangChain's instrumentations call graphs, nodes and agents by turns chain or agent. What makes an
agent is that a model is called on its behalf; a node that only leads to others is a step.
"""

from __future__ import annotations

from agentscope.traces.load import Spans
from agentscope.traces.tree import Shorts
from agentscope.vocabulary import Flag, Kind

SCOPES = ("langchain", "langgraph")
GRAPH = int(Flag.GRAPH)  # what a dialect knows to be of LangGraph in other scopes
# Nodes of LangGraph's own agents: what runs there is the agent that the graph is named for.
INNER_NODES = {"agent", "model", "call_model", "llm", "call_llm", "chatbot"}
START = "__start__"  # the first node of a graph, which has a span in JavaScript
# The node of langgraph-supervisor that runs an agent as a graph of its own
RUNS_AN_AGENT = "call_agent"
AGENT, CHAIN, LLM = Kind.AGENT, Kind.CHAIN, Kind.LLM
PREFIXES = ("execute_task ", "invoke_agent ", "invoke_workflow ")


class LangGraph:
    """Corrects `kind` and `acts` (the agent that starts at each row, or "") in place."""

    def __init__(
        self, spans: Spans, parent: list[int], end: Shorts, kind: list[int], acts: list[str]
    ) -> None:
        self.names, self.parent, self.kind, self.acts = spans.name, parent, kind, acts
        self.end: list[int] = end.tolist()
        self.starts, self.ends = spans.start_ns, spans.end_ns
        ours = {scope for scope in set(spans.scope) if any(word in scope for word in SCOPES)}
        self.is_ours = [
            scope in ours or bool(flags & GRAPH)
            for scope, flags in zip(spans.scope, spans.flags.tolist(), strict=True)
        ]
        self.rows = [at for at, is_ours in enumerate(self.is_ours) if is_ours]

    def correct(self) -> None:
        """Apply the rules, each to what the one before it left."""
        if self.rows:
            for rule in (
                *(self.inner_nodes, self.run_by_a_node, self.told_twice),
                *(self.nodes, self.leaders),
            ):
                rule()

    def inner_nodes(self) -> None:
        """A node of LangGraph's own agent is no agent, whatever its span says."""
        for at in self.rows:
            if self.kind[at] == AGENT and self.step(at) in INNER_NODES:
                self.demote(at)

    def run_by_a_node(self) -> None:
        """The work of an agent may hang below the node that runs it, beside the span that names the
        agent and starts while the node runs (OpenLIT): then the node acts as that agent."""
        for at in self.rows:
            if self.step(at) != RUNS_AN_AGENT or self.kind[at] not in (AGENT, CHAIN):
                continue
            self.demote(at)
            beside = self.end[at]
            if beside < len(self.kind) and self.is_beside(at, beside):
                self.acts[at] = self.acts[beside]

    def is_beside(self, at: int, other: int) -> bool:
        """Whether another row is an agent below the same parent that starts while a row runs."""
        return (
            self.kind[other] == AGENT
            and self.parent[other] == self.parent[at]
            and bool(self.starts[other] <= self.ends[at])
        )

    def told_twice(self) -> None:
        """An agent's span without children, beside the step of the same name that holds its work:
        the step is where the agent acts."""
        agents = {
            (self.parent[at], self.acts[at])
            for at in self.rows
            if self.acts[at] and self.end[at] == at + 1
        }
        for at in self.rows:
            if self.kind[at] == CHAIN and (self.parent[at], self.step(at)) in agents:
                self.acts[at] = self.step(at)

    def nodes(self) -> None:
        """A node of a graph without agents acts as one if a model is called in it, and not by an
        agent that it holds."""
        calls = self.calls_below()
        started = {self.parent[at] for at in self.rows if self.step(at) == START}
        for at in self.rows:
            graph = self.parent[at]
            if self.kind[at] != CHAIN or not calls[at] or not self.is_graph(graph):
                continue
            if self.step(at) in INNER_NODES:
                self.kind[graph], self.acts[graph] = AGENT, self.step(graph)
            # Beside a start there are nodes only; elsewhere also classes, such as RunnableSequence
            elif graph in started or not self.step(at)[:1].isupper():
                self.acts[at] = self.acts[at] or self.step(at)

    def is_graph(self, at: int) -> bool:
        """Whether a row is the outermost span of a run, and no agent."""
        if at < 0 or self.kind[at] != CHAIN or not self.is_ours[at]:
            return False
        above = self.parent[at]
        return above < 0 or not self.is_ours[above]

    def leaders(self) -> None:
        """An agent's span that makes no call of its own, but holds agents that do, is a step."""
        holder, holds = self.holders()
        calling = {holder[at] for at, kind in enumerate(self.kind) if kind == LLM}
        for at in self.rows:
            if self.kind[at] == AGENT and at in holds and at not in calling:
                self.demote(at)

    def holders(self) -> tuple[list[int], set[int]]:
        """The row of the nearest agent of each row, or itself; and which agents hold others."""
        holder: list[int] = []
        holds: set[int] = set()
        for at, above in enumerate(self.parent):
            outer = holder[above] if above >= 0 else -1
            if self.acts[at]:
                holds.add(outer)
            holder.append(at if self.acts[at] else outer)
        return holder, holds

    def calls_below(self) -> list[int]:
        """How many model calls each row holds, itself included, and those of agents in it not."""
        calls = [int(kind == LLM) for kind in self.kind]
        for at in range(len(calls) - 1, 0, -1):
            if self.parent[at] >= 0 and not self.acts[at]:
                calls[self.parent[at]] += calls[at]
        return calls

    def step(self, at: int) -> str:
        """The name of a node or graph without what instrumentations put before it."""
        name = self.names[at]
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        return name

    def demote(self, at: int) -> None:
        """Make an agent a step."""
        self.kind[at], self.acts[at] = CHAIN, ""
