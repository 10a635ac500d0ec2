"""The prices that come with AgentScope: `prices.json`, one model a line, made from genai-prices.

    {"source": "genai-prices 0.2.3", "taken_on": "2026-11-25", "models": [
      {"provider": "openai", "names": ["gpt-4o", …], "prices": [
        {"from": null, "to": null, "input": {"0": "2.5"}, "output": {"0": "10"}}]}, …]}

Prices are USD per million tokens, by the input tokens of the call from which they hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from agentscope.prices.models import ModelPrice

FILE = Path(__file__).parent / "prices.json"
UNITS = {f"{unit.value}_mtok": unit.value for unit in ModelPrice.Unit}
COLUMNS = (
    *("provider", "model", "unit", "tier_from", "usd_per_million", "valid_from", "valid_to"),
    "source",
)
Row = tuple[str, str, str, int, Decimal, date | None, date | None, str]


def read_catalogue(path: Path = FILE) -> dict[str, Any]:
    """The catalogue as it is written in a file. Raises OSError, ValueError."""
    catalogue: dict[str, Any] = json.loads(path.read_text())
    return catalogue


def rows_of(catalogue: dict[str, Any]) -> Iterator[Row]:
    """The rows of ModelPrice that a catalogue stands for, one for each name of a model."""
    source = f"{catalogue['source']}, {catalogue['taken_on']}"
    for model in catalogue["models"]:
        for name in model["names"]:
            for price in model["prices"]:
                for unit in UNITS.values():
                    for tier, usd in price.get(unit, {}).items():
                        yield (
                            *(model["provider"], name, unit, int(tier), Decimal(usd)),
                            *(day(price["from"]), day(price["to"]), source),
                        )


def day(text: str | None) -> date | None:
    """A date as it is written in the file."""
    return date.fromisoformat(text) if text else None


def catalogue_of(providers: Iterable[Any], source: str, taken_on: date) -> dict[str, Any]:
    """The catalogue of genai-prices' providers."""
    models = [model for provider in providers for model in models_of(provider)]
    return {"source": source, "taken_on": taken_on.isoformat(), "models": models}


def models_of(provider: Any) -> Iterator[dict[str, Any]]:
    """The models of a provider whose text tokens have a price that only depends on the date."""
    for model in provider.models:
        spelled = dict.fromkeys(names_of(model.match))
        # Two models may claim a name: the catalogue itself knows which of them it means.
        names = [name for name in spelled if provider.find_model(name) is model]
        prices = dated_prices(model.prices)
        if names and any("input" in price for price in prices):
            yield {"provider": provider.id, "names": names, "prices": prices}


def names_of(rule: Any) -> Iterator[str]:
    """The texts that a rule of matching looks for. We take them as whole names, without a release;
    what merely begins like one or has it in the middle is another model."""
    for alternative in (*getattr(rule, "or_", ()), *getattr(rule, "and_", ())):
        yield from names_of(alternative)
    for how in ("equals", "starts_with", "ends_with", "contains"):
        if text := getattr(rule, how, ""):
            yield text.lower().rstrip("-@:.")


def dated_prices(prices: Any) -> list[dict[str, Any]]:
    """The prices of a model, each from a date to the next; none if some depend on anything else."""
    if not isinstance(prices, list):
        return [dated_price(None, None, prices)]
    if any(getattr(price.constraint, "start_time", None) for price in prices):
        return []
    starts = [getattr(price.constraint, "start_date", None) for price in prices]
    return [
        dated_price(start, end, price.prices)
        for start, end, price in zip(starts, [*starts[1:], None], prices, strict=True)
    ]


def dated_price(start: date | None, end: date | None, price: Any) -> dict[str, Any]:
    """One price as it is written in the file."""
    found = {
        unit: tiers(value)
        for name, unit in UNITS.items()
        if (value := getattr(price, name, None)) is not None
    }
    return {
        "from": start.isoformat() if start else None,
        "to": end.isoformat() if end else None,
        **found,
    }


def tiers(value: Any) -> dict[str, str]:
    """A price by the input tokens from which it holds; genai-prices says "more than"."""
    higher = {str(tier.start + 1): str(tier.price) for tier in getattr(value, "tiers", [])}
    return {"0": str(getattr(value, "base", value))} | higher


def write_catalogue(catalogue: dict[str, Any], path: Path = FILE) -> None:
    """Write a catalogue, one model a line so that changes can be read."""
    head = {name: value for name, value in catalogue.items() if name != "models"}
    lines = ",\n".join(json.dumps(model, separators=(",", ":")) for model in catalogue["models"])
    path.write_text(json.dumps(head)[:-1] + f', "models": [\n{lines}\n]}}\n')
