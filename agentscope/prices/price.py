"""What one call costs. Whole numbers only: exact, and rounded once, to 1e-12 USD."""

from __future__ import annotations

from datetime import date
from operator import mul
from typing import NamedTuple

from agentscope.prices.book import PriceBook
from agentscope.prices.rates import Rates, amounts_of, rates_for
from agentscope.vocabulary import Buckets, Why

PER_PICO = 100  # rates are in 1e-14 USD, costs in 1e-12


class Call(NamedTuple):
    """What has to be known of a call to price it."""

    provider: str
    model: str  # as it was sent
    day: date  # UTC
    service_tier: str  # "": the ordinary one
    buckets: Buckets
    web_searches: int = 0  # that the provider ran
    is_total: bool = False  # of an unknown number of calls


class Priced(NamedTuple):
    """What a call costs, and by which price list."""

    pico: int | None  # 1e-12 USD; None: unknown
    why: Why  # why it is unknown, or costs nothing; else NONE
    source: str  # of the price; "" where there is none
    rates: Rates | None = None  # that made up the cost; None where it is unknown or needs none


def price_call(book: PriceBook, call: Call) -> Priced:
    """The cost of a call, half a unit of the last digit rounded up.

    A call with more input than a threshold is priced at the higher rate as a whole. Of a total
    only this is known: all its calls are as small as it is, or smaller.
    """
    sheet = book.sheet(call.provider, call.model, call.day, call.service_tier)
    if isinstance(sheet, Why):
        return FREE if sheet == Why.FREE_MODEL else Priced(None, sheet, "")
    amounts = amounts_of(call.buckets)
    rates = sheet[0] if len(sheet) == 1 else rates_for(sheet, sum(amounts[:5]))
    if call.is_total and (rates is not sheet[0] or rates.request):
        return Priced(None, Why.SEVERAL_CALLS, rates.source)
    return priced(amounts, call.web_searches, rates)


FREE = Priced(0, Why.FREE_MODEL, "its name")


def priced(amounts: tuple[int, ...], web_searches: int, rates: Rates) -> Priced:
    """Amounts times rates. A rate that is unknown matters only where something was used."""
    spent = rates.request
    if None in rates.by_bucket:
        for count, rate in zip(amounts, rates.by_bucket, strict=True):
            if count and rate is None:
                return Priced(None, Why.NO_RATE, rates.source)
            spent += count * (rate or 0)
    else:
        spent += sum(map(mul, amounts, rates.by_bucket))
    if web_searches > 0:
        if rates.web_search is None:
            return Priced(None, Why.NO_RATE, rates.source)
        spent += web_searches * rates.web_search
    why = Why.FREE_MODEL if not spent and rates.is_free else Why.NONE
    return Priced((spent + PER_PICO // 2) // PER_PICO, why, rates.source, rates)
