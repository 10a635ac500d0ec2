"""Laminar: `lmnr.*` beside OpenLLMetry's names, which its SDKs build on."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import count, equals, kind_of, name, usd, yes
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    GENERIC,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "laminar"

# DEFAULT, EXECUTOR and PIPELINE say nothing, so they are left out and others are asked.
KINDS = spelled(llm="llm", tool="tool", evaluator="evaluator human_evaluator evaluation")
INPUT_COST, OUTPUT_COST = "gen_ai.usage.input_cost", "gen_ai.usage.output_cost"


def batch(value: Value) -> str | None:
    """The tier of calls that were sent in a batch."""
    return "batch" if yes(value) else None


FIELDS: Fields = {
    "lmnr.span.type": (
        Source("kind", VENDOR, kind_of(KINDS)),
        Source("cached_answer", 71, equals("CACHED", result=True)),
    ),
    "lmnr.span.original_type": Source("kind", VENDOR, kind_of(KINDS)),  # of a cached one
    "lmnr.association.properties.session_id": Source("session", 35),
    "lmnr.association.properties.user_id": Source("user", 35),
    "lmnr.span.input": (
        Source("arguments", 71, arguments, CALLS),
        Source("input_messages", GENERIC + 10, inputs, CONVERSATIONS),
        Source("input", 71),
    ),
    "lmnr.span.output": (
        Source("result", 71, result, CALLS),
        Source("output_messages", GENERIC + 10, outputs, CONVERSATIONS),
        Source("output", 71),
    ),
    "gen_ai.usage.cache_creation.input_tokens.ephemeral_5m": Source(
        "cache_write_5m_tokens", 71, count
    ),
    "gen_ai.usage.cache_creation.input_tokens.ephemeral_1h": Source(
        "cache_write_1h_tokens", 71, count
    ),
    "gen_ai.request.batch": Source("service_tier", 71, batch),
    "aisdk.model.id": Source("request_model", 71, name),
    "aisdk.model.provider": Source("system", 71, name),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """A tool is named by its span."""
    if facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC + 6, "name", span.name)


def add_up(span: WireSpan, facts: Facts) -> None:
    """A cost that is only told in two parts."""
    parts = [usd(span.attributes.get(key)) for key in (INPUT_COST, OUTPUT_COST)]
    known = [part for part in parts if part is not None]
    if known:
        facts.add("reported_cost", 91, INPUT_COST, sum(known[1:], known[0]))


REFINE: Refinements = {"lmnr.span.type": refine, INPUT_COST: add_up}
