"""Calls of a period as the roll-up gives them, and a price list to price them by."""

from datetime import date
from decimal import Decimal
from typing import Any

from agentscope.prices.book import PriceBook, book_of
from agentscope.prices.models import ModelPrice
from agentscope.routing.kinds import CallKind
from agentscope.routing.lines import Line
from agentscope.routing.record import Record
from agentscope.routing.uses import digest

DAY = date(2026, 11, 25)
Unit = ModelPrice.Unit
# USD per million tokens, in and out
PRICES = {
    "gpt-4o": ("2.5", "10"),
    "gpt-4o-mini": ("0.15", "0.6"),
    "gpt-5": ("1.25", "10"),
    "gpt-5-mini": ("0.25", "2"),
    "gpt-5-nano": ("0.05", "0.4"),
    "claude-sonnet-4-5": ("3", "15"),
    "claude-haiku-4-5": ("1", "5"),
    "claude-4-5-haiku": ("1", "5"),
}


def priced(*rows: Any) -> PriceBook:
    """The price list PRICES, and more rows of it."""
    every = [
        row(provider_of(model), model, unit, usd)
        for model, prices in PRICES.items()
        for unit, usd in zip((Unit.INPUT, Unit.OUTPUT), prices, strict=True)
    ]
    return book_of([*every, *rows])


def row(provider: str, model: str, unit: str, usd: str, size: int = 0) -> Any:
    return provider, model, unit, "", size, Decimal(usd), None, None, "test"


def provider_of(model: str) -> str:
    return "anthropic" if model.startswith("claude") else "openai"


def line(model: str = "gpt-4o", calls: int = 100, flawed: int = 0, **said: Any) -> Line:
    """Calls of a planner that asked for short answers: 1,000 tokens in and 100 out, each."""
    path = said.pop("path", "planner")
    provider = said.pop("provider", provider_of(model))
    fields = {
        "path": path,
        "agent": path.rpartition("/")[2],
        "model": model,
        "provider": provider,
        "service_tier": "",
        "kind": CallKind.SHORT_ANSWER,
        "site": digest(path, model, provider),
        "record": Record(calls, flawed, failed=flawed),
        "tokens": (1_000 * calls, 0, 0, 0, 0, 100 * calls, 0, 0),
        "web_searches": 0,
        "least_input": 1_000,
        "most_input": 1_000,
        "most_output": 100,
    }
    return Line(**(fields | said))
