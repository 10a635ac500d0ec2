"""What providers add to an answer of Vercel's AI SDK: `{"anthropic": {"usage": {…}}}`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from agentscope.vocabulary import Value
from ingest.reading.json_values import mapping
from ingest.reading.scalars import count, usd
from ingest.reading.scalars import tier as tier_of

# Our names for what is in there, and how providers and versions of the SDK spell it
SPELLINGS = {
    "cache_read": "cacheReadInputTokens cache_read_input_tokens cachedPromptTokens "
    "cachedContentTokenCount",
    "cache_write": "cacheCreationInputTokens cache_creation_input_tokens cacheWriteInputTokens",
    "cache_write_1h": "ephemeral_1h_input_tokens ephemeral1hInputTokens",
    "reasoning": "reasoningTokens thoughtsTokenCount",
    "web_searches": "web_search_requests webSearchRequests",
}
KEYS = {key: ours for ours, keys in SPELLINGS.items() for key in keys.split()}
TIER_KEYS = ("serviceTier", "service_tier")
GATEWAYS = ("gateway", "openrouter")  # their cost is what is paid, in USD
DEEPEST = 4  # levels


def of_metadata(which: str) -> Callable[[Value], int | None]:
    """A parser that takes one of the numbers."""
    return lambda value: numbers(value).get(which) if isinstance(value, str) else None


@lru_cache(256)
def numbers(said: str) -> dict[str, int]:
    """All numbers that we know. Several sources ask for them one after the other."""
    found: dict[str, int] = {}
    for key, value in leaves(mapping(said) or {}):
        if (ours := KEYS.get(key)) and (number := count(value)) is not None:
            found.setdefault(ours, number)
    return found


def leaves(node: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, Value]]:
    """What is at the ends of nested objects."""
    for key, value in node.items():
        if not isinstance(value, dict):
            yield key, value
        elif depth < DEEPEST:
            yield from leaves(value, depth + 1)


def tier(value: Value) -> str | None:
    """The service tier, unless it is the ordinary one."""
    if not isinstance(value, str) or not any(key in value for key in TIER_KEYS):
        return None
    found = (said for key, said in leaves(mapping(value) or {}) if key in TIER_KEYS)
    return next((named for said in found if (named := tier_of(said))), None)


def reported_cost(value: Value) -> Decimal | None:
    """What a gateway charged, USD."""
    if not isinstance(value, str) or '"cost"' not in value:
        return None
    said = mapping(value) or {}
    for gateway in GATEWAYS:
        inner = said.get(gateway)
        if not isinstance(inner, dict):
            continue
        usage = inner.get("usage")
        cost = usd((usage if isinstance(usage, dict) else inner).get("cost"))
        if cost is not None:
            return cost
    return None
