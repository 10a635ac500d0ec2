"""Agents among the nodes and runnables of a LangGraph run, as far as one span can tell."""

from __future__ import annotations

from agentscope.vocabulary import Flag, Kind, Value, WireSpan
from ingest.reading.scalars import name
from ingest.reading.source import Facts

GRAPH = int(Flag.GRAPH)
# What a run is told in its metadata, of which some instrumentations make one attribute each
NODE = "langgraph_node"
KEYS = (
    *(NODE, "checkpoint_ns", "langgraph_checkpoint_ns"),
    *("lc_agent_name", "ls_integration"),
)
# What names itself in the metadata as a part of LangGraph or of an agent that is made of it
OF_GRAPHS = ("langgraph", "langchain_create_agent")


def refine_graph(span: WireSpan, facts: Facts, prefix: str) -> None:
    """The same as `refine_langgraph` for metadata in attributes of this prefix, with or without
    JSON quotes. Marks what is of LangGraph, where the scope does not say so."""
    found: dict[str, Value] = {
        key: said for key in KEYS if (said := name(span.attributes.get(prefix + key)))
    }
    if is_of_graph(found):
        facts.flags |= GRAPH
        if facts.kind is Kind.OTHER:  # Langfuse in JavaScript calls every run a span
            facts.kind = Kind.CHAIN
        refine_langgraph(span, facts, found)


def is_of_graph(metadata: dict[str, Value]) -> bool:
    """Whether a run says in its metadata that it is part of LangGraph."""
    return NODE in metadata or metadata.get("ls_integration") in OF_GRAPHS


def refine_langgraph(span: WireSpan, facts: Facts, metadata: dict[str, Value]) -> None:
    """Tell agents from the nodes and runnables of a graph.

    An agent is the run of a graph that has a name of its own: one made by `create_agent`, which
    names itself in the metadata, or a subgraph that runs as a node of the same name.
    """
    agent = name(metadata.get("lc_agent_name"))
    if agent:
        facts.add("agent", 70, "metadata", agent)
    if facts.kind not in (Kind.AGENT, Kind.CHAIN):
        return
    facts.kind = Kind.CHAIN
    if span.name == agent or is_named_subgraph(span, metadata):
        facts.kind = Kind.AGENT
        facts.add("agent", 65, "name", span.name)


def is_named_subgraph(span: WireSpan, metadata: dict[str, Value]) -> bool:
    """Whether a run is that of a subgraph inside a node of its own name. Only Python's LangGraph
    gives such a run, and nothing else in the node, a `checkpoint_ns` that is the node's."""
    return (
        span.name == metadata.get("langgraph_node")
        and not is_javascript(span)
        and metadata.get("checkpoint_ns") is not None
        and metadata.get("checkpoint_ns") == metadata.get("langgraph_checkpoint_ns")
    )


def is_javascript(span: WireSpan) -> bool:
    """Whether a span comes from a program in JavaScript: its scope is an npm package, or the SDK
    says so (`telemetry.sdk.language`)."""
    language = span.scope.resource.get("telemetry.sdk.language")
    return span.scope.name.startswith("@") or language in ("nodejs", "webjs")
