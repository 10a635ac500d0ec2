"""OpenLLMetry (Traceloop): `traceloop.*`, and `gen_ai.prompt.0.role` before it took up the
conventions of OpenTelemetry 1.37."""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Content, Kind, Message, Part, Value, WireSpan
from ingest.reading.flattened import Pieces, in_order, items, objects
from ingest.reading.json_values import parsed
from ingest.reading.kinds import request_type, spelled
from ingest.reading.messages import ROLES, inputs, outputs, speaker
from ingest.reading.parts import parts_of
from ingest.reading.scalars import always, count, equals, kind_of, name, text
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    GENERIC,
    JUDGES,
    MARKED,
    REQUEST_TYPE,
    TRACELOOP,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Happening,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, call_id_in, result, tool_in
from ingest.reading.verdicts import refused_if_any, verdict

NAME = "openllmetry"

# "unknown" says nothing, so it is left out and others are asked. A session is an MCP client's.
KINDS = spelled(
    chain="workflow task", agent="agent", tool="tool", handoff="handoff", other="session"
)
FILTERED = "FILTERED"  # in place of content that the provider's filter held back


def read_messages(pieces: Pieces) -> list[Message]:
    """`gen_ai.prompt.0.role` and so on. A completion of role "thinking" is no choice of its own: it
    is what the next one was thinking."""
    found: list[Message] = []
    thoughts: list[Part] = []
    for item in items(pieces):
        if not isinstance(item, dict):
            continue
        message = message_of(item)
        if item.get("role") == "thinking":
            thoughts += [Part("reasoning", part.text) for part in message.parts]
            continue
        message.parts[:0] = thoughts
        thoughts = []
        if found and is_call_of(found[-1], item):
            found[-1].parts += message.parts
        else:
            found.append(message)
    return [*found, Message("assistant", thoughts)] if thoughts else found


def is_call_of(answer: Message, item: dict[str, Any]) -> bool:
    """Whether an entry is no answer of its own but one more call of the answer before it: LiteLLM
    counts calls in the place of choices."""
    return "function_call" in item and "content" not in item and answer.role == "assistant"


def message_of(item: dict[str, Any]) -> Message:
    """One message. The content is JSON where it was a list of parts."""
    said = str(item.get("role", "assistant"))
    role = ROLES.get(said, said)
    content = item.get("content")
    parts = [Part("reasoning", str(item["reasoning"]))] if item.get("reasoning") else []
    if role == "tool" and item.get("tool_call_id") is not None:
        parts.append(Part("tool_result", id=str(item["tool_call_id"]), value=parsed(content)))
    elif content != FILTERED:
        parts += parts_in(content)
    if isinstance(refusal := item.get("refusal"), str):
        parts.append(Part("text", refusal))
    parts += [call_part(block) for block in in_order(item.get("tool_calls"))]
    if isinstance(call := item.get("function_call"), dict):
        parts.append(call_part(call))
    reason = item.get("finish_reason")
    filtered = "content_filter" if content == FILTERED else None
    return Message(speaker(role, parts), parts, finish_reason=text(reason) or filtered)


def parts_in(content: Value) -> list[Part]:
    """The parts of a content. A text is taken for JSON only if that gives parts: an answer that is
    JSON itself stays text."""
    blocks = parsed(content) if isinstance(content, str) and content.startswith("[") else content
    if isinstance(blocks, list) and all(isinstance(at, dict) and "type" in at for at in blocks):
        return parts_of(blocks)
    return parts_of(content if content is None or isinstance(content, str) else str(content))


def call_part(block: Value) -> Part:
    """`tool_calls.0.name`."""
    block = block if isinstance(block, dict) else {}
    return Part(
        "tool_call",
        id=text(block.get("id")),
        name=text(block.get("name")),
        value=parsed(block.get("arguments")),
    )


