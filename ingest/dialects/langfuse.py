"""Langfuse's SDKs, and whoever sets `langfuse.*` on spans for it.

`langfuse.observation.type` is what the user says a span is. `span` is the exception: it only says
that this is no model call, so that any usage on it repeats that of others. Usage details are
disjoint: `input` leaves out what was read from the cache, `output` leaves out reasoning.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from agentscope.vocabulary import Kind, Message, Value, WireSpan
from ingest.reading.answers import response_id_in
from ingest.reading.errors import is_control_flow, name_in_message
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.langgraph import refine_graph
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import always, count, equals, kind_of, name, text, tier, usd
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    GENERIC,
    MODEL_CALLS,
    STATED,
    Events,
    Facts,
    Field,
    Fields,
    Flattened,
    Parse,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, call_id_in, result
from ingest.reading.usage_objects import spelled_out

NAME = "langfuse"

KINDS = spelled(
    llm="generation",
    embedding="embedding",
    agent="agent",
    tool="tool",
    chain="chain",
    retrieval="retriever",
    guardrail="guardrail",
    evaluator="evaluator",
    other="event",
)
TYPE = "langfuse.observation.type"
PREFIX = "langfuse.observation.metadata."
MESSAGE = "langfuse.observation.status_message"
NO_CALL = "span"  # the type that says only that
COUNTED = (
    *("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("cache_write_5m_tokens", "cache_write_1h_tokens", "reasoning_tokens"),
    *("audio_input_tokens", "audio_output_tokens", "service_tier"),
    *("cache_outside", "reasoning_outside"),
)
# Buckets beside `input` and `output`, by what they are; the integrations name them differently.
# Those with a tier in their names come from LangChain, and are not taken off `input` and `output`.
BUCKETS = {
    "cache_read_tokens": "input_cache_read input_cached_tokens input_cached_content "
    "input_priority_cache_read input_flex_cache_read",
    "cache_write_tokens": "input_cache_creation input_cache_write",
    "cache_write_5m_tokens": "input_cache_creation_5m input_ephemeral_5m_input_tokens",
    "cache_write_1h_tokens": "input_cache_creation_1h input_ephemeral_1h_input_tokens",
    "audio_input_tokens": "input_audio input_audio_tokens",
    "reasoning_tokens": "output_reasoning output_reasoning_tokens output_priority_reasoning "
    "output_flex_reasoning",
    "audio_output_tokens": "output_audio output_audio_tokens",
}
TIERS = ("priority", "flex")


@lru_cache(256)
def details(said: str) -> dict[str, Any]:
    """The numbers of `usage_details` under our names; several sources ask for them one after the
    other. Details in the words of a provider count as that provider counts."""
    found = mapping(said) or {}
    if "input" not in found and "output" not in found:
        return spelled_out(found)
    numbers: dict[str, Any] = {
        field: sum(amounts)
        for field, keys in BUCKETS.items()
        if (amounts := [n for key in keys.split() if (n := count(found.get(key))) is not None])
    }
    for field in ("input", "output", "total"):
        if (amount := count(found.get(field))) is not None:
            numbers[f"{field}_tokens"] = amount
    if not adds_up(numbers):
        take_apart(numbers)
    for named in TIERS:
        if f"input_{named}" in found or f"output_{named}" in found:
            numbers["service_tier"] = named
    return numbers


def adds_up(numbers: dict[str, Any]) -> bool:
    """Whether the total says that the buckets are inside of input and output after all."""
    total = numbers.get("total_tokens")
    return total is not None and total == sum(
        numbers.get(whole, 0) for whole in ("input_tokens", "output_tokens")
    )


def take_apart(numbers: dict[str, Any]) -> None:
    """Say that the parts are beside the whole. Audio is added here: nobody else leaves it out."""
    numbers["cache_outside"] = numbers["reasoning_outside"] = True
    for way in ("input", "output"):
        if f"{way}_tokens" in numbers:
            numbers[f"{way}_tokens"] += numbers.get(f"audio_{way}_tokens", 0)


def number(field: str) -> Parse:
    """A parser that takes one of these numbers."""
    return lambda value: details(value).get(field) if isinstance(value, str) else None


def parameter_tier(value: Value) -> str | None:
    """The tier of service among the parameters of a call."""
    said = mapping(value) if isinstance(value, str) and '"service_tier"' in value else None
    return tier(said.get("service_tier")) if said else None


def cost(value: Value) -> Decimal | None:
    """The total of `cost_details`, USD, else the sum of its parts."""
    found = mapping(value)
    if not found:
        return None
    if (total := usd(found.get("total"))) is not None:
        return total
    parts = [amount for said in found.values() if (amount := usd(said)) is not None]
    return sum(parts, Decimal(0)) if parts else None


def offered(value: Value) -> list[Value] | None:
    """The definitions of tools, which the handler for LangChain appends to the messages."""
    found = parsed(value) if holds_definitions(value) else None
    return [each["content"] for each in found if defines(each)] if isinstance(found, list) else None


def sent(value: Value) -> list[Message] | None:
    """What a model was told, without those."""
    found = parsed(value) if holds_definitions(value) else value
    if isinstance(found, list):
        return inputs([each for each in found if not defines(each)])
    return inputs(value)


def holds_definitions(value: Value) -> bool:
    """Whether a text may hold definitions of tools: looking is cheaper than parsing it twice."""
    return isinstance(value, str) and value.startswith("[") and '"function"' in value


def defines(message: Any) -> bool:
    """Whether a message is the definition of a tool."""
    content = message.get("content") if isinstance(message, dict) else None
    return isinstance(content, dict) and isinstance(content.get("function"), dict)


FIELDS: Fields = {
    TYPE: Source("kind", STATED, kind_of(KINDS)),
    "langfuse.experiment.id": Source("evaluation", 20, always(True)),
    "langfuse.experiment.item.id": Source("evaluation", 21, always(True)),
    "langfuse.observation.model.name": (
        Source("response_model", 53, name),
        Source("request_model", 53, name),
    ),
    "langfuse.observation.usage_details": tuple(
        Source(cast("Field", field), 3, number(field)) for field in COUNTED
    ),
    "langfuse.observation.model.parameters": Source("service_tier", 33, parameter_tier),
    "langfuse.observation.cost_details": Source("reported_cost", 3, cost),
    "langfuse.session.id": Source("session", 3),
    "langfuse.user.id": Source("user", 3),
    "langfuse.environment": Source("environment", 3),
    "langfuse.observation.level": Source("failed", 3, equals("ERROR", result=True)),
    MESSAGE: Source("error_message", 33),
    "langfuse.observation.input": (
        Source("arguments", 3, arguments, CALLS),
        Source("input_messages", 3, sent, CONVERSATIONS),
        Source("tools", 3, offered, MODEL_CALLS),
        Source("input", 3),
    ),
    "langfuse.observation.output": (
        Source("result", 3, result, CALLS),
        Source("tool_call_id", 54, call_id_in, CALLS),
        Source("response_id", 53, response_id_in, MODEL_CALLS),
        Source("output_messages", 3, outputs, CONVERSATIONS),
        Source("output", 3),
    ),
    f"{PREFIX}langfuse_session_id": Source("session", 83, name),
    f"{PREFIX}session_id": Source("session", 84, name),
    f"{PREFIX}conversation_id": Source("conversation", 83, name),
    f"{PREFIX}thread_id": Source("conversation", 84, name),
    f"{PREFIX}checkpoint_id": Source("continues", 53, name),
    f"{PREFIX}user_id": Source("user", 83, name),
    f"{PREFIX}ls_provider": Source("system", 83, name),
    f"{PREFIX}ls_model_name": Source("request_model", 83, name),
    f"{PREFIX}tool_call_id": Source("tool_call_id", 53, name, CALLS),
    "langfuse.trace.input": Source("input", 83),
    "langfuse.trace.output": Source("output", 83),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Names of agents and tools, which are the names of their spans; roll-ups; and control flow,
    which LangChain's callbacks report as a message without an error."""
    attributes = span.attributes
    if attributes[TYPE] == NO_CALL:
        facts.add("roll_up", 3, TYPE, True)
    said = text(attributes.get(MESSAGE))
    if said and is_control_flow(jump := name_in_message(said), said):
        facts.add("error_type", 33, MESSAGE, jump)
    if facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC + 5, "name", span.name)
    refine_graph(span, facts, PREFIX)
    if AGENTS >> facts.kind & 1:
        facts.add("agent", GENERIC + 5, "name", span.name)


REFINE: Refinements = {TYPE: refine}
