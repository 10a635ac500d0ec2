"""Usage objects of providers and frameworks, where they are inside an answer.

The spellings are those of OpenAI (chat and responses), Anthropic, Bedrock, Gemini, Cohere, Ollama,
DeepSeek, LangChain (`usage_metadata`, `token_usage`), Haystack, Genkit, pydantic-ai and Vercel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.vocabulary import Value
from ingest.reading.scalars import count, tier

PLACES = (
    "usage",
    "usage_metadata",
    "usageMetadata",
    "token_usage",
    "tokenUsage",
    "amazon-bedrock-invocationMetrics",
)
ON_THE_WAY = (
    "llm_output",
    "response_metadata",
    "kwargs",
    "data",
    "message",
    "generations",
    "messages",
    "meta",
    "replies",
    "response",
    "output",
    "result",
    "raw",
)
DEEPEST = 6  # levels
SPELLINGS = {
    "input_tokens": "input_tokens prompt_tokens inputTokens promptTokens promptTokenCount "
    "prompt_token_count inputTokenCount prompt_eval_count",
    "output_tokens": "output_tokens completion_tokens outputTokens completionTokens "
    "candidatesTokenCount candidates_token_count outputTokenCount eval_count",
    "total_tokens": "total_tokens totalTokens totalTokenCount total_token_count",
    "cache_read_tokens": "cache_read_input_tokens cacheReadInputTokens cacheReadInputTokenCount "
    "cachedContentTokenCount cached_content_token_count cachedContentTokens cached_tokens "
    "cache_read cache_read_tokens cachedInputTokens cached_input_tokens prompt_cache_hit_tokens "
    "cacheReadTokens cached_prompt_tokens",
    "cache_write_tokens": "cache_creation_input_tokens cacheCreationInputTokens "
    "cacheWriteInputTokens cacheWriteInputTokenCount cache_creation cache_write_tokens "
    "cache_write_input_tokens cacheWriteTokens cache_creation_tokens",
    "cache_write_5m_tokens": "ephemeral_5m_input_tokens",
    "cache_write_1h_tokens": "ephemeral_1h_input_tokens ephemeral_1hr_input_tokens "
    "cache_creation_input_tokens_above_1hr",
    "reasoning_tokens": "reasoning_tokens thoughtsTokenCount thoughts_token_count reasoning "
    "reasoningTokens thoughtsTokens",
    "tool_input_tokens": "toolUsePromptTokenCount tool_use_prompt_token_count",
    "audio_input_tokens": "audio_input_tokens input_audio_tokens",
    "audio_output_tokens": "audio_output_tokens output_audio_tokens",
    "web_searches": "web_search_requests num_search_queries",
}
INPUT_DETAILS = (
    "prompt_tokens_details",
    "input_tokens_details",
    "input_token_details",
    "inputTokenDetails",
    "cache_creation",
    "server_tool_use",
    "details",
)
OUTPUT_DETAILS = (
    "completion_tokens_details",
    "output_tokens_details",
    "output_token_details",
    "outputTokenDetails",
)
INSTEAD = ("tokens", "billed_units")  # Cohere keeps its numbers in these
AUDIO = {
    "audio_input_tokens": (*INPUT_DETAILS, "promptTokensDetails"),
    "audio_output_tokens": (
        *OUTPUT_DETAILS,
        "candidatesTokensDetails",
        "candidates_tokens_details",
    ),
}
HEARD = ("audio_tokens", "audio", "audioTokens")  # in details
TIERS = ("priority", "flex", "batch")  # LangChain writes them in front of a detail's name
# Anthropic and Bedrock count the cache apart from an input of this name
APART = (
    ("input_tokens", ("cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation")),
    ("inputTokens", ("cacheReadInputTokens", "cacheWriteInputTokens")),
    ("inputTokenCount", ("cacheReadInputTokenCount", "cacheWriteInputTokenCount")),
)
THOUGHTS = ("thoughtsTokenCount", "thoughts_token_count", "thoughtsTokens")
LONG_TTL = "1h"

Numbers = dict[str, Any]


def usage_inside(value: Value, depth: int = 0) -> Numbers | None:
    """The numbers of the first usage object inside a decoded answer, under the names of fields of
    `source.ScalarField`: counts, and beside them `service_tier` and what is known of the parts."""
    if isinstance(value, list):
        value = value[0] if value else None
        return usage_inside(value, depth + 1) if depth < DEEPEST else None
    if not isinstance(value, dict) or depth > DEEPEST:
        return None
    if numbers := here(value):
        return numbers
    deeper = (usage_inside(value[key], depth + 1) for key in ON_THE_WAY if key in value)
    return next((numbers for numbers in deeper if numbers), None)


def here(answer: dict[str, Value]) -> Numbers | None:
    """The numbers of an answer itself: in its usage object, or where Ollama has them."""
    objects = [found for key in PLACES if isinstance(found := answer.get(key), dict)]
    if "prompt_eval_count" in answer or "eval_count" in answer:
        objects.append(answer)
    for found in objects:
        if numbers := spelled_out(found):
            add_searches(numbers, answer)
            if "service_tier" not in numbers and (said := tier(answer.get("service_tier"))):
                numbers["service_tier"] = said
            return numbers
    return None


def add_searches(numbers: Numbers, answer: dict[str, Value]) -> None:
    """Searches that OpenAI's Responses API lists as items of the answer, one a call."""
    items = answer.get("output")
    if "web_searches" not in numbers and isinstance(items, list):
        types = [item.get("type") for item in items if isinstance(item, dict)]
        if searches := types.count("web_search_call"):
            numbers["web_searches"] = searches


