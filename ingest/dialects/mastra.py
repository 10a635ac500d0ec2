"""Mastra: `mastra.span.type` beside OpenTelemetry's GenAI conventions.

A generation stands around steps, and a step, since 1.0, around inferences. Which of them says the
model and what was used differs by version; one that says neither only leads to those that do.
"""

from __future__ import annotations

from typing import Any, cast

from agentscope.vocabulary import Kind, Message, Part, Value, WireSpan
from ingest.reading.answers import model_in, response_id_in
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, messages
from ingest.reading.parts import call
from ingest.reading.scalars import count, kind_of, text
from ingest.reading.source import (
    GENERIC,
    VENDOR,
    Events,
    Facts,
    Field,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.usage_objects import usage_inside

NAME = "mastra"

KINDS = spelled(
    agent="agent_run",
    chain="workflow_run workflow_step workflow_conditional workflow_conditional_eval "
    "workflow_parallel workflow_loop workflow_sleep workflow_wait_event rag_ingestion mapping",
    llm="model_generation model_step model_inference llm_generation",
    tool="tool_call mcp_tool_call provider_tool_call",
    embedding="rag_embedding",
    retrieval="rag_vector_operation rag_action graph_action",
    memory="memory_operation",
    guardrail="processor_run",
    other="model_chunk llm_chunk workspace_action",
)
BODY = "mastra.metadata.body"
# What makes a span the report of a call, rather than a step around one
OF_A_CALL = (
    "gen_ai.request.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    *("llm.model_name", "llm.token_count.prompt", "llm.token_count.completion"),  # for Arize
)


def answered(value: Value) -> list[Message] | None:
    """`{"text": …, "toolCalls": […], "reasoning": […]}`."""
    found = mapping(value)
    if found is None:
        return None
    parts = [Part("reasoning", said) for said in texts(found.get("reasoning"))]
    if said := text(found.get("text")):
        parts.append(Part("text", said))
    parts += [call(block) for block in objects(found.get("toolCalls"))]
    return [Message("assistant", parts)] if parts else None


def texts(found: Value) -> list[str]:
    """Reasoning, as one text or in pieces."""
    if isinstance(found, str):
        return [found] if found else []
    return [said for block in objects(found) if (said := text(block.get("text")))]


def objects(found: Value) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [block for block in found if isinstance(block, dict)] if isinstance(found, list) else []


def content(kind: str, rank: int) -> dict[str, tuple[Source, ...]]:
    """Input and output of one type of span, which are called after it."""
    return {
        f"mastra.{kind}.input": (
            Source("input_messages", rank, inputs if kind == "agent_run" else messages),
            Source("input", rank),
        ),
        f"mastra.{kind}.output": (
            Source("output_messages", rank, answered),
            Source("output", rank),
        ),
    }


FIELDS: Fields = {
    "mastra.span.type": Source("kind", VENDOR, kind_of(KINDS)),
    "mastra.metadata.sessionId": Source("session", 63),
    "mastra.metadata.session_id": Source("session", 64),
    "mastra.metadata.threadId": Source("conversation", 63),
    "mastra.metadata.userId": Source("user", 63),
    "mastra.metadata.resourceId": Source("user", 93),  # whose threads they are, in its memory
    "mastra.metadata.environment": Source("environment", 63),
    "mastra.metadata.toolCallId": Source("tool_call_id", 63),
    "gen_ai.usage.audio_input_tokens": Source("audio_input_tokens", 63, count),
    "gen_ai.usage.audio_output_tokens": Source("audio_output_tokens", 63, count),
    **content("agent_run", 63),
    **content("model_generation", 64),
    **content("model_step", 65),
    **content("model_inference", 66),
    "mastra.workflow_run.input": Source("input", 67),
    "mastra.workflow_run.output": Source("output", 67),
    "mastra.workflow_step.input": Source("input", 68),
    "mastra.workflow_step.output": Source("output", 68),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Tell calls from the steps around them."""
    attributes = span.attributes
    if facts.kind is Kind.LLM and not any(key in attributes for key in OF_A_CALL):
        if not is_answered(span, facts):
            facts.kind = Kind.CHAIN
    elif facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC + 3, "name", span.name)


def is_answered(span: WireSpan, facts: Facts) -> bool:
    """Whether a step keeps what the provider answered, where only the generation around all steps
    says what they used. Later exporters say it on the inferences, and call a step `agent_step`."""
    attributes = span.attributes
    if attributes["mastra.span.type"] != "model_step" or "agent_step" in span.name:
        return False
    source, body = kept_answer(attributes)
    used = usage_inside(parsed(body)) or {}
    for field, number in used.items():
        facts.add(cast("Field", field), 163, source, number)
    if used:
        facts.add("response_id", 163, source, response_id_in(body))
        facts.add("response_model", 163, source, model_in(body))
    return bool(used)


def kept_answer(attributes: dict[str, Value]) -> tuple[str, Value]:
    """The attribute that holds the body of the provider's answer, and the body as JSON."""
    if body := attributes.get(BODY):
        return BODY, body
    return "metadata", (mapping(attributes.get("metadata")) or {}).get("body")


REFINE: Refinements = {"mastra.span.type": refine}
