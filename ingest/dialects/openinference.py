"""OpenInference (Arize): `openinference.span.kind`, `llm.*`, `input.value`."""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Kind, Message, Part, Value, WireSpan
from ingest.reading.answers import model_in, reasons_of_choices, response_id_in
from ingest.reading.asked import answer_before, model_asked
from ingest.reading.flattened import Pieces, in_order, items
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.langgraph import refine_langgraph
from ingest.reading.messages import ROLES, messages, speaker
from ingest.reading.scalars import always, count, kind_of, name, text, usd, words
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    EVIDENCE,
    GENERIC,
    MODEL_CALLS,
    OPENINFERENCE,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, call_id_in, not_schema, result

NAME = "openinference"

# UNKNOWN says nothing, so it is left out and others are asked.
KINDS = spelled(
    llm="llm decision",
    embedding="embedding",
    chain="chain prompt",
    retrieval="retriever",
    rerank="reranker",
    tool="tool",
    agent="agent",
    guardrail="guardrail",
    evaluator="evaluator",
)


def read_messages(pieces: Pieces) -> list[Message]:
    """`llm.input_messages.0.message.role` and so on. Positions may begin at 1 or have holes."""
    return [
        message_of(inner | {"function": item.get("function")})
        for item in items(pieces)
        if isinstance(item, dict) and isinstance(inner := item.get("message"), dict)
    ]


def message_of(item: dict[str, Any]) -> Message:
    """One message. `contents` says more than `content`, so it wins."""
    role = str(item.get("role", "assistant"))
    role = ROLES.get(role, role)
    parts = [part for block in in_order(item.get("contents")) for part in content_part(block)]
    content = item.get("content")
    if role == "tool" and item.get("tool_call_id") is not None:
        identity = str(item["tool_call_id"])
        given = parsed(content) if content is not None else joined(parts)
        parts = [Part("tool_result", id=identity, name=name(item.get("name")), value=given)]
    elif not parts and content not in (None, ""):
        parts = [Part("text", str(content))]
    parts += [call_part(block) for block in in_order(item.get("tool_calls"))]
    parts += map(result_part, in_order(item.get("function")))
    if old := item.get("function_call_name"):
        value = parsed(item.get("function_call_arguments_json"))
        parts.append(Part("tool_call", name=str(old), value=value))
    ended = text(item.get("finish_reason"))
    return Message(speaker(role, parts), parts, name(item.get("name")), ended)


def joined(parts: list[Part]) -> str:
    """Parts that are texts as one text."""
    return "\n".join(part.text for part in parts if part.text)


def result_part(block: Value) -> Part:
    """What a tool gave back, which AutoGen's instrumentation puts beside the message."""
    said = mapping(block) or {}
    told = text(said.get("call_id")), name(said.get("name")), said.get("content")
    return Part("tool_result", None, *told, is_error=said.get("is_error") is True)


def content_part(block: Value) -> list[Part]:
    """One piece of a content: text, reasoning, or media as it came."""
    inner = block.get("message_content") if isinstance(block, dict) else None
    if not isinstance(inner, dict) or inner.keys() <= {"type"}:
        return []  # a bare `tool_use` stands for the call in `tool_calls`
    said, kind = inner.get("text"), inner.get("type")
    if kind == "reasoning":
        return [Part("reasoning", str(said or ""), id=text(inner.get("id")))]
    if isinstance(said, str):
        return [Part("text", said)]
    return [Part("media" if kind in MEDIA else "other", value=plain_keys(inner))]


MEDIA = {"image", "audio", "video", "document"}


def plain_keys(node: Value) -> Value:
    """A nested dict with text keys only, as JSON wants them."""
    if not isinstance(node, dict):
        return node
    return {str(key): plain_keys(value) for key, value in node.items()}


def call_part(block: Value) -> Part:
    """`tool_calls.0.tool_call.function.name`."""
    inner = block.get("tool_call") if isinstance(block, dict) else None
    inner = inner if isinstance(inner, dict) else {}
    function = inner.get("function")
    function = function if isinstance(function, dict) else {}
    return Part(
        "tool_call",
        id=text(inner.get("id")),
        name=text(function.get("name")),
        value=parsed(function.get("arguments")),
    )


def schemas(pieces: Pieces) -> list[Value] | None:
    """`llm.tools.0.tool.json_schema`."""
    found = (item.get("tool") for item in items(pieces) if isinstance(item, dict))
    return [parsed(tool.get("json_schema")) for tool in found if isinstance(tool, dict)] or None


def documents(pieces: Pieces) -> list[Value] | None:
    """`retrieval.documents.0.document.content`, with id, score and metadata."""
    found = (item.get("document") for item in items(pieces) if isinstance(item, dict))
    return [plain_keys(document) for document in found if isinstance(document, dict)] or None


def texts(*path: str) -> Any:
    """A reader of lists whose items hold one text at this path."""

    def read(pieces: Pieces) -> list[str] | None:
        found = [value for at, value in pieces if at[1:] == path and isinstance(value, str)]
        return found or None

    return read


def said_by(role: str, *path: str) -> Any:
    """The same as messages of one speaker."""
    read = texts(*path)
    return lambda pieces: [Message(role, [Part("text", said)]) for said in read(pieces) or ()]


def model_answered(value: Value) -> str | None:
    """The model that an answer names. An SDK's limit of attributes cuts the first ones off, and
    with them the model, but the answer is one of the last."""
    return model_in(value) if isinstance(value, str) and value.startswith("{") else None


FIELDS: Fields = {
    "openinference.span.kind": Source("kind", OPENINFERENCE, kind_of(KINDS)),
    "llm.provider": Source("system", 20, name),
    "llm.system": Source("system", 21, name),
    "llm.response.model_name": Source("response_model", 20, name),
    "llm.model_name": Source("response_model", 30, name),
    "llm.request.model_name": Source("request_model", 20, name),
    "llm.invocation_parameters": (
        Source("request_model", 90, model_asked),
        Source("continues", 30, answer_before, MODEL_CALLS),
    ),
    "embedding.model_name": Source("request_model", 60, name),
    "reranker.model_name": Source("request_model", 61, name),
    "decision.model_name": Source("request_model", 62, name),
    "agent.name": Source("agent", 30, name),
    "agent.id": Source("agent_id", 20),
    "graph.node.name": Source("agent", 60, name, AGENTS),
    "graph.node.id": Source("agent", 61, name, AGENTS),
    "tool.name": Source("tool", 20, name, CALLS),
    "tool.id": Source("tool_call_id", 30, text, CALLS),
    "tool_call.id": Source("tool_call_id", 40, text, CALLS),
    "message.tool_call_id": Source("tool_call_id", 41, text, CALLS),
    "tool.parameters": Source("arguments", 80, not_schema, CALLS),
    "llm.finish_reason": Source("finish_reasons", 30, words),
    "llm.token_count.prompt": Source("input_tokens", 20, count),
    "llm.token_count.completion": (
        Source("output_tokens", 20, count),
        # The kind goes missing where an SDK's limit of 128 attributes cuts the first ones off.
        Source("kind", EVIDENCE + 5, always(Kind.LLM)),
    ),
    "llm.token_count.total": Source("total_tokens", 30, count),
    "llm.token_count.prompt_details.cache_read": Source("cache_read_tokens", 30, count),
    "llm.token_count.prompt_details.cache_input": Source("cache_read_tokens", 90, count),
    "llm.token_count.prompt_details.cache_write": Source("cache_write_tokens", 30, count),
    "llm.token_count.completion_details.reasoning": Source("reasoning_tokens", 40, count),
    "llm.token_count.prompt_details.audio": Source("audio_input_tokens", 30, count),
    "llm.token_count.completion_details.audio": Source("audio_output_tokens", 30, count),
    "llm.cost.total": Source("reported_cost", 20, usd),
    "llm.user": Source("user", 50),
    "input.value": (
        Source("arguments", 85, arguments, CALLS),
        Source("input_messages", GENERIC, messages, CONVERSATIONS),
        Source("input", 20),
    ),
    "output.value": (
        Source("result", 80, result, CALLS),
        Source("tool_call_id", 62, call_id_in, CALLS),
        Source("response_id", 80, response_id_in, MODEL_CALLS),
        Source("response_model", 95, model_answered, MODEL_CALLS),
        Source("output_messages", GENERIC, messages, CONVERSATIONS),
        # Of several answers `llm.finish_reason` says one reason.
        Source("finish_reasons", 25, reasons_of_choices, MODEL_CALLS),
        Source("output", 20),
    ),
    "reranker.query": (Source("input", 15), Source("kind", EVIDENCE + 3, always(Kind.RERANK))),
}

