"""What the same calls would have cost on another model, at the prices of a day. Pure.

An answer says what it cannot know. Above all: another model would have answered otherwise, with
other tokens; what is compared is the price of the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from agentscope.prices.book import PriceBook
from agentscope.prices.models import ModelPrice
from agentscope.prices.price import PER_PICO, priced
from agentscope.prices.rates import BUCKETS, Rates, Sheet, amounts_of, rates_for
from agentscope.vocabulary import Buckets, Why

Unit = ModelPrice.Unit
AUDIO = {"audio_input": Unit.AUDIO_INPUT, "audio_output": Unit.AUDIO_OUTPUT}
PROMPT = slice(0, 5)  # of Buckets: what went in
OTHER_TOKENS = "Another model cuts texts into other tokens, and would have answered otherwise."


class Use(NamedTuple):
    """What some calls used, added up."""

    calls: int  # 0: nobody knows how many
    buckets: Buckets
    web_searches: int = 0


@dataclass(slots=True, frozen=True)
class WhatIf:
    """What it would have cost: from `least` to `most`, which are equal where it is known. Both are
    None where nothing is known."""

    least: int | None  # 1e-12 USD
    most: int | None
    unknown_tokens: int  # that are in neither, because they have no price there
    notes: list[str]  # what cannot be known, in sentences


def what_if(book: PriceBook, provider: str, model: str, day: date, uses: Iterable[Use]) -> WhatIf:
    """The cost of `uses` on a model, in the ordinary service tier.

    Where large calls cost more, sums do not tell how large each call was: a use whose calls are
    all small, or all large, is exact; others lie between the two.
    """
    uses = list(uses)
    sheet = book.sheet(provider, model, day, "")
    if isinstance(sheet, Why):
        is_free = sheet == Why.FREE_MODEL
        cost = 0 if is_free else None
        tokens = 0 if is_free else sum(sum(amounts_of(use.buckets)) for use in uses)
        return WhatIf(cost, cost, tokens, [OTHER_TOKENS] if is_free else [f"{model} has no price."])
    bounds = [bounds_of(use, sheet) for use in uses]
    least, most = (sum(each[at] for each in bounds) for at in (0, 1))
    unpriced = sum(each[2] for each in bounds)
    return WhatIf(least, most, unpriced, list(notes(uses, sheet, is_exact=least == most)))


def bounds_of(use: Use, sheet: Sheet) -> tuple[int, int, int]:
    """The least and the most that a use would have cost, and the tokens that have no price."""
    costs = []
    missing = 0
    for rates in possible(use, sheet):
        known, missing = without_price(amounts_of(use.buckets), rates)
        searches = use.web_searches if rates.web_search is not None else 0
        tokens = priced(known, searches, rates)
        costs.append((tokens.pico or 0) + max(use.calls - 1, 0) * rates.request // PER_PICO)
    return min(costs), max(costs), missing


def possible(use: Use, sheet: Sheet) -> Sequence[Rates]:
    """The rates that calls of a use may have had: from those of none to those of all its input."""
    largest = rates_for(sheet, sum(amounts_of(use.buckets)[PROMPT]))
    if use.calls == 1:
        return [largest]
    return sheet[: sheet.index(largest) + 1]


def without_price(amounts: tuple[int, ...], rates: Rates) -> tuple[tuple[int, ...], int]:
    """Amounts without those that have no price on the model, and how many these are. Sound costs
    several times as much as text: without a price of its own it is unknown."""
    known, missing = [], 0
    for bucket, count, rate in zip(BUCKETS, amounts, rates.by_bucket, strict=True):
        has_price = rate is not None and AUDIO.get(bucket, Unit.INPUT) in {*rates.units, Unit.INPUT}
        known.append(count if has_price else 0)
        missing += 0 if has_price else count
    return tuple(known), missing


def notes(uses: Sequence[Use], sheet: Sheet, *, is_exact: bool) -> Iterable[str]:
    """What is not known, in sentences."""
    rates = sheet[0]
    used = {bucket for use in uses for bucket in BUCKETS if getattr(use.buckets, bucket)}
    if used & set(AUDIO) and not rates.units & set(AUDIO.values()):
        yield "It has no price for sound: audio tokens are left out."
    if "cache_read" in used and Unit.CACHE_READ not in rates.units:
        yield "It has no price for cached input: it is priced as fresh input."
    if {"cache_write_5m", "cache_write_1h"} & used and Unit.CACHE_WRITE not in rates.units:
        yield "It has no price for writing to a cache: it is priced as fresh input."
    if "cache_write_1h" in used and rates.by_bucket[BUCKETS.index("cache_write_1h")] is None:
        yield "It has no price for an hour in the cache: these tokens are left out."
    if any(use.web_searches for use in uses) and rates.web_search is None:
        yield "It has no price for web searches: they are left out."
    if not is_exact:
        sizes = ", ".join(f"{each.tier_from - 1:,}" for each in sheet[1:])
        yield f"Calls with more than {sizes} input tokens cost more, and how many are is not known."
    yield OTHER_TOKENS
