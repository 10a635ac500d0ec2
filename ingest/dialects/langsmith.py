"""LangSmith's own export: `langsmith.*` beside a weak translation into GenAI attributes.

`gen_ai.operation.name` is "embeddings" for a retriever, and `langsmith.trace.session_id` is a
project, not a conversation; the conversation is in the metadata of the run. The environment
variables that the SDK puts there (`LANGSMITH_…`) say nothing of the run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from agentscope.vocabulary import Kind, Value, WireSpan
from ingest.reading.answers import model_in, response_id_in
from ingest.reading.failures import EXCEPTIONS
from ingest.reading.json_values import literal, mapping
from ingest.reading.kinds import spelled
from ingest.reading.langgraph import refine_graph
from ingest.reading.messages import messages
from ingest.reading.scalars import always, count, kind_of, name, text
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    GENERIC,
    MODEL_CALLS,
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
from ingest.reading.tools import arguments, call_id_in, result
from ingest.reading.usage_objects import spelled_out
from ingest.reading.verdicts import refused_if

NAME = "langsmith"

KINDS = spelled(
    llm="llm",
    chain="chain prompt parser",
    tool="tool",
    retrieval="retriever",
    embedding="embedding",
)
PREFIX = "langsmith.metadata."
AGENTS_SDK, VERCEL = "openai-agents-sdk", "vercel-ai-sdk"
TIERS = ("", "flex_", "priority_")  # which LangChain puts in front of a detail's name
TOKENS = ("input_tokens", "output_tokens", "total_tokens")
PARTS = (
    *("cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"),
    *("reasoning_tokens", "audio_input_tokens", "audio_output_tokens"),
)


@lru_cache(256)
def numbers(said: str) -> dict[str, Any]:
    """All numbers of a `usage_metadata`; several sources ask for them one after the other."""
    return spelled_out(mapping(said) or {})


def number(field: str) -> Parse:
    """A parser that takes one of them."""
    return lambda value: numbers(value).get(field) if isinstance(value, str) else None


def detail(*keys: str) -> Parse:
    """A parser that takes one number out of details, which are written as Python writes a dict."""

    def look_up(value: Value) -> int | None:
        found = literal(value)
        if not isinstance(found, dict):
            return None
        said = (count(found.get(tier + key)) for key in keys for tier in TIERS)
        return next((number for number in said if number is not None), None)

    return look_up


def decoded(parse: Parse) -> Parse:
    """A parser that also takes bytes, which older versions send for texts."""
    return lambda value: parse(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    )


FIELDS: Fields = {
    "langsmith.span.kind": Source("kind", VENDOR, kind_of(KINDS)),
    "langsmith.reference_example_id": Source("evaluation", 30, always(True)),
    f"{PREFIX}ls_provider": Source("system", 73, name),
    f"{PREFIX}ls_model_name": Source("request_model", 73, name),
    f"{PREFIX}session_id": Source("session", 73),
    f"{PREFIX}conversation_id": Source("conversation", 73),
    f"{PREFIX}thread_id": Source("conversation", 74),
    f"{PREFIX}checkpoint_id": Source("continues", 51),
    f"{PREFIX}user_id": Source("user", 73),
    # Metadata of Vercel's AI SDK and of LangChain in JavaScript
    f"{PREFIX}sessionId": Source("session", 173),
    f"{PREFIX}conversationId": Source("conversation", 173),
    f"{PREFIX}threadId": Source("conversation", 174),
    f"{PREFIX}chatId": Source("conversation", 175),
    f"{PREFIX}userId": Source("user", 173),
    f"{PREFIX}environment": Source("environment", 73),
    f"{PREFIX}usage_metadata": (
        *(Source(cast("Field", field), 73, number(field)) for field in (*TOKENS, *PARTS)),
        Source("service_tier", 73, number("service_tier")),
    ),
    "gen_ai.usage.input_token_details": (
        Source("cache_read_tokens", 74, detail("cache_read")),
        Source("cache_write_tokens", 74, detail("cache_creation", "cache_write")),
        Source("cache_write_5m_tokens", 74, detail("ephemeral_5m_input_tokens")),
        Source(
            "cache_write_1h_tokens",
            74,
            detail("ephemeral_1h_input_tokens", "ephemeral_1hr_input_tokens"),
        ),
        Source("audio_input_tokens", 74, detail("audio")),
    ),
    "gen_ai.usage.output_token_details": (
        Source("reasoning_tokens", 74, detail("reasoning")),
        Source("audio_output_tokens", 74, detail("audio")),
    ),
    "gen_ai.prompt": (
        Source("arguments", 73, decoded(arguments), CALLS),
        Source("input_messages", GENERIC + 3, decoded(messages), CONVERSATIONS),
        Source("input", 73, decoded(text)),
    ),
    "gen_ai.completion": (
        Source("result", 73, decoded(result), CALLS),
        Source("tool_call_id", 73, decoded(call_id_in), CALLS),
        Source("response_model", 73, decoded(model_in), MODEL_CALLS),
        Source("response_id", 73, decoded(response_id_in), MODEL_CALLS),
        Source("output_messages", GENERIC + 3, decoded(messages), CONVERSATIONS),
        Source("output", 73, decoded(text)),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Agents of LangGraph, and failures: only what failed has an exception, whatever the status
    says. It was set before the failure was known, and OpenTelemetry does not take back an OK."""
    if any(event.name in EXCEPTIONS for event in span.events):
        facts.add("failed", 73, "exception", True)
    if facts.kind is Kind.TOOL:
        facts.add("tool", GENERIC + 4, "name", span.name)
    integration = span.attributes.get(f"{PREFIX}ls_integration")
    if integration == AGENTS_SDK:
        refine_agents_sdk(span, facts)
    elif integration == VERCEL:
        refine_vercel(span, facts)
    refine_graph(span, facts, PREFIX)


