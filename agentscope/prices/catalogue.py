"""The prices that come with AgentScope: `prices.json`, one model a line, made from genai-prices.

    {"source": "genai-prices 0.2.3", "taken_on": "2026-11-25", "models": [
      {"provider": "openai", "names": ["gpt-4o", …], "prices": [
        {"from": null, "to": null, "input": {"0": "2.5"}, "output": {"0": "10"}}],
        "context": 128000}, …]}

Prices are USD per million tokens, calls or searches, by the input tokens of the call from which
they hold. `by_hour` stands for a price that depends on the hour of day: it is left out, and said
to be. `context` is how many tokens a call may have, `deprecated` says that the model is going to be
switched off; both are left out where nobody says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from agentscope.prices.book import Row
from agentscope.prices.models import ModelPrice

FILE = Path(__file__).parent / "prices.json"
Unit = ModelPrice.Unit
THOUSAND = 1000
# genai-prices' name of a unit → ours, and how many of its prices make one of ours.
UNITS = {
    "input_mtok": (Unit.INPUT, 1),
    "cache_read_mtok": (Unit.CACHE_READ, 1),
    "cache_write_mtok": (Unit.CACHE_WRITE, 1),
    "cache_write_1h_mtok": (Unit.CACHE_WRITE_1H, 1),
    "input_audio_mtok": (Unit.AUDIO_INPUT, 1),
    "output_mtok": (Unit.OUTPUT, 1),
    "output_reasoning_mtok": (Unit.REASONING, 1),
    "output_audio_mtok": (Unit.AUDIO_OUTPUT, 1),
    "requests_kcount": (Unit.REQUEST, THOUSAND),
    "web_searches_kcount": (Unit.WEB_SEARCH, THOUSAND),
}
BY_HOUR: dict[str, Any] = {"from": None, "to": None, Unit.BY_HOUR.value: {"0": "0"}}


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
                since, until = day(price["from"]), day(price["to"])
                for unit in Unit:
                    for size, usd in price.get(unit.value, {}).items():
                        yield (
                            *(model["provider"], name, unit.value, "", int(size), Decimal(usd)),
                            *(since, until, source),
                        )


def day(text: str | None) -> date | None:
    """A date as it is written in the file."""
    return date.fromisoformat(text) if text else None


def catalogue_of(providers: Sequence[Any], source: str, taken_on: date) -> dict[str, Any]:
    """The catalogue of genai-prices' providers. `left_out` counts the prices of units that are not
    tokens, calls or searches: hours of sound, pictures, pages."""
    models = [model for provider in providers for model in models_of(provider)]
    return {
        "source": source,
        "taken_on": taken_on.isoformat(),
        "left_out": dict(sorted(left_out(providers).items())),
        "models": models,
    }


def left_out(providers: Iterable[Any]) -> Counter[str]:
    """How many prices of which units have no place in the table."""
    return Counter(
        unit
        for provider in providers
        for model in provider.models
        for price in prices_in(model.prices)
        for unit, value in vars(price).items()
        if value is not None and not unit.startswith("_") and unit not in UNITS
    )


def prices_in(prices: Any) -> list[Any]:
    """All prices of a model, whenever they hold."""
    return [price.prices for price in prices] if isinstance(prices, list) else [prices]


def models_of(provider: Any) -> Iterator[dict[str, Any]]:
    """The models of a provider that have a price of a unit we know."""
    for model in provider.models:
        spelled = dict.fromkeys(names_of(model.match))
        # Two models may claim a name: the catalogue itself knows which of them it means.
        names = [name for name in spelled if provider.find_model(name) is model]
        prices = dated_prices(model.prices)
        if names and any(unit.value in price for price in prices for unit in Unit):
            yield {"provider": provider.id, "names": names, "prices": prices, **limits(model)}


def limits(model: Any) -> dict[str, Any]:
    """What else is known of a model."""
    context = {"context": model.context_window} if model.context_window else {}
    return context | ({"deprecated": True} if model.deprecated else {})


def names_of(rule: Any) -> Iterator[str]:
    """The texts that a rule of matching looks for. We take them as whole names, without a release;
    what merely begins like one or has it in the middle is another model."""
    for alternative in (*getattr(rule, "or_", ()), *getattr(rule, "and_", ())):
        yield from names_of(alternative)
    for how in ("equals", "starts_with", "ends_with", "contains"):
        if text := getattr(rule, how, ""):
            yield text.lower().rstrip("-@:.").lstrip("/")  # what stands after a folder


def dated_prices(prices: Any) -> list[dict[str, Any]]:
    """The prices of a model, each from a date to the next; BY_HOUR if some depend on the hour."""
    if not isinstance(prices, list):
        return [dated_price(None, None, prices)]
    if any(getattr(price.constraint, "start_time", None) for price in prices):
        return [BY_HOUR]
    starts = [getattr(price.constraint, "start_date", None) for price in prices]
    return [
        dated_price(start, end, price.prices)
        for start, end, price in zip(starts, [*starts[1:], None], prices, strict=True)
    ]


def dated_price(start: date | None, end: date | None, price: Any) -> dict[str, Any]:
    """One price as it is written in the file."""
    found = {
        unit.value: tiers(value, times)
        for name, (unit, times) in UNITS.items()
        if (value := getattr(price, name, None)) is not None
    }
    return {
        "from": start.isoformat() if start else None,
        "to": end.isoformat() if end else None,
        **found,
    }


def tiers(value: Any, times: int) -> dict[str, str]:
    """A price by the input tokens from which it holds; genai-prices says "more than"."""
    higher = {str(tier.start + 1): text(tier.price * times) for tier in getattr(value, "tiers", [])}
    return {"0": text(getattr(value, "base", value) * times)} | higher


def text(usd: Decimal) -> str:
    """A price as it is written in the file."""
    return f"{usd.normalize():f}"


def write_catalogue(catalogue: dict[str, Any], path: Path = FILE) -> None:
    """Write a catalogue, one model a line so that changes can be read."""
    head = {name: value for name, value in catalogue.items() if name != "models"}
    lines = ",\n".join(json.dumps(model, separators=(",", ":")) for model in catalogue["models"])
    path.write_text(json.dumps(head)[:-1] + f', "models": [\n{lines}\n]}}\n')
