"""Flue: OpenTelemetry's GenAI conventions with `flue.*` for what these have no words for.

An agent's span repeats what all its turns used. A turn that sums a history up to make room is a
call of its own.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.scalars import count, name
from ingest.reading.source import (
    AGENTS,
    CALLS,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "flue"

SPANS = {
    "flue.compaction": Kind.CHECKPOINT,
    "flue.operation shell": Kind.TOOL,
}
OPERATION = "flue.operation "

FIELDS: Fields = {
    "flue.agent.name": Source("agent", 89, name),
    "flue.session.name": Source("conversation", 89),
    "flue.usage.total_tokens": Source("total_tokens", 89, count),
    "flue.tool.call.arguments": Source("arguments", 89, arguments, CALLS),
    "flue.tool.call.result": Source("result", 89, result, CALLS),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """What only names tell, and that an agent's usage is a sum."""
    kind = SPANS.get(span.name)
    if kind is None and span.name.startswith(OPERATION):
        kind = Kind.CHAIN
    if kind is not None:
        facts.settle_kind(kind, "name")
    if facts.kind is Kind.TOOL:
        facts.add("tool", 89, "name", span.name.removeprefix(OPERATION))
    elif AGENTS >> facts.kind & 1:
        facts.add("roll_up", 89, "gen_ai.operation.name", True)


REFINE: Refinements = {Scope("@flue/opentelemetry"): refine}
