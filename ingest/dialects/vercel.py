"""Vercel's AI SDK. Versions 3.3 to 6, and 7 in its legacy mode, write `ai.*`; 7 writes
OpenTelemetry's GenAI conventions in the scope `gen_ai`.

An outer span (`ai.generateText`) stands around the calls of the model (`….doGenerate`) and repeats
what they used: all of it, or that of the last step only.
"""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Kind, Message, Part, Value, WireSpan
from ingest.reading.failures import ERROR, EXCEPTIONS
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.messages import conversation, instructions, messages
from ingest.reading.parts import call
from ingest.reading.scalars import count, kind_of, name, text, words
from ingest.reading.source import (
    OPERATION,
    Events,
    Facts,
    Field,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
    kinds,
)
from ingest.reading.tools import arguments, definitions, result
from ingest.reading.vercel_metadata import of_metadata, reported_cost, tier

NAME = "vercel"

KINDS = spelled(
    chain="ai.generateText ai.streamText ai.generateObject ai.streamObject ai.embed ai.embedMany "
    "ai.rerank",
    llm="ai.generateText.doGenerate ai.streamText.doStream ai.generateObject.doGenerate "
    "ai.streamObject.doStream",
    embedding="ai.embed.doEmbed ai.embedMany.doEmbed",
    rerank="ai.rerank.doRerank",
    tool="ai.toolCall",
)
# Providers whose tokens versions 4 and 5 pass on as their APIs count them: without the cache
EXCLUSIVE = ("anthropic", "amazon-bedrock", "bedrock")
# Functions that decide nothing, so that their names are not those of agents
WITHOUT_A_MIND = ("ai.embed", "ai.rerank")
SCOPE_OF_7 = Scope("gen_ai")
METADATA = "ai.response.providerMetadata"


def asked(value: Value) -> list[Message] | None:
    """`{"system": …, "prompt": …, "messages": …}`: what the outer function was called with."""
    found = mapping(value)
    if found is None:
        return None
    prompt = found.get("messages") or found.get("prompt")
    told = [Message("user", [Part("text", prompt)])] if isinstance(prompt, str) else None
    system = instructions(found.get("system")) or []
    return system + (conversation(prompt, 0) if told is None else told) or None


def reasons(value: Value) -> list[str] | None:
    """Why the answer ended, in the words of the others: `tool-calls` → tool_calls."""
    return [word.replace("-", "_") for word in words(value) or ()] or None


def each(value: Value) -> list[Value] | None:
    """A list of which each item is JSON, or that is JSON as a whole."""
    found = parsed(value)
    return [parsed(item) for item in found] if isinstance(found, list) else None


def metadata_sources() -> tuple[Source, ...]:
    """What only the provider's own numbers tell: cache writes before version 6, how long they
    last, searches, a gateway's price."""
    return (
        Source("cache_read_tokens", 83, of_metadata("cache_read")),
        Source("cache_write_tokens", 83, of_metadata("cache_write")),
        Source("cache_write_1h_tokens", 43, of_metadata("cache_write_1h")),
        Source("reasoning_tokens", 83, of_metadata("reasoning")),
        Source("web_searches", 43, of_metadata("web_searches")),
        Source("service_tier", 43, tier),
        Source("reported_cost", 43, reported_cost),
    )


def told_by_application(prefix: str, rank: int) -> dict[str, Source]:
    """Session and user as applications spell them. They choose the names, so these are the usual
    ones."""
    return {
        f"{prefix}.sessionId": Source("session", rank),
        f"{prefix}.session_id": Source("session", rank + 1),
        f"{prefix}.threadId": Source("conversation", rank),
        f"{prefix}.thread_id": Source("conversation", rank + 1),
        f"{prefix}.conversationId": Source("conversation", rank + 2),
        f"{prefix}.conversation_id": Source("conversation", rank + 3),
        f"{prefix}.chatId": Source("conversation", rank + 4),
        f"{prefix}.userId": Source("user", rank),
        f"{prefix}.user_id": Source("user", rank + 1),
    }


FIELDS: Fields = {
    "ai.operationId": Source("kind", OPERATION + 5, kind_of(KINDS)),
    "ai.model.provider": Source("system", 43, name),
    "ai.model.id": Source("request_model", 43, name),
    "ai.response.model": Source("response_model", 43, name),
    "ai.response.id": Source("response_id", 43),
    "ai.response.finishReason": Source("finish_reasons", 3, reasons),
    "ai.finishReason": Source("finish_reasons", 4, reasons),  # 3.3
    "ai.telemetry.functionId": Source("agent", 83, name),
    **told_by_application("ai.telemetry.metadata", 43),
    **told_by_application("ai.settings.context", 53),
    "ai.settings.maxSteps": Source("step_limit", 31, count),  # 3.1 to 4.3
    "ai.usage.inputTokens": Source("input_tokens", 43, count),
    "ai.usage.promptTokens": Source("input_tokens", 44, count),
    "ai.usage.tokens": Source("input_tokens", 83, count, kinds(Kind.EMBEDDING, Kind.CHAIN)),
    "ai.usage.outputTokens": Source("output_tokens", 43, count),
    "ai.usage.completionTokens": Source("output_tokens", 44, count),
    "ai.usage.totalTokens": Source("total_tokens", 43, count),
    "ai.usage.inputTokenDetails.cacheReadTokens": Source("cache_read_tokens", 43, count),
    "ai.usage.cachedInputTokens": Source("cache_read_tokens", 44, count),
    "ai.usage.inputTokenDetails.cacheWriteTokens": Source("cache_write_tokens", 43, count),
    "ai.usage.outputTokenDetails.reasoningTokens": Source("reasoning_tokens", 43, count),
    "ai.usage.reasoningTokens": Source("reasoning_tokens", 44, count),
    METADATA: metadata_sources(),
    "ai.toolCall.name": Source("tool", 43, name),
    "ai.toolCall.id": Source("tool_call_id", 43),
    "ai.toolCall.args": Source("arguments", 33, arguments),
    "ai.toolCall.input": Source("arguments", 34, arguments),
    "ai.toolCall.result": Source("result", 33, result),
    "ai.toolCall.output": Source("result", 34, result),
    "ai.prompt.messages": Source("input_messages", 43, messages),
    "ai.prompt": (Source("input_messages", 44, asked), Source("input", 43)),
    "ai.prompt.tools": Source("tools", 43, definitions),
    "ai.value": Source("input", 44, parsed),
    "ai.values": Source("input", 45, each),
    "ai.documents": Source("input", 46, each),
    "ai.ranking": Source("output", 43, each),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """The answer out of its pieces, and how outer spans and old versions count."""
    attributes = span.attributes
    if answer := answer_in(attributes):
        facts.add("output_messages", 43, "ai.response", [answer])
    if span.status_code == ERROR and has_ended_well(span):
        facts.add("failed", 2, "ai.response", False)
    operation = str(attributes["ai.operationId"])
    if KINDS.get(operation) is Kind.CHAIN:
        refine_outer(facts)
    if operation.startswith(WITHOUT_A_MIND):
        drop(facts, "agent", "ai.telemetry.functionId")
    provider = attributes.get("ai.model.provider")
    if (
        isinstance(provider, str)
        and provider.split(".")[0] in EXCLUSIVE
        and "ai.usage.inputTokenDetails.noCacheTokens" not in attributes
    ):
        facts.add("cache_outside", 43, "ai.model.provider", True)


def has_ended_well(span: WireSpan) -> bool:
    """Whether an error is not this span's: OpenInference's processor gives the first error of a
    trace to all spans after it. What fails has an exception and no outcome."""
    reason = span.attributes.get("ai.response.finishReason")
    is_done = reason not in (None, "error") or "ai.toolCall.result" in span.attributes
    return is_done and not any(event.name in EXCEPTIONS for event in span.events)


def refine_outer(facts: Facts) -> None:
    """A function around calls. OpenInference takes it for an agent of the name of its span; which
    functions are agents is seen in the tree."""
    facts.settle_kind(Kind.CHAIN, "ai.operationId")
    facts.add("roll_up", 43, "ai.operationId", True)
    drop(facts, "agent", "name")


def drop(facts: Facts, field: Field, source: str) -> None:
    """Leave out what one source says of a field."""
    said = facts.candidates.get(field, [])
    said[:] = [candidate for candidate in said if candidate[1] != source]


def answer_in(attributes: dict[str, Value]) -> Message | None:
    """What was answered: text, reasoning, calls and an object, each in an attribute of its own.
    Version 3.3 said `ai.result` for `ai.response`."""
    said = {
        key: found
        for key in ("reasoning", "text", "object", "toolCalls", "files")
        if (found := attributes.get(f"ai.response.{key}") or attributes.get(f"ai.result.{key}"))
    }
    parts = [part for key, found in said.items() for part in answer_parts(key, found)]
    return Message("assistant", parts) if parts else None


def answer_parts(key: str, said: Value) -> list[Part]:
    """One of these attributes as parts of the message."""
    found = parsed(said)
    if key == "reasoning":
        return [Part("reasoning", piece) for piece in thoughts(found)]
    if key == "toolCalls":
        return [call(block) for block in blocks(found)]
    if key == "files":
        return [Part("media", value=block) for block in blocks(found)]
    return [Part("text", text(said) or "")]


def thoughts(found: Value) -> list[str]:
    """Reasoning is a text, or since version 4.2 sometimes a list of parts with texts."""
    if isinstance(found, str):
        return [found]
    return [said for block in blocks(found) if (said := text(block.get("text")))]


def blocks(found: Value) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [block for block in found if isinstance(block, dict)] if isinstance(found, list) else []


def refine_7(_: WireSpan, facts: Facts) -> None:
    """In version 7 each function call is an `invoke_agent`. One without a name is no agent, and
    would pass for one called like the model."""
    if facts.kind is Kind.AGENT:
        facts.add("roll_up", 43, "gen_ai.operation.name", True)
        if not facts.has("agent"):
            facts.kind = Kind.CHAIN


REFINE: Refinements = {"ai.operationId": refine, SCOPE_OF_7: refine_7}
