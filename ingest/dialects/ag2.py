"""AG2: `ag2.*`. In 0.x conversations carry the sum of tokens and cost so far, again and again.

In 1.x spending is also written down in spans of its own (`record_usage`): for a call of a model or
a worker it repeats other spans; for a compaction or an aggregation there is no other.
"""

from __future__ import annotations

from agentscope.vocabulary import Value, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.kinds import spelled
from ingest.reading.scalars import count, kind_of, name, number
from ingest.reading.source import (
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)

NAME = "ag2"

KINDS = spelled(
    agent="agent",
    llm="llm",
    tool="tool code_execution",
    human="human_input",
    chain="conversation multi_conversation speaker_selection channel task",
    handoff="handoff envelope",
    other="usage agent_lifetime agent_event",
)
SPAN_TYPE, USAGE_KIND = "ag2.span.type", "ag2.usage.kind"
SUMS = ("conversation", "multi_conversation")
# What no other span tells
ADDITIVE = ("compaction", "aggregation")


def exit_code(value: Value) -> bool | None:
    """Whether code that was run failed."""
    said = number(value)
    return True if said is not None and said != 0 else None


FIELDS: Fields = {
    SPAN_TYPE: Source("kind", VENDOR + 4, kind_of(KINDS)),
    "ag2.agent.id": Source("agent_id", 37),
    "ag2.network.sender_id": Source("agent", 77, name),
    "ag2.network.owner_id": Source("agent", 78, name),
    "gen_ai.usage.thinking_tokens": Source("reasoning_tokens", 47, count),
    "ag2.usage.total_tokens": Source("total_tokens", 47, count),
    "ag2.tool.call.result.truncated": Source("truncated", 20, lambda said: said is True or None),
    "ag2.human_input.prompt": Source("input", 48),
    "ag2.human_input.response": Source("output", 58),
    "ag2.speaker_selection.candidates": Source("input", 49, parsed),
    "ag2.speaker_selection.selected": Source("output", 59),
    "ag2.code_execution.output": Source("result", 47),
    "ag2.code_execution.exit_code": Source("failed", 37, exit_code),
    "ag2.error.type": Source("error_type", 37),
    "ag2.error.message": Source("error_message", 37),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Usage that repeats other spans, or adds to them."""
    kind = span.attributes.get(SPAN_TYPE)
    if kind in SUMS and facts.has("input_tokens"):
        facts.add("roll_up", 17, SPAN_TYPE, True)
    elif kind == "usage":
        said = span.attributes.get(USAGE_KIND)
        facts.add("additive" if said in ADDITIVE else "roll_up", 17, USAGE_KIND, True)


REFINE: Refinements = {SPAN_TYPE: refine}