def refine_agents_sdk(span: WireSpan, facts: Facts) -> None:
    """Agents, handoffs and guardrails of OpenAI's Agents SDK, which all come as chains and tools:
    only an agent has the tools that it offers, only a guardrail a verdict."""
    attributes = span.attributes
    if f"{PREFIX}triggered" in attributes:
        facts.settle_kind(Kind.GUARDRAIL, f"{PREFIX}triggered")
        facts.add("verdict", 50, f"{PREFIX}triggered", refused_if(attributes[f"{PREFIX}triggered"]))
    elif facts.kind is Kind.CHAIN and "gen_ai.tool.definitions" in attributes:
        facts.settle_kind(Kind.AGENT, "gen_ai.tool.definitions")
        facts.add("agent", GENERIC + 4, "name", span.name)
    elif span.name == "Handoff" and (found := mapping(attributes.get("gen_ai.prompt"))):
        facts.settle_kind(Kind.HANDOFF, "name")
        facts.add("agent", GENERIC + 4, "gen_ai.prompt", text(found.get("from_agent")))
        facts.add("tool", 3, "gen_ai.prompt", f"handoff to {found.get('to_agent')}")


def refine_vercel(span: WireSpan, facts: Facts) -> None:
    """Functions of Vercel's AI SDK that LangSmith wraps: their spans go by the API that they call,
    and what they were called with says who they are."""
    if facts.kind is Kind.LLM and counts_as_anthropic(span.attributes):
        facts.add("cache_outside", 73, "gen_ai.completion", True)
    if facts.kind is not Kind.CHAIN or not (asked := mapping(span.attributes.get("gen_ai.prompt"))):
        return
    telemetry = asked.get("telemetry")
    if isinstance(telemetry, dict) and (said := name(telemetry.get("functionId"))):
        facts.settle_kind(Kind.AGENT, "gen_ai.prompt")
        facts.add("agent", GENERIC + 4, "gen_ai.prompt", said)
    context = asked.get("runtimeContext")
    if isinstance(context, dict):
        facts.add("session", 174, "gen_ai.prompt", text(context.get("sessionId")))
        facts.add("user", 174, "gen_ai.prompt", text(context.get("userId")))


def counts_as_anthropic(attributes: dict[str, Value]) -> bool:
    """Whether the input is the number of Anthropic's own usage, which leaves the cache out:
    versions 4 and 5 of the SDK pass it on as it is, later ones add the cache."""
    metadata = (mapping(attributes.get("gen_ai.completion")) or {}).get("providerMetadata")
    said = metadata.get("anthropic") if isinstance(metadata, dict) else None
    used = said.get("usage") if isinstance(said, dict) else None
    own = used.get("input_tokens") if isinstance(used, dict) else None
    return own is not None and own == attributes.get("gen_ai.usage.input_tokens")


REFINE: Refinements = {"langsmith.span.kind": refine}
