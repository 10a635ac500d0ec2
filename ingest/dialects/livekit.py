"""LiveKit Agents: `lk.*`; since 1.7 what people said is under `lk.pii.*`.

One call of a model makes several spans inside one another: node, request and attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from agentscope.vocabulary import Message, Part, Value, WireSpan
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import conversation, instructions
from ingest.reading.parts import call
from ingest.reading.scalars import count, name, text, yes
from ingest.reading.source import (
    AGENTS,
    CALLS,
    Events,
    Facts,
    Field,
    Fields,
    Flattened,
    Parse,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_objects import spelled_out

NAME = "livekit"

SPANS = spelled(
    agent="agent_session",
    chain="agent_turn llm_node llm_request_run user_turn start_agent_activity drain_agent_activity",
    llm="llm_request realtime_metrics",
    tool="function_tool",
    other="tts_node tts_request tts_request_run agent_speaking user_speaking eou_detection",
)
METRICS = "lk.llm_metrics"
TOKENS = ("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens")


@lru_cache(256)
def metrics(said: str) -> dict[str, Any]:
    """The numbers of `lk.llm_metrics`; several sources ask for them one after the other."""
    found = mapping(said) or {}
    numbers = spelled_out(found)
    if (cached := count(found.get("prompt_cached_tokens"))) is not None:
        numbers["cache_read_tokens"] = cached
    about = found.get("metadata")
    return numbers | (about if isinstance(about, dict) else {})


def metric(field: str) -> Parse:
    """A parser that takes one of them."""
    return lambda value: metrics(value).get(field) if isinstance(value, str) else None


def history(value: Value) -> list[Message] | None:
    """A chat context: `{"items": [{"type": "message", …}, {"type": "function_call", …}]}`."""
    found = mapping(value)
    return conversation(found.get("items"), 0) or None if found else None


def old_and_new(rest: str, *sources: Source) -> dict[str, tuple[Source, ...]]:
    """The same sources under `lk.pii.…` and, one rank behind, `lk.…`."""
    later = tuple(Source(at.field, at.rank + 1, at.parse, at.only) for at in sources)
    return {f"lk.pii.{rest}": sources, f"lk.{rest}": later}


FIELDS: Fields = {
    "lk.agent_name": Source("agent", 84, name, AGENTS),
    "lk.function_tool.name": Source("tool", 84, name, CALLS),
    "lk.function_tool.id": Source("tool_call_id", 84, text, CALLS),
    "lk.function_tool.is_error": Source("failed", 84, yes),
    **old_and_new("function_tool.arguments", Source("arguments", 38, arguments, CALLS)),
    **old_and_new("function_tool.output", Source("result", 38, result, CALLS)),
    **old_and_new("room_name", Source("conversation", 93)),
    **old_and_new("participant_identity", Source("user", 93 + 3)),
    **old_and_new("instructions", Source("instructions", 84, instructions)),
    **old_and_new("chat_ctx", Source("input_messages", 84, history)),
    **old_and_new("user_input", Source("input", 84)),
    "gen_ai.usage.input_cached_tokens": Source("cache_read_tokens", 85, count),
    "gen_ai.usage.output_audio_tokens": Source("audio_output_tokens", 85, count),
    METRICS: (
        *(Source(cast("Field", field), 86, metric(field)) for field in TOKENS),
        Source("request_model", 86, metric("model_name")),
        Source("system", 86, metric("model_provider")),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Kinds by the names of spans, and the answer out of its pieces."""
    kind = SPANS.get(span.name)
    if kind is not None:
        facts.settle_kind(kind, "name")
    if answer := answer_in(span.attributes):
        facts.add("output_messages", 84, "lk.response", [answer])


def answer_in(attributes: Mapping[str, Value]) -> Message | None:
    """Text and calls, each in an attribute of its own."""
    said = text(attributes.get("lk.pii.response.text") or attributes.get("lk.response.text"))
    parts = [Part("text", said)] if said else []
    made = attributes.get("lk.pii.response.function_calls")
    found = parsed(made or attributes.get("lk.response.function_calls"))
    if isinstance(found, list):
        parts += [call(block) for block in found if isinstance(block, dict)]
    return Message("assistant", parts) if parts else None


REFINE: Refinements = {Scope("livekit"): refine}
