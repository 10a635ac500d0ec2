"""What is known of the calls of a period, as the roll-up gives it: lines, and what they cost at the
prices of a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from agentscope.prices.book import PriceBook
from agentscope.prices.rates import BUCKETS, Rates, rates_for
from agentscope.prices.what_if import without_price
from agentscope.routing.record import Record
from agentscope.vocabulary import Why

PLACES = Decimal("1e-14")  # USD: the finest rate of a price list, so that every sum is exact


@dataclass(frozen=True, slots=True)
class Line:
    """The calls of a kind, a size and a service tier that an agent made of a model, added up."""

    path: str
    agent: str
    model: str
    provider: str
    service_tier: str
    kind: int  # kinds.CallKind
    site: int  # digest of path, model and provider
    record: Record
    tokens: tuple[int, ...]  # in the order of vocabulary.Buckets
    web_searches: int
    least_input: int  # tokens of one call, here and below
    most_input: int
    most_output: int


def cost(
    book: PriceBook, day: date, line: Line, provider: str, model: str
) -> tuple[Decimal | None, Why]:
    """What the calls of a line cost on a model in USD, exactly; None with the reason where anything
    they used has no price there."""
    sheet = book.sheet(provider, model, day, line.service_tier)
    if isinstance(sheet, Why):
        return (Decimal(0), sheet) if sheet == Why.FREE_MODEL else (None, sheet)
    rates = rates_for(sheet, line.most_input)
    if rates is not rates_for(sheet, line.least_input):
        return None, Why.SEVERAL_CALLS  # some at one price, some at another
    return of_rates(line, rates)


def of_rates(line: Line, rates: Rates) -> tuple[Decimal | None, Why]:
    """The same at rates that hold for every call of the line."""
    if line.web_searches and rates.web_search is None:
        return None, Why.NO_RATE
    spent = 0
    for count, rate in zip(line.tokens, by_bucket(rates), strict=True):
        if count:
            if rate is None:
                return None, Why.NO_RATE
            spent += count * rate
    spent += line.record.calls * rates.request + line.web_searches * (rates.web_search or 0)
    return spent * PLACES, Why.NONE


@lru_cache(maxsize=4096)
def by_bucket(rates: Rates) -> tuple[int | None, ...]:
    """What a token of each bucket costs, in 1e-14 USD; None: nobody knows."""
    known, _ = without_price((1,) * len(BUCKETS), rates)
    pairs = zip(known, rates.by_bucket, strict=True)
    return tuple(rate if is_known else None for is_known, rate in pairs)


def recorded(lines: Iterable[Line]) -> Record:
    """What became of the calls of some lines together."""
    found = Record()
    for line in lines:
        found += line.record
    return found
