"""AgentOps: `agentops.*`, with OpenLLMetry's names for model calls and plain words for agents."""

from __future__ import annotations

from agentscope.vocabulary import Value, WireSpan
from ingest.reading.flattened import Pieces, items
from ingest.reading.json_values import parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import equals, kind_of, name
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


def tools_offered(pieces: Pieces) -> list[Value] | None:
    """`gen_ai.request.tools.0.name`, with description and arguments."""
    return [
        {str(key): parsed(value) for key, value in item.items()}
        for item in items(pieces)
        if isinstance(item, dict)
    ] or None


FIELDS: Fields = {
    KIND: Source("kind", VENDOR + 5, kind_of(KINDS)),
    "agentops.entity.name": (
        Source("agent", 57, name, AGENTS),
        Source("tool", 57, name, CALLS),
    ),
    "operation.name": (
        Source("agent", 87, name, AGENTS),
        Source("tool", 77, name, CALLS),
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

FLATTENED: Flattened = {"gen_ai.request.tools": Source("tools", 57, tools_offered)}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Input and output under the name of the kind: `agentops.tool.input`."""
    said = str(span.attributes[KIND])
    for field, key in (("input", f"agentops.{said}.input"), ("output", f"agentops.{said}.output")):
        if key in span.attributes:
            say(facts, field, key, span.attributes[key])


def say(facts: Facts, field: str, key: str, value: Value) -> None:
    """One of the two, as the kind has it."""
    if CALLS >> facts.kind & 1:
        is_input = field == "input"
        facts.add(
            "arguments" if is_input else "result",
            59,
            key,
            arguments(value) if is_input else result(value),
        )
    else:
        facts.add("input" if field == "input" else "output", 86, key, parsed(value))


REFINE: Refinements = {KIND: refine}
