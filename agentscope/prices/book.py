"""The price book: what a token of a model costs on a day. Kept in memory, read from ModelPrice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from time import monotonic

from django.db import connection

from agentscope.prices.models import ModelPrice
from agentscope.prices.names import sellers, spellings

# Rates are whole numbers, so that every sum is exact: 1e-8 USD per million tokens is the finest
# price that a row can hold, and 1e-14 USD a token.
FINEST = Decimal("1e-8")
STALE_AFTER = 60.0  # seconds; prices change a few times a year

INPUT, OUTPUT = ModelPrice.Unit.INPUT, ModelPrice.Unit.OUTPUT
CACHE_READ, CACHE_WRITE = ModelPrice.Unit.CACHE_READ, ModelPrice.Unit.CACHE_WRITE


@dataclass(slots=True, frozen=True)
class Rates:
    """What a token costs, in 1e-14 USD. None: not sold, so nobody knows."""

    input: int | None
    output: int | None
    cache_read: int | None
    cache_write: int | None


@dataclass(slots=True, frozen=True)
class Price:
    """One row of the price book."""

    unit: str
    tier_from: int  # input tokens of the call from which this holds
    rate: int  # 1e-14 USD a token
    valid_from: date
    valid_to: date  # exclusive


@dataclass(slots=True)
class PriceBook:
    """Prices by provider and model."""

    prices: dict[tuple[str, str], list[Price]] = field(default_factory=dict)

    def rates(self, provider: str, model: str, day: date, input_tokens: int) -> Rates | None:
        """What the tokens of a call cost; None if the model is not in the book on that day.

        The name must be one that the catalogue knows, but for its date of release: a price of
        something that is only called alike would be wrong, and unknown is better than wrong.
        """
        found = self.find(provider, model)
        valid = [
            price
            for price in found
            if price.valid_from <= day < price.valid_to and price.tier_from <= input_tokens
        ]
        if not valid:
            return None
        highest = {price.unit: price.rate for price in sorted(valid, key=lambda p: p.tier_from)}
        return Rates(*(highest.get(unit) for unit in (INPUT, OUTPUT, CACHE_READ, CACHE_WRITE)))

    def find(self, provider: str, model: str) -> list[Price]:
        """All prices of a model, from the first seller that has it."""
        if not provider and "/" in model:
            provider, model = model.split("/", 1)  # LiteLLM's way to name both
        for seller in sellers(provider):
            for name in spellings(model):
                if found := self.prices.get((seller, name)):
                    return found
        return []


Row = tuple[str, str, str, int, Decimal, date | None, date | None]
COLUMNS = "provider, model, unit, tier_from, usd_per_million, valid_from, valid_to"


def book_of(rows: Iterable[Row]) -> PriceBook:
    """A price book of rows of ModelPrice."""
    book = PriceBook()
    for provider, model, unit, tier_from, usd, valid_from, valid_to in rows:
        price = Price(
            unit, tier_from, int(usd / FINEST), valid_from or date.min, valid_to or date.max
        )
        book.prices.setdefault((provider, model), []).append(price)
    return book


@dataclass(slots=True)
class Shelf:
    """The book as it was read last."""

    book: PriceBook | None = None
    read_at: float = 0.0


shelf = Shelf()


def price_book() -> PriceBook:
    """The prices of this installation, at most a minute old."""
    if shelf.book is None or monotonic() - shelf.read_at > STALE_AFTER:
        with connection.cursor() as cursor:
            cursor.execute(f"select {COLUMNS} from model_price")  # noqa: S608 — our own columns
            shelf.book = book_of(cursor.fetchall())
        shelf.read_at = monotonic()
    return shelf.book
