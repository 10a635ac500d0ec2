"""VoltAgent: plain words such as `span.type` and `entity.name`, which other senders use as well.

All spans of an agent carry its name. Its own span has no type; what it reports is the sum of all
calls, and often the only report of them.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, instructions, outputs
from ingest.reading.scalars import count, kind_of, name, text
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    GENERIC,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "voltagent"

KINDS = spelled(
    agent="agent",
    llm="llm",
    tool="tool",
    memory="memory",
    retrieval="retriever vector",
    embedding="embedding",
    guardrail="guardrail",
    chain="workflow workflow-step",
)
kind_in = kind_of(KINDS)
ENTITY, TYPE, ENTITY_NAME = "entity.type", "span.type", "entity.name"
OURS = ("agent", "workflow")  # entities; New Relic has others
GUESSED = (None, "name", "model")  # kinds that no attribute states

FIELDS: Fields = {
    "voltagent.conversation_id": Source("conversation", 80),
    "conversation.id": Source("conversation", 98),
    "ai.model.name": Source("request_model", 79, name),
    "llm.model": Source("request_model", 82, name),
    "usage.prompt_tokens": Source("input_tokens", 78, count),
    "usage.completion_tokens": Source("output_tokens", 78, count),
    "usage.total_tokens": Source("total_tokens", 78, count),
    "usage.cached_tokens": Source("cache_read_tokens", 78, count),
    "usage.reasoning_tokens": Source("reasoning_tokens", 78, count),
    "llm.usage.cached_tokens": Source("cache_read_tokens", 79, count),
    "tool.call.id": Source("tool_call_id", 78, text, CALLS),
    "agent.instructions": Source("instructions", 78, instructions),
    "agent.messages": Source("input_messages", 78, inputs),
    "llm.messages": Source("input_messages", 79, inputs),
    "input": (
        Source("arguments", 97, arguments, CALLS),
        Source("input_messages", GENERIC + 12, inputs, CONVERSATIONS),
        Source("input", 98),
    ),
    "output": (
        Source("result", 97, result, CALLS),
        Source("output_messages", GENERIC + 12, outputs, CONVERSATIONS),
        Source("output", 98),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Kind and agent, where the entity is one of VoltAgent's."""
    attributes = span.attributes
    entity = attributes.get(ENTITY)
    if entity not in OURS:
        return
    said = kind_in(attributes.get(TYPE)) or kind_in(entity)
    if facts.sources.get("kind") in GUESSED and said is not None:
        facts.settle_kind(said, TYPE if TYPE in attributes else ENTITY)
    if entity == "agent" and (agent := name(attributes.get(ENTITY_NAME))):
        facts.add("agent", 78, ENTITY_NAME, agent)
    if facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC + 8, "name", span.name.removeprefix("tool:"))


REFINE: Refinements = {ENTITY: refine}
