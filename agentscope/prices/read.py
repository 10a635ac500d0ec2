"""The price list as pages and the API read it: what holds in a project on a day."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from agentscope.prices.models import ModelAlias, ModelPrice

# Those of the project first, then by name.
ORDER = "(project_id is null), model, provider, service_tier"
FOUND = """
from model_price where (project_id is null or project_id = %(project)s)
and (%(provider)s = '' or provider = %(provider)s) and (%(model)s = '' or model = %(model)s)
and (%(text)s = '' or strpos(provider || '/' || model, %(text)s) > 0)
and (%(at)s::date is null or (valid_from is null or valid_from <= %(at)s)
    and (valid_to is null or valid_to > %(at)s))
and (not %(own)s or project_id is not null)
"""
PAGE = f"""
select project_id is not null, provider, model, service_tier,
    array_agg(unit order by unit, tier_from, valid_from nulls first),
    array_agg(tier_from order by unit, tier_from, valid_from nulls first),
    array_agg(usd_per_million order by unit, tier_from, valid_from nulls first),
    array_agg(valid_from order by unit, tier_from, valid_from nulls first),
    array_agg(valid_to order by unit, tier_from, valid_from nulls first),
    array_agg(source order by unit, tier_from, valid_from nulls first)
{FOUND}
and (not %(goes_on)s or ((project_id is null)::text, model, provider, service_tier)
    > (%(after_own)s, %(after_model)s, %(after_provider)s, %(after_tier)s))
group by {ORDER}, project_id is not null order by {ORDER} limit %(limit)s
"""
COUNT = f"""
select count(*) from (select distinct project_id, provider, model, service_tier {FOUND}) models
"""  # noqa: S608 — our own words
PARTS = ("after_own", "after_model", "after_provider", "after_tier")  # of a place
SLICE = 500  # models at once, where all are read
UNITS = {unit.value: place for place, unit in enumerate(ModelPrice.Unit)}


class BadPlace(ValueError):
    """A place in the price list that is not ours."""


@dataclass(slots=True, frozen=True)
class PriceQuery:
    """What to look for."""

    text: str = ""  # part of `provider/model`, in lower case
    provider: str = ""  # exactly
    model: str = ""  # exactly
    at: date | None = None  # what holds on that day; None: whenever
    own: bool = False  # only what the project set


@dataclass(slots=True, frozen=True)
class UnitPrice:
    """The price of one unit."""

    unit: str
    tier_from: int  # input tokens of the call from which it holds
    usd_per_million: Decimal
    valid_from: date | None
    valid_to: date | None  # exclusive
    source: str


@dataclass(slots=True, frozen=True)
class PricedModel:
    """All prices of a model in a service tier, of a project or of the installation."""

    own: bool  # set for the project
    provider: str
    model: str
    service_tier: str
    prices: list[UnitPrice]

    @property
    def place(self) -> str:
        """Where it is in the list, for going on after it."""
        place = [str(not self.own).lower(), self.model, self.provider, self.service_tier]
        return urlsafe_b64encode(json.dumps(place).encode()).decode()


@dataclass(slots=True, frozen=True)
class PricePage:
    """Some models, how many there are, and where the next ones begin."""

    items: list[PricedModel]
    total: int
    next: str  # "": there are no more


def prices(project_id: int, query: PriceQuery, after: str, limit: int) -> PricePage:
    """Models that have a price in a project, its own first, then by name. Raises BadPlace."""
    asked = parameters(project_id, query) | place_of(after) | {"limit": limit + 1}
    with connection.cursor() as cursor:
        cursor.execute(PAGE, asked)
        found = [priced_model(row) for row in cursor.fetchall()]
        cursor.execute(COUNT, asked)
        total = int(cursor.fetchone()[0])
    items = found[:limit]
    return PricePage(items, total, items[-1].place if len(found) > limit else "")


def all_prices(project_id: int, query: PriceQuery) -> Iterator[PricedModel]:
    """All models that are found, slice after slice."""
    after = ""
    while True:
        page = prices(project_id, query, after, SLICE)
        yield from page.items
        after = page.next
        if not after:
            return


def priced_model(row: tuple[Any, ...]) -> PricedModel:
    """A model of a row of the query, its units in our order."""
    own, provider, model, service_tier, *columns = row
    found = [UnitPrice(*each) for each in zip(*columns, strict=True)]
    found.sort(key=lambda price: (UNITS[price.unit], price.tier_from))
    return PricedModel(own, provider, model, service_tier, found)


def parameters(project_id: int, query: PriceQuery) -> dict[str, Any]:
    """A query as the parameters of its statement."""
    return {
        "project": project_id,
        "provider": query.provider.lower(),
        "model": query.model.lower(),
        "text": query.text.strip().lower(),
        "at": query.at,
        "own": query.own,
    }


def place_of(text: str) -> dict[str, Any]:
    """A place as parameters of the statement. Raises BadPlace."""
    try:
        place = json.loads(urlsafe_b64decode(text.encode("ascii"))) if text else [""] * len(PARTS)
    except ValueError as error:
        raise BadPlace("this is no place in the price list") from error
    is_place = isinstance(place, list) and [type(part) for part in place] == [str] * len(PARTS)
    if not is_place or any("\0" in part for part in place):
        raise BadPlace("this is no place in the price list")
    return {"goes_on": bool(text)} | dict(zip(PARTS, place, strict=True))


def own_prices(project_id: int, limit: int) -> list[PricedModel]:
    """What a project set, one entry for each model and period, as it is edited."""
    query = PriceQuery(own=True)
    entries = []
    for each in prices(project_id, query, "", limit).items:
        for since in dict.fromkeys(price.valid_from for price in each.prices):
            of_period = [price for price in each.prices if price.valid_from == since]
            entries.append(replace(each, prices=of_period))
    return entries


def aliases(project_id: int) -> list[ModelAlias]:
    """What a project says its names mean, by name."""
    return list(ModelAlias.objects.filter(project_id=project_id).order_by("name"))


def is_listed(project_id: int, provider: str, model: str) -> bool:
    """Whether a model has a price in a project, on any day."""
    query = PriceQuery(provider=provider, model=model)
    return bool(prices(project_id, query, "", 1).items)
