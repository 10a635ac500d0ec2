"""Logfire: `logfire.*`; calls of OpenAI's and Anthropic's clients in `request_data` and
`response_data`, or with OpenTelemetry's names; OpenAI's Agents SDK by the templates of messages.

A stream is told twice: a span for the request, and a log with what came of it.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.asked import model_asked
from ingest.reading.event_lists import chosen, told
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import equals, name
from ingest.reading.source import (
    CONVERSATIONS,
    GENERIC,
    MODEL_CALLS,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_whole import add_numbers, parts_only, usage_object, usage_of_answer

NAME = "logfire"

RAW, REQUEST, RESPONSE = "gen_ai.usage.raw", "request_data", "response_data"
TEMPLATE = "logfire.msg_template"
STREAMED = ('"stream":true', '"stream": true')
# How the templates of OpenAI's Agents SDK begin
TEMPLATES = (
    ("OpenAI Agents trace", Kind.CHAIN),
    ("Agent run:", Kind.AGENT),
    ("Function:", Kind.TOOL),
    ("Chat completion with", Kind.LLM),
    ("Responses API", Kind.LLM),
    ("Guardrail", Kind.GUARDRAIL),
    ("Handoff:", Kind.HANDOFF),
    ("MCP: list tools", Kind.OTHER),
    ("Speech → Text", Kind.LLM),
    ("Text → Speech group", Kind.CHAIN),
    ("Text → Speech", Kind.LLM),
    ("Task:", Kind.CHAIN),
    ("Turn ", Kind.CHAIN),
    ("Custom span:", Kind.CHAIN),
)

FIELDS: Fields = {
    "logfire.span_type": Source("kind", VENDOR + 2, equals("log", Kind.OTHER)),
    "group_id": Source("conversation", 77),
    "events": (
        Source("input_messages", 57, told, CONVERSATIONS),
        Source("output_messages", 57, chosen, CONVERSATIONS),
    ),
    REQUEST: (
        Source("request_model", 98, model_asked, MODEL_CALLS),
        Source("input_messages", GENERIC + 6, inputs, CONVERSATIONS),
        Source("input", 47),
    ),
    RESPONSE: (
        Source("output_messages", GENERIC + 6, outputs, CONVERSATIONS),
        Source("output", 48),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """A log is a call of a model only if it tells what came of a stream."""
    is_log = span.attributes.get("logfire.span_type") == "log"
    if is_log and facts.has("output_tokens"):
        facts.settle_kind(Kind.LLM, "gen_ai.usage.output_tokens")
    elif facts.kind is Kind.LLM and not facts.has("output_tokens") and is_stream(span):
        facts.settle_kind(Kind.CHAIN, REQUEST)


def is_stream(span: WireSpan) -> bool:
    """Whether a request asks for a stream."""
    said = span.attributes.get(REQUEST)
    return isinstance(said, str) and any(mark in said for mark in STREAMED)


def refine_usage(span: WireSpan, facts: Facts) -> None:
    """Parts that have no attribute of their own, from the provider's usage object. An input that
    was sent without its cache is completed from the answer."""
    if facts.kind is not Kind.LLM:
        return
    if RAW in span.attributes:
        add_numbers(facts, 77, RAW, parts_only(usage_object(span.attributes[RAW])))
    elif RESPONSE in span.attributes and not facts.has("cache_read_tokens"):
        add_numbers(facts, 7, RESPONSE, usage_of_answer(span.attributes[RESPONSE]))


def refine_agents(span: WireSpan, facts: Facts) -> None:
    """OpenAI's Agents SDK: the template tells the kind, plain words hold the rest."""
    said = str(span.attributes.get(TEMPLATE) or span.name)
    kind = next((kind for start, kind in TEMPLATES if said.startswith(start)), None)
    if kind is not None:
        facts.settle_kind(kind, TEMPLATE if TEMPLATE in span.attributes else "name")
    if kind is Kind.AGENT and (agent := name(span.attributes.get("name"))):
        facts.add("agent", 27, "name", agent)
    elif kind is Kind.HANDOFF and (agent := name(span.attributes.get("from_agent"))):
        facts.add("agent", 17, "from_agent", agent)
    elif kind is Kind.TOOL:
        say_function(span.attributes, facts)
    elif kind is Kind.LLM and "response" in span.attributes:
        facts.add("output", 49, "response", span.attributes["response"])


def say_function(attributes: dict[str, Value], facts: Facts) -> None:
    """A tool's name, input and output."""
    if tool := name(attributes.get("name")):
        facts.add("tool", 27, "name", tool)
    if "input" in attributes:
        facts.add("arguments", 67, "input", arguments(attributes["input"]))
    if "output" in attributes:
        facts.add("result", 67, "output", result(attributes["output"]))


REFINE: Refinements = {
    Scope("logfire.openai_agents"): refine_agents,
    Scope("logfire."): refine,
    RAW: refine_usage,
    RESPONSE: refine_usage,
}
