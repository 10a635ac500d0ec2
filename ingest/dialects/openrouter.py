"""OpenRouter's broadcast: a span for each generation, with a child for each attempt at a provider.

Prices are what the user paid. `gen_ai.provider.name` is who made the model; who served it is in
the metadata.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, Message, Part, Value, WireSpan
from ingest.reading.json_values import mapping
from ingest.reading.parts import call
from ingest.reading.scalars import count, name, text
from ingest.reading.source import (
    CONVERSATIONS,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)

NAME = "openrouter"

TYPE, GENERATION = "span.type", "generation"
SERVED_BY = "trace.metadata.openrouter.provider_slug"


def host(value: Value) -> str | None:
    """Who served the model, without the variant: `novita/fp8` → novita."""
    said = name(value)
    return said.partition("/")[0] if said else None


def answered(value: Value) -> list[Message] | None:
    """`{"completion": …, "reasoning": …, "toolCalls": […]}`."""
    found = mapping(value) if isinstance(value, str) and '"completion"' in value else None
    if not found:
        return None
    parts = [Part("reasoning", said)] if (said := text(found.get("reasoning"))) else []
    if said := text(found.get("completion")):
        parts.append(Part("text", said))
    calls = found.get("toolCalls")
    if isinstance(calls, list):
        parts += [call(block) for block in calls if isinstance(block, dict)]
    return [Message("assistant", parts)] if parts else None


FIELDS: Fields = {
    SERVED_BY: Source("system", 8, host),
    "gen_ai.usage.input_tokens.cached": Source("cache_read_tokens", 87, count),
    "gen_ai.usage.input_tokens.cache_write": Source("cache_write_tokens", 87, count),
    "gen_ai.usage.input_tokens.cache_creation": Source("cache_write_tokens", 88, count),
    "gen_ai.usage.output_tokens.reasoning": Source("reasoning_tokens", 87, count),
    "gen_ai.completion": Source("output_messages", 87, answered, CONVERSATIONS),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Only a generation is a call; attempts at providers are its steps."""
    is_generation = span.attributes.get(TYPE) == GENERATION
    facts.settle_kind(Kind.LLM if is_generation else Kind.CHAIN, TYPE)


REFINE: Refinements = {Scope("openrouter"): refine}
