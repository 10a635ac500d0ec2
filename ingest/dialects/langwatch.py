"""LangWatch: `langwatch.*`. Content comes with a note of its type: `{"type": …, "value": …}`."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from agentscope.vocabulary import Value, WireSpan
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import kind_of, text, usd
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    GENERIC,
    VENDOR,
    Events,
    Facts,
    Field,
    Fields,
    Flattened,
    Parse,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_objects import spelled_out

NAME = "langwatch"

KINDS = spelled(
    llm="llm",
    retrieval="rag",
    agent="agent",
    tool="tool",
    guardrail="guardrail",
    evaluator="evaluation",
    chain="workflow component module chain task",
    other="server client producer consumer",
)
TOKENS = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens",),
)
ABOUT: dict[str, Field] = {
    "session_id": "session",
    "thread_id": "conversation",
    "user_id": "user",
    "customer_id": "user",
}


def inside(value: Value) -> Value:
    """A content without the note of its type."""
    found = parsed(value)
    typed = isinstance(found, dict) and found.keys() <= {"type", "value"} and "value" in found
    return found["value"] if typed else found


def unwrapped(parse: Parse) -> Parse:
    """A parser of what is inside."""
    return lambda value: parse(inside(value))


@lru_cache(256)
def metrics(said: str) -> dict[str, Any]:
    """`langwatch.metrics` in the words of either SDK."""
    found = inside(mapping(said))
    if not isinstance(found, dict):
        return {}
    return spelled_out(found) | {"cost": usd(found.get("cost"))}


def number(field: str) -> Parse:
    """A parser that takes one of them."""
    return lambda value: metrics(value).get(field) if isinstance(value, str) else None


def cost(value: Value) -> Decimal | None:
    """What a call cost, USD. Zero is written for "unknown"."""
    return number("cost")(value) or None


FIELDS: Fields = {
    "langwatch.span.type": Source("kind", VENDOR, kind_of(KINDS)),
    "langwatch.thread.id": Source("conversation", 75),
    "langwatch.thread_id": Source("conversation", 76),
    "langwatch.session.id": Source("session", 75),
    "langwatch.user.id": Source("user", 75),
    "langwatch.user_id": Source("user", 76),
    "langwatch.customer.id": Source("user", 95),
    "langwatch.metrics": (
        *(Source(cast("Field", field), 75, number(field)) for field in TOKENS),
        Source("reported_cost", 75, cost),
    ),
    "langwatch.input": (
        Source("arguments", 75, unwrapped(arguments), CALLS),
        Source("input_messages", GENERIC + 11, unwrapped(inputs), CONVERSATIONS),
        Source("input", 75, inside),
    ),
    "langwatch.output": (
        Source("result", 75, unwrapped(result), CALLS),
        Source("output_messages", GENERIC + 11, unwrapped(outputs), CONVERSATIONS),
        Source("output", 75, inside),
    ),
    "langwatch.contexts": Source("output", 12, inside),
    "langwatch.rag_contexts": Source("output", 13, inside),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Agents and tools are named by their spans; the outermost span has metadata of the trace."""
    if about := mapping(span.attributes.get("metadata")):
        for rank, (key, field) in enumerate(ABOUT.items(), 77):
            if said := text(about.get(key)):
                facts.add(field, rank, "metadata", said)
    if AGENTS >> facts.kind & 1:
        facts.add("agent", GENERIC + 7, "name", span.name)
    elif CALLS >> facts.kind & 1:
        facts.add("tool", GENERIC + 7, "name", span.name)


REFINE: Refinements = {"langwatch.span.type": refine}
