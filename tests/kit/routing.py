"""Calls of a period as they are added up and as they are sent, and prices to price them by."""

from datetime import date
from decimal import Decimal
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.prices.book import PriceBook, book_of
from agentscope.prices.models import ModelPrice
from agentscope.routing.kinds import CallKind
from agentscope.routing.lines import Line
from agentscope.routing.record import Record
from agentscope.routing.uses import digest
from tests.kit.money import SECOND, START, Told

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


def run(trace: int, model: str, calls: int, agent: str = "planner", **said: Any) -> list[Told]:
    """A trace of an agent with some calls of a model: 1,000 tokens in and 100 out, each."""
    root = span(trace, 1, 0, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent})
    asked = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 1_000,
        "gen_ai.usage.output_tokens": 100,
    } | said
    return [root, *(span(trace, 2 + each, 1, asked) for each in range(calls))]


def span(trace: int, number: int, parent: int, said: dict[str, Any]) -> Told:
    """A span of a second, told by a shop."""
    found = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=f"step {number}",
        start_time_unix_nano=START + number * SECOND,
        end_time_unix_nano=START + (number + 1) * SECOND,
    )
    for key, value in said.items():
        kind = "int_value" if isinstance(value, int) else "string_value"
        setattr(found.attributes.add(key=key).value, kind, value)
    return Told("shop", "sdk", found)


def history() -> list[Told]:
    """A planner that went as well on a cheaper model."""
    return [*run(1, "gpt-4o", 40), *run(2, "gpt-4o-mini", 200)]
