"""Microsoft's Agent Framework (Python: scope `agent_framework`; .NET: `….Agents.AI`) and
Microsoft.Extensions.AI: OpenTelemetry's names, and workflows in words of their own.

An agent's span repeats the usage of the calls inside it.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.scalars import always, count
from ingest.reading.source import (
    EVIDENCE,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)

NAME = "agent_framework"

# How the names of spans of workflows begin
WORKFLOWS = (
    ("workflow.build", Kind.OTHER),
    ("workflow.", Kind.CHAIN),
    ("executor.process", Kind.CHAIN),
    ("edge_group.process", Kind.OTHER),
    ("message.send", Kind.OTHER),
    ("orchestrate_tools", Kind.CHAIN),
)

FIELDS: Fields = {
    "executor.id": Source("kind", EVIDENCE + 7, always(Kind.CHAIN)),
    # The extensions put the kind of the tokens behind "input" and "output"
    "gen_ai.usage.input_audio_tokens": Source("audio_input_tokens", 47, count),
    "gen_ai.usage.output_audio_tokens": Source("audio_output_tokens", 47, count),
    "gen_ai.usage.input_cached_tokens": Source("cache_read_tokens", 97, count),
    "gen_ai.usage.output_reasoning_tokens": Source("reasoning_tokens", 97, count),
    "build.error.type": Source("error_type", 47),
    "build.error.message": Source("error_message", 47),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Messages between executors are no work, whatever an OpenInference processor calls them."""
    for start, kind in WORKFLOWS:
        if span.name.startswith(start):
            facts.settle_kind(kind, "name")
            return
    if facts.kind is Kind.AGENT and facts.has("input_tokens"):
        facts.add("roll_up", 27, "scope", True)


REFINE: Refinements = {
    Scope("agent_framework"): refine,
    Scope("Experimental.Microsoft.Agents.AI"): refine,
    Scope("Experimental.Microsoft.Extensions.AI"): refine,
    Scope("Microsoft.Agents.AI"): refine,
    Scope("Microsoft.Extensions.AI"): refine,
}
