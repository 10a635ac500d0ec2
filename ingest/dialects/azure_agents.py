"""Azure AI Agents and AI Projects: `az.namespace`, runs of threads that happen on the server.

The span of a run carries all its usage. Fetching or listing runs repeats it and calls no model;
events repeat it piece by piece.
"""

from __future__ import annotations

from agentscope.vocabulary import Content, Kind, Message, Part, Value, WireSpan
from ingest.reading.json_values import mapping
from ingest.reading.messages import conversation
from ingest.reading.parts import call
from ingest.reading.source import (
    Events,
    Facts,
    Fields,
    Flattened,
    Happening,
    Refinements,
    Source,
)

NAME = "azure_agents"

FAILED = {"failed", "expired", "incomplete"}
CONTENT = "gen_ai.event.content"
NAMESPACE = "Microsoft.CognitiveServices"


def failed(value: Value) -> bool | None:
    """Whether a run ended badly."""
    return True if str(value).lower() in FAILED else None


FIELDS: Fields = {
    "gen_ai.thread.run.status": Source("failed", 47, failed),
}

FLATTENED: Flattened = {}


def tool_calls(event: Happening, content: Content) -> None:
    """Calls of a step of a run, as one message: `{"tool_calls": [{"id": …, "function": …}]}`."""
    found = mapping(event.attributes.get(CONTENT)) or {}
    blocks = found.get("tool_calls")
    parts = [call(block) for block in blocks or () if isinstance(block, dict)]
    if parts:
        content.output_messages.append(Message("assistant", parts))


def item(event: Happening, content: Content) -> None:
    """An item of a conversation, in either direction."""
    found = conversation(mapping(event.attributes.get(CONTENT)) or {}, 0)
    for message in found:
        is_answer = message.role == "assistant"
        (content.output_messages if is_answer else content.input_messages).append(message)


def action(event: Happening, content: Content) -> None:
    """A step of a workflow on the server."""
    if found := mapping(event.attributes.get(CONTENT)):
        said = Message("assistant", [Part("other", value=found)])
        content.output_messages.append(said)


EVENTS: Events = {
    "gen_ai.run_step.tool_calls": tool_calls,
    "gen_ai.conversation.item": item,
    "gen_ai.workflow.action": action,
}


def refine(span: WireSpan, facts: Facts) -> None:
    """What only fetches or manages repeats the usage of the run."""
    if span.attributes.get("az.namespace") != NAMESPACE:
        return
    if facts.kind is Kind.OTHER and facts.has("input_tokens"):
        facts.add("roll_up", 47, "gen_ai.operation.name", True)


REFINE: Refinements = {"az.namespace": refine}
