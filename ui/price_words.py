"""Prices in plain words: `input $2.5`, `1,000 web searches $10`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from agentscope.prices.models import ModelPrice
from agentscope.prices.read import PricedModel, UnitPrice
from ui.amounts import exact_money

Unit = ModelPrice.Unit
MILLION, THOUSAND = 10**6, 10**3
# What a unit is called, and how many of it people pay for at once.
UNITS: dict[str, tuple[str, int]] = {
    Unit.INPUT: ("input", MILLION),
    Unit.CACHE_READ: ("cached input", MILLION),
    Unit.CACHE_WRITE: ("cache write", MILLION),
    Unit.CACHE_WRITE_1H: ("cache write for an hour", MILLION),
    Unit.AUDIO_INPUT: ("audio input", MILLION),
    Unit.OUTPUT: ("output", MILLION),
    Unit.REASONING: ("reasoning", MILLION),
    Unit.AUDIO_OUTPUT: ("audio output", MILLION),
    Unit.REQUEST: ("each request", 1),
    Unit.WEB_SEARCH: ("1,000 web searches", THOUSAND),
}
IN_COLUMNS = (Unit.INPUT, Unit.CACHE_READ, Unit.OUTPUT)  # the others are in a column together


@dataclass(slots=True, frozen=True)
class PriceRow:
    """A model of the price list as a row of a table."""

    model: PricedModel
    input: str
    cache_read: str
    output: str
    more: str  # all other prices
    holds: str  # from when until when
    source: str


def price_row(model: PricedModel) -> PriceRow:
    """A model in words."""
    plain = {price.unit: price for price in model.prices if not price.tier_from}
    shown = {unit.value: usd(plain[unit]) if unit in plain else "" for unit in IN_COLUMNS}
    return PriceRow(
        model=model,
        input=shown["input"],
        cache_read=shown["cache_read"],
        output=shown["output"],
        more=more(model.prices),
        holds=holds(model.prices),
        source=", ".join(dict.fromkeys(price.source for price in model.prices)),
    )


def more(prices: Iterable[UnitPrice]) -> str:
    """The prices that have no column: of other units, and of large calls."""
    prices = list(prices)
    if any(price.unit == Unit.BY_HOUR for price in prices):
        return "depends on the hour of day, so it is left out"
    others = [p for p in prices if not p.tier_from and p.unit not in IN_COLUMNS]
    said = [", ".join(map(named, others))] if others else []
    for size in sorted({price.tier_from for price in prices if price.tier_from}):
        large = ", ".join(named(price) for price in prices if price.tier_from == size)
        said.append(f"calls with more than {size - 1:,} input tokens: {large}")
    return "; ".join(said)


def named(price: UnitPrice) -> str:
    """A price with the name of its unit."""
    return f"{UNITS[price.unit][0]} {usd(price)}"


def usd(price: UnitPrice) -> str:
    """What is paid for as many of a unit as people pay for at once."""
    return exact_money(asked(price.unit, price.usd_per_million))


def asked(unit: str, usd_per_million: Decimal) -> Decimal:
    """A price of the table as people say it."""
    return usd_per_million * UNITS[unit][1] / MILLION


def per_million(unit: str, usd_asked: Decimal) -> Decimal:
    """A price as people say it, as the table has it."""
    return usd_asked * MILLION / UNITS[unit][1]


def holds(prices: Iterable[UnitPrice]) -> str:
    """From when until when the newest of some prices holds."""
    prices = list(prices)
    since = max((price.valid_from for price in prices if price.valid_from), default=None)
    until = min((price.valid_to for price in prices if price.valid_to), default=None)
    parts = [f"from {since}" if since else "", f"until {until}" if until else ""]
    return " ".join(filter(None, parts)) or "always"
