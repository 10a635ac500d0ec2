"""Logfire: `logfire.*`; calls of OpenAI's and Anthropic's clients in `request_data` and
`response_data`, or with OpenTelemetry's names; OpenAI's Agents SDK by the templates of messages.

A stream is told twice: a span for the request, and a log with what came of it.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, Message, Status, Value, WireSpan
from ingest.reading.asked import model_asked
from ingest.reading.event_lists import chosen, told
from ingest.reading.json_values import mapping
from ingest.reading.messages import inputs, outputs
from ingest.reading.scalars import equals, name, text
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
from ingest.reading.verdicts import refused_if

NAME = "logfire"

FAILED = int(Status.ERROR)
RAW, REQUEST, RESPONSE = "gen_ai.usage.raw", "request_data", "response_data"
TEMPLATE = "logfire.msg_template"
AGENTS_SDK = "logfire.openai_agents"
STREAM = "streaming response from"  # how the template begins of a log of what came of a stream
ANSWERED = ("gen_ai.usage.output_tokens", "gen_ai.response.id", RESPONSE)
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


def answered(value: Value) -> list[Message] | None:
    """What was answered; of a stream, its pieces put together."""
    said = (mapping(value) or {}).get("combined_chunk_content")
    return outputs(said if isinstance(said, str) else value)


FIELDS: Fields = {
    "logfire.span_type": Source("kind", VENDOR + 2, equals("log", Kind.OTHER)),
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
        Source("output_messages", GENERIC + 6, answered, CONVERSATIONS),
        Source("output", 48),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """A log is a call of a model only if it tells what came of a stream. The span of the request
    is over before the stream is: it has no answer, though nothing failed."""
    attributes = span.attributes
    if str(attributes.get(TEMPLATE) or span.name).startswith(STREAM):
        facts.settle_kind(Kind.LLM, TEMPLATE if TEMPLATE in attributes else "name")
    elif facts.kind is Kind.LLM and REQUEST in attributes and not is_over(span):
        facts.settle_kind(Kind.CHAIN, REQUEST)


def is_over(span: WireSpan) -> bool:
    """Whether the span of a request tells its end: an answer or a failure. Those of OpenAI's Agents
    SDK always do."""
    return (
        span.status_code == FAILED
        or span.scope.name == AGENTS_SDK
        or any(key in span.attributes for key in ANSWERED)
    )


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
    if group := text(span.attributes.get("group_id")):
        facts.add("conversation", 77, "group_id", group)
    if kind is Kind.AGENT and (agent := name(span.attributes.get("name"))):
        facts.add("agent", 27, "name", agent)
    elif kind is Kind.HANDOFF and (agent := name(span.attributes.get("from_agent"))):
        facts.add("agent", 17, "from_agent", agent)
    elif kind is Kind.GUARDRAIL:
        facts.add("verdict", 70, "triggered", refused_if(span.attributes.get("triggered")))
    elif kind is Kind.TOOL:
        say_function(span.attributes, facts)
    elif kind is Kind.LLM:
        say_call(span.attributes, facts)


def say_call(attributes: dict[str, Value], facts: Facts) -> None:
    """What a call was answered, and the parts of its tokens: those of chat completions are told in
    the SDK's own usage object only."""
    if "response" in attributes:
        facts.add("output", 49, "response", attributes["response"])
    if "usage" in attributes:
        add_numbers(facts, 67, "usage", usage_object(attributes["usage"]))


def say_function(attributes: dict[str, Value], facts: Facts) -> None:
    """A tool's name, input and output."""
    if tool := name(attributes.get("name")):
        facts.add("tool", 27, "name", tool)
    if "input" in attributes:
        facts.add("arguments", 67, "input", arguments(attributes["input"]))
    if "output" in attributes:
        facts.add("result", 67, "output", result(attributes["output"]))


REFINE: Refinements = {
    Scope(AGENTS_SDK): refine_agents,
    Scope("logfire."): refine,
    RAW: refine_usage,
    RESPONSE: refine_usage,
}
