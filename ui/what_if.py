"""The same calls on another model, at today's prices: a row for each model that was used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from agentscope.costs.read import Amounts, CostQuery, Group, Interval, costs
from agentscope.prices.book import price_book
from agentscope.prices.names import bare_model
from agentscope.prices.read import PriceQuery, is_listed, prices
from agentscope.prices.what_if import Use, what_if
from agentscope.vocabulary import PICO, Buckets
from ui import amounts as words
from ui.cost_rows import cost

MOST_MODELS = 500  # that were used, one by one
SUGGESTED = 12
NOT_COUNTED = "Searches that a provider ran are not counted here."


@dataclass(slots=True, frozen=True)
class Compared:
    """What one model's calls cost, and would have cost."""

    model: str
    amounts: Amounts
    least: Decimal | None  # USD on the other model; None: unknown
    most: Decimal | None
    unknown_tokens: int  # that have no price there

    @property
    def now(self) -> str:
        return cost(self.amounts)

    @property
    def then(self) -> str:
        """What it would have cost, as exactly as it is known."""
        if self.least is None or self.most is None:
            return words.UNKNOWN
        bound = "≥ " if self.unknown_tokens else ""
        if self.least == self.most:
            return bound + words.money(self.least)
        return f"{bound}{words.money(self.least)} to {words.money(self.most)}"

    @property
    def difference(self) -> str:
        """How much more or less, where both are known."""
        is_known = not self.amounts.unpriced_calls and not self.unknown_tokens
        if not is_known or self.least is None or self.least != self.most:
            return ""
        delta = self.least - self.amounts.known_cost
        sign = "+" if delta > 0 else "\N{MINUS SIGN}" if delta < 0 else "±"
        return f"{sign}{words.money(abs(delta))}"


def compared(project_id: int, query: CostQuery, chosen: str, today: date) -> dict[str, Any]:
    """What a view shows of a model chosen as `provider/model`, or what to choose from."""
    provider, _, model = chosen.partition("/")
    if not model or not is_listed(project_id, provider, model):
        found = suggested(project_id, chosen) if chosen else used(project_id, query)
        return {"chosen": chosen, "suggested": found or suggested(project_id, chosen)}
    report = costs(project_id, by(query, "model"))
    book = price_book(project_id)
    answer = what_if(book, provider, model, today, map(use_of, report.groups))
    rows = [
        row_of(group.key[0], group.amounts, what_if(book, provider, model, today, [use_of(group)]))
        for group in report.groups
        if group.amounts.tokens
    ]
    return {
        "chosen": chosen,
        "compared": rows,
        "whole": row_of("", report.total - report.others.amounts, answer),
        "left_out": report.others.groups,
        "notes": [*answer.notes, NOT_COUNTED],
    }


def row_of(model: str, amounts: Amounts, answer: Any) -> Compared:
    """One row."""
    least, most = (None if each is None else each * PICO for each in (answer.least, answer.most))
    return Compared(model, amounts, least, most, answer.unknown_tokens)


def use_of(group: Group) -> Use:
    """What the calls of a group used."""
    buckets = {each.name: getattr(group.amounts, each.name) for each in fields(Buckets)}
    return Use(group.amounts.calls, Buckets(**buckets))


def by(query: CostQuery, *dimensions: str) -> CostQuery:
    """The same question by these, the dearest first."""
    return replace(
        query,
        group_by=dimensions,
        interval=Interval.NONE,
        compare=False,
        top=MOST_MODELS,
        order="known_cost",
    )


def used(project_id: int, query: CostQuery) -> list[str]:
    """The models that were used, as far as the price list calls them so, the dearest first."""
    groups = costs(project_id, by(query, "provider", "model")).groups[:SUGGESTED]
    keys = dict.fromkeys((group.key[0], bare_model(group.key[1])) for group in groups)
    listed = (prices(project_id, PriceQuery(provider=provider, model=model), "", 1).items
              for provider, model in keys if model)  # fmt: skip
    return list(names(price for found in listed for price in found))


def suggested(project_id: int, text: str) -> list[str]:
    """Models of the price list whose names hold a text."""
    found = prices(project_id, PriceQuery(text=text.lower().strip()), "", SUGGESTED).items
    return list(names(found))


def names(found: Any) -> Iterator[str]:
    """Each `provider/model` once."""
    yield from dict.fromkeys(f"{each.provider}/{each.model}" for each in found)
