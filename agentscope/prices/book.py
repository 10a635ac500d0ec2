"""The price book of a project: what a token of a model costs on a day, and by whose word.

A model is looked for in the project's own prices and aliases, then in those of the installation.
Kept in memory; rates are worked out once for each model, day and service tier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from time import monotonic
from typing import Any

from django.db import connection

from agentscope.prices.names import candidates, is_free
from agentscope.prices.rates import Price, Sheet, of_model, sheet_of
from agentscope.vocabulary import Why

# Rates are whole numbers, so that every sum is exact: 1e-8 USD per million tokens is the finest
# price that a row can hold, and 1e-14 USD a token.
FINEST = Decimal("1e-8")
ANY_PROVIDER = ""  # of a project's own price: whoever sells the model
REMEMBERED = 100_000  # sheets

Named = tuple[str, str]  # provider and model, as in the price list
Prices = dict[Named, list[Price]]
Row = tuple[str, str, str, str, int, Decimal, date | None, date | None, str]


@dataclass(slots=True)
class PriceBook:
    """Prices by provider and model."""

    prices: Prices = field(default_factory=dict)  # of the installation
    own: Prices = field(default_factory=dict)  # of the project: they win
    aliases: dict[str, Named] = field(default_factory=dict)  # of the project, by name
    sheets: dict[tuple[str, str, date, str], Sheet | Why] = field(default_factory=dict)

    def sheet(self, provider: str, model: str, day: date, service_tier: str) -> Sheet | Why:
        """The rates of a model on a day; else why there are none, or FREE_MODEL.

        The name must be one that the price list knows, but for spelling: a price of something that
        is only called alike would be wrong, and unknown is better than wrong.
        """
        key = (provider, model, day, service_tier)
        found = self.sheets.get(key)
        if found is None:
            if len(self.sheets) >= REMEMBERED:
                self.sheets.clear()
            found = self.sheets[key] = self.look_up(provider, model, day, service_tier)
        return found

    def look_up(self, provider: str, model: str, day: date, service_tier: str) -> Sheet | Why:
        """What `sheet` remembers."""
        if not model.strip():
            return Why.NO_MODEL
        for name in self.own_names(provider, model) if self.own else ():
            sheet = sheet_of(self.own[name], day, service_tier)
            if not isinstance(sheet, Why):
                return of_model(sheet, name, is_own=True)
        provider, model = self.alias(provider, model)
        if is_free(model):
            return Why.FREE_MODEL
        found = self.find(provider, model)
        if not found:
            return Why.UNKNOWN_MODEL
        return of_model(sheet_of(self.prices[found], day, service_tier), found, is_own=False)

    def own_names(self, provider: str, model: str) -> list[Named]:
        """Under which names the project has a price of its own for a model, the best first."""
        return [name for name in self.meanings(provider, model) if name in self.own]

    def meanings(self, provider: str, model: str) -> dict[Named, None]:
        """Under which names a price of the project is looked for, the best first."""
        said = (*candidates(provider, model), *candidates(*self.alias(provider, model)))
        return dict.fromkeys(
            (place, name) for seller, name in said for place in (seller, ANY_PROVIDER)
        )

    def alias(self, provider: str, model: str) -> Named:
        """What a project says a model is; itself where it says nothing."""
        return self.aliases.get(model.strip().lower(), (provider, model))

    def find(self, provider: str, model: str) -> Named | None:
        """Under which name the installation has prices for a model."""
        return next((name for name in candidates(provider, model) if name in self.prices), None)


def book_of(
    rows: Iterable[Row], own: Iterable[Row] = (), aliases: dict[str, Named] | None = None
) -> PriceBook:
    """A price book of rows of ModelPrice: the installation's, and a project's own."""
    return PriceBook(prices_of(rows), prices_of(own), aliases or {})


def prices_of(rows: Iterable[Row]) -> Prices:
    """Rows by provider and model."""
    prices: Prices = {}
    for provider, model, unit, service_tier, size, usd, valid_from, valid_to, source in rows:
        since, until = valid_from or date.min, valid_to or date.max
        price = Price(unit, service_tier, size, int(usd / FINEST), since, until, source)
        prices.setdefault((provider, model), []).append(price)
    return prices


STALE_AFTER = 2.0  # seconds: how long a change may go unnoticed by another process
COLUMNS = (
    *("provider", "model", "unit", "service_tier", "tier_from", "usd_per_million"),
    *("valid_from", "valid_to", "source"),
)
SELECT = f"select {', '.join(COLUMNS)} from model_price where project_id"  # noqa: S608
# Rows are never changed in place, and every new one has a higher number.
STAMP = "select count(*), coalesce(max(id), 0) from model_price where project_id is null"
ALIASES = "select name, provider, model from model_alias where project_id = %s order by name"


@dataclass(slots=True)
class Shelf:
    """What this process has read."""

    stamp: tuple[int, ...] = ()
    prices: Prices = field(default_factory=dict)  # of the installation
    checked_at: float = float("-inf")
    books: dict[int, Kept] = field(default_factory=dict)  # by project; 0: no project

    def clear(self) -> None:
        """Look again at the next look. Prices of the installation whose stamp still holds are kept:
        a project that sets its own need not wait for all of them."""
        self.checked_at, self.books = float("-inf"), {}


@dataclass(slots=True)
class Kept:
    """A project's book, and the rows of the project that it was made of."""

    book: PriceBook
    own: list[Row]
    aliases: dict[str, Named]
    checked_at: float


shelf = Shelf()


def price_book(project_id: int | None = None) -> PriceBook:
    """The prices that hold in a project, as they were STALE_AFTER ago at the earliest.

    Without a project: those of the installation.
    """
    refresh()
    kept = shelf.books.get(project_id or 0)
    now = monotonic()
    if kept is None or (project_id and now - kept.checked_at > STALE_AFTER):
        own, aliases = own_rows(project_id), aliases_of(project_id)
        if kept is None or (own, aliases) != (kept.own, kept.aliases):
            kept = Kept(PriceBook(shelf.prices, prices_of(own), aliases), own, aliases, now)
        kept.checked_at = now
        shelf.books[project_id or 0] = kept
    return kept.book


def refresh() -> None:
    """Read the prices of the installation again if they have changed."""
    if monotonic() - shelf.checked_at <= STALE_AFTER:
        return
    stamp = tuple(rows_of_query(STAMP)[0])
    if stamp != shelf.stamp:
        shelf.prices = prices_of(rows_of_query(f"{SELECT} is null"))
        shelf.stamp, shelf.books = stamp, {}
    shelf.checked_at = monotonic()


def own_rows(project_id: int | None) -> list[Row]:
    """The prices that a project has set."""
    return rows_of_query(f"{SELECT} = %s order by id", project_id) if project_id else []


def aliases_of(project_id: int | None) -> dict[str, Named]:
    """What a project says its names mean."""
    found = rows_of_query(ALIASES, project_id) if project_id else []
    return {name: (provider, model) for name, provider, model in found}


def rows_of_query(sql: str, *parameters: Any) -> list[Any]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows
