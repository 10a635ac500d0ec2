"""Haystack's own tracer: `haystack.*`, on spans whose names say what they are.

Components have one name for their spans, `haystack.component.run`, and say their class; what the
names of the others mean is in `reading.kinds`. Usage and model are only inside the answers.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, Message, Part, Value
from ingest.reading.answers import model_in, reasons_in
from ingest.reading.json_values import mapping
from ingest.reading.messages import inputs, messages
from ingest.reading.scalars import count, name, text, yes
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    VENDOR,
    Events,
    Fields,
    Flattened,
    Refinements,
    Source,
    kinds,
)
from ingest.reading.tools import arguments, result

NAME = "haystack"

# Endings of the names of component classes. All others are steps of a pipeline.
ENDINGS = (
    (Kind.LLM, "Generator"),
    (Kind.RETRIEVAL, "Retriever"),
    (Kind.RETRIEVAL, "WebSearch"),
    (Kind.EMBEDDING, "Embedder"),
    (Kind.RERANK, "Ranker"),
    (Kind.TOOL, "ToolInvoker"),
    (Kind.AGENT, "Agent"),
    (Kind.EVALUATOR, "Evaluator"),
)
USE_MODELS = kinds(Kind.LLM, Kind.EMBEDDING, Kind.RERANK)


def component(value: Value) -> Kind:
    """The kind of a component by its class."""
    said = text(value) or ""
    return next((kind for kind, ending in ENDINGS if said.endswith(ending)), Kind.CHAIN)


def call_in(value: Value) -> Part | None:
    """The last call in the messages that a step or a ToolInvoker is to answer. It may have been
    given several; the answers tell them all."""
    found = messages(value) if isinstance(value, str) and "tool_call" in value else None
    parts = [part for message in reversed(found or ()) for part in message.parts]
    return next((part for part in parts if part.type == "tool_call"), None)


def call_arguments(value: Value) -> Value:
    """Arguments, given plainly or, before version 3, in the messages of the conversation."""
    if call := call_in(value):
        return call.value
    return arguments(value)


def call_result(value: Value) -> Value:
    """A result, given plainly or in a message that answers a call."""
    told = mapping(value) if isinstance(value, str) and "tool_call_result" in value else None
    found = messages(told.get("tool_messages")) if told else None
    parts = [part for message in found or () for part in message.parts]
    answer = next((part for part in parts if part.type == "tool_result"), None)
    return answer.value if answer else result(value)


def called(value: Value) -> str | None:
    """The tool of such a call."""
    call = call_in(value)
    return call.name if call else None


def called_as(value: Value) -> str | None:
    """The id of such a call."""
    call = call_in(value)
    return call.id if call else None


def error_in(value: Value) -> str | None:
    """What a tool that failed says instead of a result."""
    found = mapping(value) if isinstance(value, str) and value.startswith('{"error"') else None
    return text(found.get("error")) if found else None


def answered(value: Value) -> list[Message] | None:
    """What an agent or a generator answered: an agent gives the whole conversation, too, and the
    generators of texts give texts."""
    found = mapping(value) or {}
    last, replies = found.get("last_message"), found.get("replies")
    if isinstance(replies, list) and all(isinstance(reply, str) for reply in replies):
        return [Message("assistant", [Part("text", reply)]) for reply in replies] or None
    return messages(last if isinstance(last, dict) else value)


FIELDS: Fields = {
    "haystack.component.type": Source("kind", VENDOR, component),
    "haystack.component.name": Source("agent", 93, name, AGENTS),
    "haystack.tool.name": Source("tool", 53, name, CALLS),
    "haystack.tool.call.id": Source("tool_call_id", 55, text, CALLS),
    "haystack.agent.max_steps": Source("step_limit", 33, count),
    "haystack.tool.error": Source("failed", 53, yes),
    "haystack.agent.step.tool.input": (
        Source("arguments", 53, call_arguments, CALLS),
        Source("tool", 63, called, CALLS),
        Source("tool_call_id", 56, called_as, CALLS),
    ),
    "haystack.agent.step.tool.output": (
        Source("result", 53, call_result, CALLS),
        Source("error_message", 53, error_in),
    ),
    "haystack.agent.step.llm.input": (
        Source("input_messages", 53, messages),
        Source("input", 53),
    ),
    "haystack.agent.step.llm.output": (
        Source("output_messages", 53, answered),
        Source("response_model", 83, model_in),
        Source("finish_reasons", 83, reasons_in),
        Source("output", 53),
    ),
    "haystack.component.input": (
        Source("input_messages", 54, inputs, CONVERSATIONS),
        Source("arguments", 54, call_arguments, CALLS),
        Source("tool", 64, called, CALLS),
        Source("tool_call_id", 57, called_as, CALLS),
        Source("input", 54),
    ),
    "haystack.component.output": (
        Source("output_messages", 54, answered, CONVERSATIONS),
        Source("result", 54, call_result, CALLS),
        Source("response_model", 84, model_in, USE_MODELS),
        Source("finish_reasons", 84, reasons_in, USE_MODELS),
        Source("output", 54),
    ),
    "haystack.agent.input": (
        Source("input_messages", 55, messages, AGENTS),
        Source("input", 55),
    ),
    "haystack.agent.output": (
        Source("output_messages", 55, answered, AGENTS),
        Source("output", 55),
    ),
    "haystack.pipeline.input_data": Source("input", 56),
    "haystack.pipeline.output_data": Source("output", 56),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {}