FIELDS: Fields = {
    "gen_ai.guardrail.status": Source("verdict", 11, verdict, JUDGES),
    "gen_ai.guardrail.failed_guard_count": Source("verdict", 12, refused_if_any, JUDGES),
    "traceloop.span.kind": Source("kind", TRACELOOP, kind_of(KINDS)),
    "llm.request.type": Source("kind", REQUEST_TYPE, request_type),
    "gen_ai.handoff.from_agent": (
        Source("kind", MARKED, always(Kind.HANDOFF)),
        Source("agent", 15, name),
    ),
    "gen_ai.handoff.to_agent": Source("kind", MARKED, always(Kind.HANDOFF)),
    "langgraph.command.goto_node": Source("kind", MARKED, always(Kind.HANDOFF)),
    # CrewAI calls crew, agent and task all `invoke_agent`; only a crew has tasks.
    "crewai.crew.tasks": Source("kind", VENDOR, always(Kind.CHAIN)),
    "crewai.agent.role": Source("agent", 10, name),
    "crewai.agent.max_iter": Source("step_limit", 30, count),
    "traceloop.entity.name": (
        Source("agent", 50, name, AGENTS),
        Source("tool", 60, name, CALLS),
    ),
    "traceloop.association.properties.ls_provider": Source("system", 60, name),
    "traceloop.association.properties.ls_model_name": Source("request_model", 95, name),
    "traceloop.association.properties.lc_agent_name": Source("agent", 70, name),
    "traceloop.association.properties.session_id": Source("session", 30),
    "traceloop.association.properties.conversation_id": Source("conversation", 31),
    "traceloop.association.properties.chat_id": Source("conversation", 32),
    "traceloop.association.properties.thread_id": Source("conversation", 33),
    "traceloop.association.properties.checkpoint_id": Source("continues", 52),
    "traceloop.association.properties.user_id": Source("user", 30),
    "traceloop.association.properties.customer_id": Source("user", 31),
    "llm.usage.prompt_tokens": Source("input_tokens", 60, count),
    "llm.usage.completion_tokens": Source("output_tokens", 60, count),
    "llm.usage.total_tokens": Source("total_tokens", 20, count),
    "llm.usage.reasoning_tokens": Source("reasoning_tokens", 30, count),
    "gen_ai.task.status": Source("failed", 10, equals("failure", result=True)),
    "tool.arguments": Source("arguments", 60, arguments, CALLS),
    "traceloop.entity.input": (
        Source("arguments", 50, arguments, CALLS),
        Source("input_messages", GENERIC + 1, inputs, CONVERSATIONS),
        Source("input", 30),
    ),
    "traceloop.entity.output": (
        Source("result", 50, result, CALLS),
        Source("tool_call_id", 61, call_id_in, CALLS),
        Source("tool", 59, tool_in, CALLS),  # in JavaScript, the entity is called by its class
        Source("output_messages", GENERIC + 1, outputs, CONVERSATIONS),
        Source("output", 30),
    ),
    "gen_ai.task.input": Source("input", 60),
    "gen_ai.task.output": Source("output", 60),
    "mcp.response.value": Source("result", 60, result, CALLS),
}

FLATTENED: Flattened = {
    "gen_ai.prompt": Source("input_messages", 30, read_messages),
    "gen_ai.completion": Source("output_messages", 30, read_messages),
    "llm.request.functions": Source("tools", 30, objects),
}


def search_hit(event: Happening, content: Content) -> None:
    """A document that a vector store found: one event a hit, `db.query.result.score` and so on."""
    prefix = f"{event.name}."
    hit = {
        key.removeprefix(prefix): parsed(value)
        for key, value in event.attributes.items()
        if key.startswith(prefix)
    }
    content.output = [*(content.output or ()), hit]


EVENTS: Events = {"db.query.result": search_hit, "db.search.result": search_hit}


def refine(span: WireSpan, facts: Facts) -> None:
    """Tasks that are something more special than a task."""
    if facts.kind is not Kind.CHAIN:
        return
    attributes = span.attributes
    asked = request_type(attributes.get("llm.request.type"))
    if asked is not None:
        facts.kind = asked
    elif (operation := attributes.get("gen_ai.operation.name")) == "vector_db_retrieve":
        facts.kind = Kind.RETRIEVAL
    elif operation == "execute_tool" or "tool.name" in attributes:
        facts.kind = Kind.TOOL  # LangChain in JavaScript; LlamaIndex: the step that runs the tool
    elif "retriever" in (low := span.name.lower()):
        facts.kind = Kind.RETRIEVAL
    elif low.endswith((".guard", "guardrail")):
        facts.kind = Kind.GUARDRAIL


REFINE: Refinements = {"traceloop.span.kind": refine}
