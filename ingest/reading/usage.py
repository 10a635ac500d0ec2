"""Tokens to one model: input includes the cache, output includes reasoning.

Providers and instrumentations differ in both, and the name of a dialect does not tell. The
arithmetic does: the reported total says which of the other numbers it is made of.
"""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Usage, Value
from ingest.reading.scalars import count


def usage_of(numbers: dict[str, Any], *, input_excludes_cache: bool = False) -> Usage:
    """Usage from the fields `input_tokens`, `output_tokens`, `total_tokens`, `cache_read_tokens`,
    `cache_write_tokens`, `reasoning_tokens`.

    `input_excludes_cache` is for senders that are known to leave the cache out, and whose totals
    leave it out too.
    """
    usage = Usage(
        numbers.get("input_tokens"),
        numbers.get("output_tokens"),
        numbers.get("cache_read_tokens"),
        numbers.get("cache_write_tokens"),
        numbers.get("reasoning_tokens"),
    )
    cached = (usage.cache_read or 0) + (usage.cache_write or 0)
    if cached or usage.reasoning:
        include(usage, cached, numbers.get("total_tokens"), known=input_excludes_cache)
    return usage


def include(usage: Usage, cached: int, total: int | None, *, known: bool) -> None:
    """Add the cache to the input and reasoning to the output where they are not in it yet."""
    if usage.input is not None and (known or cache_is_outside(usage, cached, total)):
        usage.input += cached
    if usage.output is not None and reasoning_is_outside(usage, total):
        usage.output += usage.reasoning or 0


def cache_is_outside(usage: Usage, cached: int, total: int | None) -> bool:
    """Whether input leaves the cache out: it is smaller than its part, or the total says so."""
    given = usage.input or 0
    if cached > given:
        return True
    if total is None or not cached or usage.output is None:
        return False
    rest = total - given - usage.output
    return rest == cached or rest == (usage.cache_read or 0) > 0


def reasoning_is_outside(usage: Usage, total: int | None) -> bool:
    """The same for reasoning and output."""
    thought, given = usage.reasoning or 0, usage.output or 0
    if thought > given:
        return True
    if total is None or not thought or usage.input is None:
        return False
    return total - usage.input - given == thought


# Usage objects of providers and frameworks, where they are inside an answer
PLACES = ("usage", "usage_metadata", "usageMetadata", "token_usage")
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
)
DEEPEST = 6  # levels
SPELLINGS = {
    "input_tokens": "input_tokens prompt_tokens inputTokens promptTokens promptTokenCount "
    "prompt_token_count",
    "output_tokens": "output_tokens completion_tokens outputTokens completionTokens "
    "candidatesTokenCount candidates_token_count",
    "total_tokens": "total_tokens totalTokens totalTokenCount total_token_count",
    "cache_read_tokens": "cache_read_input_tokens cacheReadInputTokens cachedContentTokenCount "
    "cached_content_token_count cached_tokens cache_read",
    "cache_write_tokens": "cache_creation_input_tokens cacheWriteInputTokens cache_creation",
    "reasoning_tokens": "reasoning_tokens thoughtsTokenCount thoughts_token_count reasoning",
}
DETAILS = (
    "prompt_tokens_details",
    "completion_tokens_details",
    "input_tokens_details",
    "output_tokens_details",
    "input_token_details",
    "output_token_details",
)


def usage_inside(value: Value, depth: int = 0) -> dict[str, int] | None:
    """The numbers of the first usage object inside a decoded answer."""
    if isinstance(value, list):
        value = value[0] if value else None
        return usage_inside(value, depth + 1) if depth < DEEPEST else None
    if not isinstance(value, dict) or depth > DEEPEST:
        return None
    for key in PLACES:
        if isinstance(found := value.get(key), dict) and (numbers := spelled_out(found)):
            return numbers
    deeper = (usage_inside(value[key], depth + 1) for key in ON_THE_WAY if key in value)
    return next((numbers for numbers in deeper if numbers), None)


def spelled_out(found: dict[str, Value]) -> dict[str, int]:
    """A usage object under our names for its numbers."""
    flat = dict(found)
    for key in DETAILS:
        if isinstance(details := found.get(key), dict):
            flat = details | flat
    numbers: dict[str, int] = {}
    for field, keys in SPELLINGS.items():
        counts = (count(flat[key]) for key in keys.split() if key in flat)
        if (number := next(counts, None)) is not None:
            numbers[field] = number
    return numbers
