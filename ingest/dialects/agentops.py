"""AgentOps: `agentops.*`, with OpenLLMetry's names for model calls and plain words for agents."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.flattened import objects
from ingest.reading.json_values import parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import equals, kind_of, name, text
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "agentops"

KIND = "agentops.span.kind"
KINDS = spelled(
    chain="session workflow task operation chain workflow.step agent.thinking agent.decision",
    agent="agent agent.action",
    tool="tool",
    llm="llm llm.call text",
    guardrail="guardrail",
    other="http",
)
OUTCOMES = {"success": "success", "fail": "failure", "failure": "failure", "error": "failure"}


def outcome(value: Value) -> str | None:
    """How a session ended; "Indeterminate" says nothing."""
    return OUTCOMES.get(str(value).rsplit(".", 1)[-1].lower())


FIELDS: Fields = {
    KIND: Source("kind", VENDOR + 5, kind_of(KINDS)),
    "agentops.entity.name": (
        Source("agent", 57, name, AGENTS),
        Source("tool", 57, name, CALLS),
    ),
    "agentops.session.end_state": Source("outcome", 47, outcome),
    "tool.result": Source("result", 57, result, CALLS),
    "tool.status": Source("failed", 57, equals("error", result=True)),
    "agentops.entity.input": (
        Source("arguments", 57, arguments, CALLS),
        Source("input_messages", 98, inputs, CONVERSATIONS),
        Source("input", 87),
    ),
    "agentops.entity.output": (
        Source("result", 58, result, CALLS),
        Source("output_messages", 98, outputs, CONVERSATIONS),
        Source("output", 87),
    ),
    "workflow.input": Source("input", 88),
    "workflow.final_output": Source("output", 88),
    "workflow.output": Source("output", 89),
    "workflow.session_id": Source("session", 57),
    "workflow.user_id": Source("user", 57),
}

FLATTENED: Flattened = {"gen_ai.request.tools": Source("tools", 57, objects)}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Everyday names, and input and output under the name of the kind: `agentops.tool.input`."""
    attributes = span.attributes
    is_call = bool(CALLS >> facts.kind & 1)
    named = name(attributes.get("operation.name"))
    if named and (is_call or facts.kind is Kind.AGENT):
        facts.add("tool" if is_call else "agent", 87, "operation.name", named)
    if group := text(attributes.get("group.id")):
        facts.add("conversation", 78, "group.id", group)
    given, made = (f"agentops.{attributes[KIND]}.{end}" for end in ("input", "output"))
    if given in attributes and is_call:
        facts.add("arguments", 59, given, arguments(attributes[given]))
    elif given in attributes:
        facts.add("input", 86, given, parsed(attributes[given]))
    if made in attributes and is_call:
        facts.add("result", 59, made, result(attributes[made]))
    elif made in attributes:
        facts.add("output", 86, made, parsed(attributes[made]))


REFINE: Refinements = {KIND: refine}
