"""Pydantic AI, formats 1 to 5 of its instrumentation: scope `pydantic-ai`, `pydantic_ai.*`.

Up to 2 the names are its own (`agent run`, `tool_arguments`), since 3 OpenTelemetry's. Usage of a
whole run moved from `gen_ai.usage.*` to `gen_ai.aggregated_usage.*`, which is for display.
"""

from __future__ import annotations

from agentscope.vocabulary import Discarded, Kind, WireSpan
from ingest.reading.event_lists import everything
from ingest.reading.messages import messages, outputs
from ingest.reading.scalars import always, count, name
from ingest.reading.source import (
    AGENTS,
    CALLS,
    CONVERSATIONS,
    GENERIC,
    MARKED,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "pydantic_ai"

ATTEMPT = "pydantic_ai.model_request.attempt"
RETRY = always(Discarded.RETRIED)
# Names of format 2 whose spans say nothing else about their kind
NAMES = {"agent run": Kind.AGENT, "running output function": Kind.TOOL}
STEPS = ("running tools", "running ", "preparing model request params")


FIELDS: Fields = {
    "agent_name": Source("agent", 37, name, AGENTS),
    "tool_arguments": Source("arguments", 27, arguments, CALLS),
    "tool_response": Source("result", 27, result, CALLS),
    "all_messages_events": Source("input_messages", 58, everything, CONVERSATIONS),
    "pydantic_ai.all_messages": Source("input_messages", 47, messages, CONVERSATIONS),
    "final_result": (
        Source("output_messages", GENERIC + 9, outputs, AGENTS),
        Source("output", 57),
    ),
    # A call that was deferred, or waits for approval: since 5 its span has no error status
    "pydantic_ai.tool.deferral.name": Source("error_type", 5, name),
    "pydantic_ai.tool.deferral.metadata": Source("error_message", 5),
    # Only a failure after which the model is asked again has a number
    "pydantic_ai.tool.retry.attempt": Source("discarded", 20, RETRY, CALLS),
    "pydantic_ai.output.retry.attempt": Source("discarded", 21, RETRY, CALLS),
    ATTEMPT: Source("kind", MARKED + 1, always(Kind.LLM)),
    "pydantic_ai.decision.questions": Source("input", 51),
    "pydantic_ai.decision.answers": Source("output", 51),
    # Of one request among those that the call around it reports together
    "pydantic_ai.decision.usage.input_tokens": Source("input_tokens", 97, count),
    "pydantic_ai.decision.usage.output_tokens": Source("output_tokens", 97, count),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Spans that only their names tell apart."""
    if (kind := NAMES.get(span.name)) is not None:
        facts.settle_kind(kind, "name")
    elif span.name.startswith(STEPS) and span.name != "running tool":
        facts.settle_kind(Kind.CHAIN, "name")


def refine_attempt(span: WireSpan, facts: Facts) -> None:
    """A try that failed, or whose answer was refused, before another model answered. What it used
    is not in the usage of the call around it."""
    facts.add("additive", 10, ATTEMPT, True)
    refused = not any(event.name == "exception" for event in span.events)
    facts.add("discarded", 10, ATTEMPT, Discarded.REJECTED if refused else Discarded.RETRIED)


REFINE: Refinements = {Scope("pydantic-ai"): refine, ATTEMPT: refine_attempt}
