"""Semantic Kernel, Python and .NET: OpenTelemetry's names with words of its own.

It sends no cached and no reasoning tokens. Messages come as log records, their JSON as text.
"""

from __future__ import annotations

import re

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.kinds import is_handoff
from ingest.reading.scalars import always, count
from ingest.reading.source import (
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)

NAME = "semantic_kernel"

REASON = "gen_ai.response.finish_reason"
MEMBER = re.compile(r"^FinishReason\.(\w+)$")  # of an enumeration of Python
TOOL = "gen_ai.tool.name"

FIELDS: Fields = {
    # The loop that calls the model again until it asks for no more functions
    "sk.available_functions": Source("kind", VENDOR + 3, always(Kind.CHAIN)),
    # The first versions for .NET
    "gen_ai.response.prompt_tokens": Source("input_tokens", 47, count),
    "gen_ai.response.completion_tokens": Source("output_tokens", 47, count),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Functions are named `Plugin-function`; a hand-off is one of them. Reasons have the names of
    an enumeration."""
    facts.add("framework", 57, "scope", "semantic_kernel")
    _, dash, function = str(span.attributes.get(TOOL, "")).partition("-")
    if facts.kind is Kind.TOOL and dash and is_handoff(function):
        facts.settle_kind(Kind.HANDOFF, TOOL)
    elif found := MEMBER.match(str(span.attributes.get(REASON, ""))):
        facts.add("finish_reasons", 7, REASON, [found[1].lower()])


def refine_runtime(span: WireSpan, facts: Facts) -> None:
    """The runtime of its agents sends messages; nothing is worked in these spans."""
    facts.settle_kind(Kind.OTHER, "scope")


REFINE: Refinements = {
    Scope("semantic_kernel."): refine,
    Scope("Microsoft.SemanticKernel"): refine,
    Scope("agent_runtime "): refine_runtime,
}
