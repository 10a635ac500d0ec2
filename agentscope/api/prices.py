"""The price list, read by machine: what holds in a project, its own prices first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.http import HttpResponseBase, QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from agentscope.api import parameters
from agentscope.api.costs import csv_answer
from agentscope.api.costs_parameters import FORMAT, is_csv
from agentscope.api.fields import Shape, count, text, usd
from agentscope.api.project_view import ProjectView, described, json_answer
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.prices.models import ModelPrice
from agentscope.prices.read import (
    BadPlace,
    PricedModel,
    PricePage,
    PriceQuery,
    UnitPrice,
    all_prices,
    prices,
)

PRICES_A_PAGE, PRICES_AT_ONCE = 50, 500
UNITS = tuple(ModelPrice.Unit.values)
HEAD = (
    *("own", "provider", "model", "service_tier", "unit", "above_input_tokens"),
    *("usd_per_million", "valid_from", "valid_to", "source"),
)
TAKES = [
    *parameters.PROJECT,
    OpenApiParameter("search", str, description="part of `provider/model`, any case"),
    OpenApiParameter("provider", str, description="exactly this provider of the price list"),
    OpenApiParameter("model", str, description="exactly this model of the price list"),
    OpenApiParameter("at", OpenApiTypes.DATE, description="what holds on this day, else today"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter(
        "limit", int, description=f"models on a page, 1 to {PRICES_AT_ONCE}, else {PRICES_A_PAGE}"
    ),
    FORMAT,
]


class UnitPriceShape(Shape):
    """The price of one unit, from the day `valid_from` to the day before `valid_to`."""

    unit = serializers.ChoiceField(UNITS)
    above_input_tokens = serializers.IntegerField(
        allow_null=True, help_text="holds for calls with more input than this; null: for all"
    )
    usd_per_million = usd("of tokens, requests or searches")
    valid_from = serializers.DateField(allow_null=True, help_text="null: since ever")
    valid_to = serializers.DateField(allow_null=True, help_text="null: until further notice")
    source = text("the list that it is from; `project`: set by people")  # type: ignore[assignment]


class PricedModelShape(Shape):
    """What a model costs in a service tier. Prices that are the project's own win."""

    own = serializers.BooleanField(help_text="set for this project alone")
    provider = text("empty: whoever sells it")
    model = text()
    service_tier = text("batch, flex, priority; empty: the ordinary one")
    prices = UnitPriceShape(many=True)


class PricesShape(Shape):
    """Some models, and how many there are."""

    models = PricedModelShape(many=True)
    total = count("models and service tiers that match")
    next = serializers.CharField(allow_null=True, help_text="the cursor of the next page")
    truncated = serializers.BooleanField(help_text="whether there are more")


class PricesView(ProjectView):
    takes = TAKES

    @described("list_prices", {200: PricesShape}, TAKES)
    def get(self, request: Request) -> HttpResponseBase:
        """What models cost on a day: what the project set first, then by name."""
        said = request.query_params
        limit = parameters.number(said, "limit", PRICES_A_PAGE, 1, PRICES_AT_ONCE)
        query = price_query(said)
        if is_csv(said):
            return csv_answer("prices", HEAD, cells(all_prices(self.project.pk, query)))
        try:
            page = prices(self.project.pk, query, parameters.text(said, "cursor"), limit)
        except BadPlace as error:
            raise Refused(BAD_REQUEST, f"cursor: {error}") from error
        return json_answer(prices_body(page))


def price_query(said: QueryDict) -> PriceQuery:
    """What to look for. Raises Refused."""
    at = parameters.parsed(said, "at", date.fromisoformat, "2026-11-25")
    return PriceQuery(
        text=parameters.text(said, "search"),
        provider=parameters.text(said, "provider"),
        model=parameters.text(said, "model"),
        at=at or timezone.now().date(),
    )


def prices_body(page: PricePage) -> dict[str, Any]:
    """A page of the price list."""
    return {
        "models": [model_body(each) for each in page.items],
        "total": page.total,
        "next": page.next or None,
        "truncated": bool(page.next),
    }


def model_body(model: PricedModel) -> dict[str, Any]:
    """A model with its prices."""
    return {
        "own": model.own,
        "provider": model.provider,
        "model": model.model,
        "service_tier": model.service_tier,
        "prices": [unit_body(price) for price in model.prices],
    }


def unit_body(price: UnitPrice) -> dict[str, Any]:
    """One price."""
    return {
        "unit": price.unit,
        "above_input_tokens": price.tier_from - 1 if price.tier_from else None,
        "usd_per_million": f"{price.usd_per_million.normalize():f}",
        "valid_from": price.valid_from,
        "valid_to": price.valid_to,
        "source": price.source,
    }


def cells(models: Iterable[PricedModel]) -> Iterator[list[Any]]:
    """The rows of the table, one for each price."""
    for model in models:
        named = [str(model.own).lower(), model.provider, model.model, model.service_tier]
        for price in model.prices:
            yield [*named, *unit_body(price).values()]