def spelled_out(found: dict[str, Value]) -> Numbers:
    """A usage object under our names for its numbers; empty if it holds none."""
    for key in INSTEAD:
        if isinstance(inner := found.get(key), dict):
            found = inner | found
    flat = flattened(found)
    numbers: Numbers = {}
    for field, keys in SPELLINGS.items():
        counts = (count(flat[key]) for key in keys.split() if key in flat)
        if (number := next((n for n in counts if n is not None), None)) is not None:
            numbers[field] = number
    if numbers:
        numbers |= remarks(found, flat, numbers)
    return numbers


def flattened(found: dict[str, Value]) -> dict[str, Value]:
    """The object and its details on one level; what is of the object itself goes first."""
    flat: dict[str, Value] = {}
    for key in (*INPUT_DETAILS, *OUTPUT_DETAILS):
        if isinstance(details := found.get(key), dict):
            flat |= dict(untiered(details))
    for field, keys in AUDIO.items():
        if (heard := next(audio(found, keys), None)) is not None:
            flat[field] = heard
    if isinstance(lasting := found.get("cacheDetails"), list):
        flat["ephemeral_1h_input_tokens"] = sum(for_an_hour(lasting))
    return flat | {key: value for key, value in found.items() if value is not None}


def untiered(details: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    """Details without the tier of service in front of their names."""
    for key, value in details.items():
        first, _, rest = key.partition("_")
        yield (rest if first in TIERS and rest else key), value


def audio(found: dict[str, Value], keys: tuple[str, ...]) -> Iterator[int]:
    """Tokens of audio in details, or as Gemini lists them: one entry for each modality."""
    for key in keys:
        details = found.get(key)
        if isinstance(details, dict):
            heard = [details[name] for name in HEARD if name in details]
        elif isinstance(details, list):
            entries = [entry for entry in details if isinstance(entry, dict)]
            sound = [entry for entry in entries if str(entry.get("modality")).upper() == "AUDIO"]
            heard = [entry.get("tokenCount", entry.get("token_count")) for entry in sound]
        else:
            continue
        yield from (number for said in heard if (number := count(said)) is not None)


def for_an_hour(entries: list[Value]) -> Iterator[int]:
    """Tokens that Bedrock wrote to the cache for an hour: it lists them by time to live."""
    for entry in entries:
        if isinstance(entry, dict) and entry.get("ttl") == LONG_TTL:
            yield count(entry.get("inputTokens")) or 0


def remarks(found: dict[str, Value], flat: dict[str, Value], numbers: Numbers) -> Numbers:
    """What the shape of the object tells beside its numbers. Where it has a total, that says better
    than its shape which parts are outside."""
    said: Numbers = {}
    if "total_tokens" not in numbers:
        if any(whole in found and any(key in found for key in keys) for whole, keys in APART):
            said["cache_outside"] = True
        if any(key in found for key in THOUGHTS):
            said["reasoning_outside"] = True
    if named := tier(found.get("service_tier")) or tier_of_details(found):
        said["service_tier"] = named
    return said


def tier_of_details(found: dict[str, Value]) -> str | None:
    """The tier of service that stands in front of the names of details."""
    for key in (*INPUT_DETAILS, *OUTPUT_DETAILS):
        details = found.get(key)
        for name in details if isinstance(details, dict) else ():
            first, _, rest = name.partition("_")
            if first in TIERS and rest:
                return str(first)
    return None