FLATTENED: Flattened = {
    "llm.input_messages": Source("input_messages", 20, read_messages),
    "llm.output_messages": Source("output_messages", 20, read_messages),
    "llm.prompts": Source("input_messages", 70, said_by("user", "prompt", "text")),
    "llm.choices": Source("output_messages", 70, said_by("assistant", "completion", "text")),
    "llm.tools": Source("tools", 20, schemas),
    "retrieval.documents": Source("output", 15, documents),
    "reranker.output_documents": Source("output", 16, documents),
    "embedding.embeddings": Source("input", 15, texts("embedding", "text")),
}

EVENTS: Events = {}


AGENTS_SDK = ("openai_agents", "openai-agents")  # ends of scopes, in Python and in JavaScript


def refine(span: WireSpan, facts: Facts) -> None:
    """What some of its instrumentations mean by their kinds and names."""
    refine_by_metadata(span, facts)
    scope = span.scope.name
    if scope.endswith(AGENTS_SDK) and facts.kind is Kind.AGENT:
        if "graph.node.id" not in span.attributes:
            facts.kind = Kind.CHAIN  # the SDK's trace as a whole
    elif span.name.endswith("._prepare_chat_with_tools"):
        facts.kind = Kind.CHAIN  # LlamaIndex puts a request together; the call is another span
    if scope.endswith("claude_agent_sdk"):
        facts.add("cache_outside", 10, "scope", True)
    if facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC, "name", strip_method(span.name))
        if span.name.startswith("handoff to "):  # OpenAI's Agents SDK: the input is who hands off
            facts.add("agent", 15, "input.value", text(span.attributes.get("input.value")) or "")
    elif facts.kind is Kind.AGENT:
        facts.add("agent", GENERIC, "name", agent_in(span.name))


METHODS = (".run", ".arun", ".__call__", ".on_messages_stream", ".invoke")


def strip_method(span_name: str) -> str:
    """`search.run` → search."""
    for method in METHODS:
        span_name = span_name.removesuffix(method)
    return span_name


def agent_in(span_name: str) -> str:
    """The agent in a span name: `agent_run [planner]` → planner, `planner.run` → planner."""
    start, bracket, rest = span_name.partition(" [")
    return rest.removesuffix("]") if bracket and start == "agent_run" else strip_method(span_name)


CHECKPOINT = "checkpoint_id"  # of LangGraph, where a run goes on from one
# What applications call a session in the metadata, first as Python and then as JavaScript spells it
SESSIONS = (
    *enumerate(("session_id", "conversation_id", "thread_id"), 60),
    *enumerate(("sessionId", "conversationId", "threadId"), 160),
    (50, CHECKPOINT),
)

LIMITS = ("max_turns", "max_iterations", "max_steps", "recursion_limit")


def refine_by_metadata(span: WireSpan, facts: Facts) -> None:
    """What LangChain and LangGraph say in the metadata of a run."""
    found = mapping(span.attributes.get("metadata"))
    if not found:
        return
    for rank, key in SESSIONS:
        if said := text(found.get(key)):
            facts.add("continues" if key == CHECKPOINT else "session", rank, "metadata", said)
    if said := text(found.get("ls_provider")):
        facts.add("system", 60, "metadata", said)
    if said := text(found.get("ls_model_name")):
        facts.add("request_model", 95, "metadata", said)
    for rank, limit in enumerate(map(count, map(found.get, LIMITS)), 40):
        facts.add("step_limit", rank, "metadata", limit)
    if "ls_integration" in found or "langgraph_node" in found:
        refine_langgraph(span, facts, found)


REFINE: Refinements = {"openinference.span.kind": refine}
