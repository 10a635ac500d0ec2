"""What the tokens of a call cost: from the prices of a model, those that hold for one day and one
service tier. Pure; whole numbers only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from agentscope.prices.models import ModelPrice
from agentscope.vocabulary import Buckets, Why

Unit = ModelPrice.Unit
# Which price a bucket of tokens has: its own, else that of the whole that it is a part of.
# Whoever charges more for writing to a cache charges more for an hour, but nobody knows how much.
BUCKET_UNITS = {
    "fresh_input": (Unit.INPUT,),
    "cache_read": (Unit.CACHE_READ, Unit.INPUT),
    "cache_write_5m": (Unit.CACHE_WRITE, Unit.INPUT),
    "cache_write_1h": (Unit.CACHE_WRITE_1H, Unit.INPUT),
    "audio_input": (Unit.AUDIO_INPUT, Unit.INPUT),
    "output_text": (Unit.OUTPUT,),
    "reasoning": (Unit.REASONING, Unit.OUTPUT),
    "audio_output": (Unit.AUDIO_OUTPUT, Unit.OUTPUT),
}
BUCKETS = tuple(field.name for field in fields(Buckets))
PER_CALL = (Unit.REQUEST, Unit.WEB_SEARCH)  # cost the same whatever the service tier
amounts_of = attrgetter(*BUCKETS)
# What providers and senders call the ordinary tier.
ORDINARY = frozenset({"", "default", "standard", "standard_only", "auto", "on_demand", "on-demand"})


class Price(NamedTuple):
    """One row of the price book."""

    unit: str
    service_tier: str
    tier_from: int  # input tokens of the call from which this holds
    rate: int  # 1e-14 USD a token, a call or a search
    valid_from: date
    valid_to: date  # exclusive
    source: str


@dataclass(slots=True, frozen=True)
class Rates:
    """What everything costs in calls of a certain size, in 1e-14 USD. None: nobody knows."""

    tier_from: int  # input tokens of the call from which this holds
    by_bucket: tuple[int | None, ...]  # a token, in the order of Buckets
    request: int
    web_search: int | None
    source: str
    units: frozenset[str] = frozenset()  # that have a price of their own
    since: date = date.min  # the first day on which just these held; date.min: since ever
    provider: str = ""  # as in the price list; of a project's own price "": whoever sells the model
    model: str = ""
    is_own: bool = False  # a price that the project set

    @property
    def is_free(self) -> bool:
        """Whether nothing that is used has to be paid."""
        return not any(self.by_bucket) and not self.request and None not in self.by_bucket


Sheet = tuple[Rates, ...]  # of one model on one day, by size of the call, from 0 upwards


def sheet_of(prices: Iterable[Price], day: date, service_tier: str) -> Sheet | Why:
    """The rates of a model on a day; else why there are none."""
    valid = [price for price in prices if price.valid_from <= day < price.valid_to]
    if not valid:
        return Why.NO_PRICE_AT_THE_TIME
    if any(price.unit == Unit.BY_HOUR for price in valid):
        return Why.PRICE_BY_THE_HOUR
    said = service_tier.lower()
    tier = "" if said in ORDINARY else said
    of_tier = [price for price in valid if price.service_tier == tier]
    if not of_tier:
        return Why.NO_RATE
    own = {price.unit for price in of_tier}
    shared = [p for p in valid if not p.service_tier and p.unit in PER_CALL and p.unit not in own]
    sizes = sorted({0, *(price.tier_from for price in of_tier)})
    return tuple(rates_of([*of_tier, *shared], size) for size in sizes)


def of_model(sheet: Sheet | Why, named: tuple[str, str], *, is_own: bool) -> Sheet | Why:
    """The same rates with the provider and model of the price list that they are of."""
    if isinstance(sheet, Why):
        return sheet
    provider, model = named
    return tuple(replace(each, provider=provider, model=model, is_own=is_own) for each in sheet)


def rates_for(sheet: Sheet, input_tokens: int) -> Rates:
    """The rates of a call of that size."""
    if len(sheet) == 1:  # as of most models; advice asks for thousands of calls
        return sheet[0]
    return next(rates for rates in reversed(sheet) if rates.tier_from <= input_tokens)


def rates_of(prices: Sequence[Price], size: int) -> Rates:
    """The rates of calls with `size` input tokens."""
    holding = sorted((price for price in prices if price.tier_from <= size), key=by_size)
    chosen = {price.unit: price for price in holding}
    rates = {unit: price.rate for unit, price in chosen.items()}
    return Rates(
        tier_from=size,
        by_bucket=tuple(bucket_rate(rates, bucket) for bucket in BUCKETS),
        request=rates.get(Unit.REQUEST, 0),
        web_search=rates.get(Unit.WEB_SEARCH),
        source=holding[-1].source if holding else "",
        units=frozenset(rates),
        since=max((price.valid_from for price in chosen.values()), default=date.min),
    )


def by_size(price: Price) -> int:
    return price.tier_from


def bucket_rate(rates: dict[str, int], bucket: str) -> int | None:
    """What a token of a bucket costs."""
    if bucket == "cache_write_1h" and Unit.CACHE_WRITE in rates:
        return rates.get(Unit.CACHE_WRITE_1H)
    return next((rates[unit] for unit in BUCKET_UNITS[bucket] if unit in rates), None)
