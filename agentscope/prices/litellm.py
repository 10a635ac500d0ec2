"""Reading a price list in LiteLLM's format: one JSON object, models by name.

    {"gpt-4o": {"litellm_provider": "openai", "input_cost_per_token": 2.5e-06, …}, …}

Keys are built of a unit (`cache_read_input_token_cost`), how large the call must be
(`_above_200k_tokens`), and a service tier (`_batches`, `_flex`, `_priority`). A price that is
`null` is no price; only the number 0 says that something is free.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from agentscope.prices.book import Row
from agentscope.prices.models import ModelPrice
from agentscope.prices.names import SELLERS

Unit = ModelPrice.Unit
MILLION = 10**6
MOST_USD = Decimal(10) ** 11  # per million: what a row can hold
UNITS = {
    "input_cost_per_token": Unit.INPUT,
    "cache_read_input_token_cost": Unit.CACHE_READ,
    "cache_creation_input_token_cost": Unit.CACHE_WRITE,
    "cache_creation_input_token_cost_above_1hr": Unit.CACHE_WRITE_1H,
    "input_cost_per_audio_token": Unit.AUDIO_INPUT,
    "output_cost_per_token": Unit.OUTPUT,
    "output_cost_per_reasoning_token": Unit.REASONING,
    "output_cost_per_audio_token": Unit.AUDIO_OUTPUT,
    "input_cost_per_request": Unit.REQUEST,
}
SEARCHES = "search_context_cost_per_query"  # by how much is read; the ordinary way is medium
TIERS = {"batches": "batch", "flex": "flex", "priority": "priority"}
KEY = re.compile(
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})"
    r"(?:_above_(?P<size>\d+)k_tokens)?(?:_(?P<tier>batches|flex|priority))?"
)
COST = re.compile(r"_cost(_per_|$|_above)|^cost_per_")
TABLE = "tiered_pricing"  # a price for each range of sizes, by another rule
EXAMPLE = "sample_spec"  # explains the format, and is no model
ROUTE = re.compile(r"^[^/]+/")


@dataclass(slots=True)
class PriceList:
    """What was read, and what could not be."""

    rows: list[Row] = field(default_factory=list)
    models: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # prices, by why they have no place


class NoPriceList(ValueError):
    """The text is no price list. The message says why."""


def read_price_list(text: str, taken_on: date) -> PriceList:
    """The prices in a file of LiteLLM's. Raises NoPriceList."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        raise NoPriceList(f"This is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise NoPriceList("This is no object with a model under each name.")
    prices = PriceList()
    seen: dict[tuple[str, ...], Decimal] = {}
    for name, model in found.items():
        if name != EXAMPLE and isinstance(model, dict):
            read_model(prices, seen, name, model, f"litellm, {taken_on}")
    if not prices.rows:
        raise NoPriceList("No model in it has a price of a token.")
    return prices


def read_model(
    prices: PriceList,
    seen: dict[tuple[str, ...], Decimal],
    name: str,
    model: dict[str, Any],
    source: str,
) -> None:
    """Add the prices of one model. `seen` has what is there already, by what it is a price of."""
    provider = provider_of(model)
    before = len(prices.rows)
    for key, value in costs_of(model):
        row = row_of(provider, bare(name, provider), key, value, source)
        if isinstance(row, str):
            prices.left_out[row] += 1
        elif (what := tuple(map(str, row[:5]))) not in seen:
            seen[what] = row[5]
            prices.rows.append(row)
        elif seen[what] != row[5]:
            prices.left_out["another price of the same model"] += 1
    prices.models += len(prices.rows) > before


def costs_of(model: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The keys of a model that say what something costs."""
    for key, value in model.items():
        if key == SEARCHES and isinstance(value, dict):
            yield SEARCHES, value.get("search_context_size_medium")
        elif COST.search(key) or key == TABLE:
            yield key, value


def row_of(provider: str, name: str, key: str, value: Any, source: str) -> Row | str:
    """A row of the price table; else why there is none."""
    found = KEY.fullmatch(key)
    if not found and key != SEARCHES:
        return key
    if value is None:
        return "no price (null)"
    usd = usd_of(value)
    if usd is None:
        return "not a price"
    if not found:
        return (provider, name, Unit.WEB_SEARCH.value, "", 0, usd, None, None, source)
    size = int(found["size"]) * 1000 + 1 if found["size"] else 0
    unit, tier = UNITS[found["unit"]].value, TIERS.get(found["tier"] or "", "")
    return (provider, name, unit, tier, size, usd, None, None, source)


def usd_of(value: Any) -> Decimal | None:
    """A price of one as a price of a million; None for what is no price."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    usd = Decimal(value) * MILLION
    return usd if usd.is_finite() and 0 <= usd < MOST_USD else None


def provider_of(model: dict[str, Any]) -> str:
    """Who sells a model, by our name."""
    said = str(model.get("litellm_provider") or "").lower()
    return next(
        (
            SELLERS[name]
            for name in (said, said.split("-language")[0], said.split("-")[0])
            if name in SELLERS
        ),
        said,
    )


def bare(name: str, provider: str) -> str:
    """A model's name without the seller that LiteLLM puts before it. OpenRouter's own names have
    a path, which stays."""
    name = name.strip().lower()
    route = ROUTE.match(name)
    head = route[0][:-1] if route else ""
    return name.removeprefix(f"{head}/") if SELLERS.get(head) == provider else name
