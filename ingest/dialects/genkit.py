"""Genkit: `genkit:*`, with colons. What was used is inside the answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from agentscope.vocabulary import Kind, Value
from ingest.reading.answers import reasons_in, response_id_in
from ingest.reading.json_values import mapping
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import equals, name, text
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    MODEL_CALLS,
    VENDOR,
    Events,
    Field,
    Fields,
    Flattened,
    Parse,
    Refinements,
    Source,
    kinds,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_objects import usage_inside

NAME = "genkit"

SUBTYPES = spelled(
    llm="model background-model",
    embedding="embedder",
    tool="tool tool.v2",
    retrieval="retriever",
    rerank="reranker",
    evaluator="evaluator",
    agent="agent",
)
USE_MODELS = kinds(Kind.LLM, Kind.EMBEDDING, Kind.RERANK)


def subtype(value: Value) -> Kind:
    """The kind of an action; flows, prompts and all others are steps."""
    return SUBTYPES.get(str(value), Kind.CHAIN)


def step(value: Value) -> Kind | None:
    """The kind of a span that is no action, such as the `generate` around the calls of a model."""
    return None if value == "action" else Kind.CHAIN


def plugin(value: Value) -> str | None:
    """Whose model it is: `googleai/gemini-2.5-flash` → googleai."""
    said = name(value)
    return said.partition("/")[0] if said and "/" in said else None


def model(value: Value) -> str | None:
    """The model without the plugin."""
    said = name(value)
    return said.partition("/")[2] or said if said else None


COUNTED = (
    *("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("cache_write_5m_tokens", "cache_write_1h_tokens", "reasoning_tokens"),
    *("audio_input_tokens", "audio_output_tokens", "cache_outside", "reasoning_outside"),
)


@lru_cache(256)
def numbers(said: str) -> dict[str, Any]:
    """What the provider counted, in the answer that Genkit keeps beside its own: its own usage
    leaves out the cache and reasoning of some providers."""
    found = mapping(said) or {}
    return usage_inside(found.get("raw")) or usage_inside(found.get("custom")) or {}


def number(field: str) -> Parse:
    """A parser that takes one of these numbers."""
    return lambda value: numbers(value).get(field) if isinstance(value, str) else None


FIELDS: Fields = {
    "genkit:metadata:subtype": Source("kind", VENDOR, subtype),
    "genkit:type": Source("kind", VENDOR + 5, step),
    "genkit:name": (
        Source("request_model", 81, model, USE_MODELS),
        Source("system", 80, plugin, USE_MODELS),
        Source("tool", 80, name, CALLS),
        Source("agent", 80, name, AGENTS),
    ),
    "genkit:sessionId": Source("session", 80),
    "genkit:state": Source("failed", 80, equals("error", result=True)),
    "genkit:input": (
        Source("arguments", 81, arguments, CALLS),
        Source("input_messages", 80, inputs, CONVERSATIONS),
        Source("input", 80),
    ),
    "genkit:output": (
        Source("result", 81, result, CALLS),
        Source("output_messages", 80, outputs, CONVERSATIONS),
        Source("finish_reasons", 80, reasons_in, MODEL_CALLS),
        Source("response_id", 81, response_id_in, MODEL_CALLS),
        *(Source(cast("Field", field), 81, number(field), MODEL_CALLS) for field in COUNTED),
        Source("output", 80, text),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {}
