"""Strands Agents: OpenTelemetry's names, content in span events in the shape of Bedrock.

Older versions report Bedrock's numbers, whose input leaves the cache out: they know its keys with
underscores only. Since the keys have dots, the input includes it. An agent's span carries the sum
over all its invocations so far.
"""

from __future__ import annotations

from agentscope.vocabulary import Content, Kind, Message, WireEvent, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.parts import joined, parts_of
from ingest.reading.scalars import always, name
from ingest.reading.source import (
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Happening,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments

NAME = "strands"

DOTTED = ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens")
UNDERSCORED = ("gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_write_input_tokens")
SEVERAL_AGENTS = ("invoke_swarm", "invoke_graph")
TEAMS = {"swarm", "graph"}  # stand for the agent's name on a span of several agents
INTERRUPT = "interrupt"
RESULT = "gen_ai.tool.call.result"  # a list of blocks
# How the names of spans began in the first versions, which did not name operations
FIRST_NAMES = (("Model invoke", Kind.LLM), ("Tool: ", Kind.TOOL), ("Cycle ", Kind.CHAIN))

FIELDS: Fields = {
    "memory.store.names": Source("kind", VENDOR + 5, always(Kind.MEMORY)),
    "memory.store.name": Source("kind", VENDOR + 6, always(Kind.MEMORY)),
    "memory.entry.count": Source("kind", VENDOR + 7, always(Kind.MEMORY)),
    "strands.cancellation.type": Source("error_type", 57, name),
}

FLATTENED: Flattened = {}


def asked(event: Happening, content: Content) -> None:
    """What a memory was asked for, or was given to keep."""
    content.input = parsed(event.attributes.get("content"))


def remembered(event: Happening, content: Content) -> None:
    """What a memory found."""
    said = event.attributes.get("results", event.attributes.get("content"))
    content.output = parsed(said) if said is not None else dict(event.attributes)


EVENTS: Events = {"memory.query": asked, "memory.content": asked, "memory.results": remembered}


def refine(span: WireSpan, facts: Facts) -> None:
    """What only the scope tells: how the input was counted, and what is no agent."""
    attributes = span.attributes
    if "gen_ai.operation.name" not in attributes:
        refine_first(span, facts)
    if not any(key in attributes for key in DOTTED) and any(
        key in attributes for key in UNDERSCORED
    ):
        facts.add("cache_outside", 20, "scope", True)
    if span.name in SEVERAL_AGENTS or attributes.get("gen_ai.agent.name") in TEAMS:
        facts.settle_kind(Kind.CHAIN, "name")
        facts.candidates.pop("agent", None)
    if facts.kind is Kind.TOOL and (blocks := attributes.get(RESULT)) is not None:
        facts.add("result", 7, RESULT, joined(parsed(blocks)))
    if facts.kind in (Kind.AGENT, Kind.CHAIN):
        if facts.has("input_tokens"):
            facts.add("roll_up", 37, "scope", True)
        if any(is_interrupt(event) for event in span.events):
            facts.add("error_type", 6, "events", "Interrupt")


def is_interrupt(event: WireEvent) -> bool:
    """Whether an answer ended because a tool asks a person; in either generation of events."""
    said = event.attributes
    if said.get("finish_reason") == INTERRUPT:
        return True
    return f'"finish_reason": "{INTERRUPT}"' in str(said.get("gen_ai.output.messages", ""))


def refine_first(span: WireSpan, facts: Facts) -> None:
    """The kind in the first versions, and content in attributes. An agent's span has its name."""
    attributes = span.attributes
    kind = next((kind for start, kind in FIRST_NAMES if span.name.startswith(start)), None)
    if kind is not None:
        facts.settle_kind(kind, "name")
    elif attributes.get("gen_ai.agent.name") == span.name:
        facts.settle_kind(Kind.AGENT, "gen_ai.agent.name")
    if kind is Kind.TOOL and "tool.parameters" in attributes:
        facts.add("arguments", 7, "tool.parameters", arguments(attributes["tool.parameters"]))
        facts.add("result", 7, "tool.result", joined(parsed(attributes.get("tool.result"))))
    elif kind is Kind.LLM and (said := parts_of(parsed(attributes.get("gen_ai.completion")))):
        facts.add("output_messages", 7, "gen_ai.completion", [Message("assistant", said)])


REFINE: Refinements = {Scope("strands"): refine}
