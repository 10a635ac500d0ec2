"""Google's Agent Development Kit: `gcp.vertex.agent.*`, scope `gcp.vertex.agent`.

The first versions report candidates as output, with thoughts apart in the answer only; since there
is an attribute for reasoning, the output includes it.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.messages import messages, outputs
from ingest.reading.scalars import text
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_whole import add_numbers, usage_of_answer

NAME = "google_adk"

EVENT, ANSWER = "gcp.vertex.agent.event_id", "gcp.vertex.agent.llm_response"
REASONING = "gen_ai.usage.reasoning.output_tokens"
MERGED = "execute_tool (merged"  # stands beside the spans of the calls that it sums up
# Tools that ask a person, or for a person's consent
ASKING = {"adk_request_credential", "adk_request_input", "adk_request_confirmation"}


def recorded(value: Value) -> Value:
    """What was recorded; an empty object stands for content that is not captured."""
    found = parsed(value)
    return None if found == {} else found


FIELDS: Fields = {
    "gcp.vertex.agent.session_id": Source("conversation", 48, text),
    "gcp.vertex.agent.llm_request": Source("input_messages", 77, messages, CONVERSATIONS),
    ANSWER: (
        Source("output_messages", 77, outputs, CONVERSATIONS),
        Source("output", 97, recorded, CONVERSATIONS),
    ),
    "gcp.vertex.agent.tool_call_args": Source(
        "arguments", 37, lambda value: arguments(recorded(value)), CALLS
    ),
    "gcp.vertex.agent.tool_response": Source(
        "result", 37, lambda value: result(recorded(value)), CALLS
    ),
    "gcp.vertex.agent.data": Source("input", 97, recorded),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Spans that repeat others, ask a person, or only pass data on."""
    if span.name.startswith(MERGED):
        facts.settle_kind(Kind.OTHER, "name")
    elif facts.kind is Kind.TOOL and span.attributes.get("gen_ai.tool.name") in ASKING:
        facts.settle_kind(Kind.HUMAN, "gen_ai.tool.name")


def refine_usage(span: WireSpan, facts: Facts) -> None:
    """Thoughts, which the first versions leave out of the output. The total of the answer says
    that they are outside."""
    if facts.kind is Kind.LLM and REASONING not in span.attributes:
        inside = usage_of_answer(span.attributes[ANSWER])
        add_numbers(facts, 87, ANSWER, inside)


REFINE: Refinements = {Scope("gcp.vertex.agent"): refine, EVENT: refine, ANSWER: refine_usage}
