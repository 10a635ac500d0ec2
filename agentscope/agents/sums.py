"""What agents come to over a period, as sql.py adds it up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from agentscope.traces.tree import PICO


@dataclass(slots=True, frozen=True)
class Quantiles:
    """How long runs took, in ns, without waiting for people; all None where none has ended."""

    p50: int | None = None
    p90: int | None = None
    p95: int | None = None
    p99: int | None = None


@dataclass(slots=True, frozen=True)
class Tool:
    """A tool that an agent called."""

    name: str
    calls: int
    errors: int


@dataclass(slots=True, frozen=True)
class Model:
    """A model that an agent called; its name is "" where none was named."""

    name: str
    calls: int
    known_cost: Decimal  # USD
    unpriced: int  # calls without a price


@dataclass(slots=True, frozen=True)
class Amounts:
    """Sums over runs."""

    traces: int
    runs: int
    failed_runs: int
    errors: int
    llm_calls: int
    tool_calls: int
    input_tokens: int
    output_tokens: int
    known_cost: Decimal  # USD, of its own calls
    inclusive_cost: Decimal  # USD, with the agents that it called
    inclusive_unpriced: int  # calls without a price, with theirs
    unpriced_calls: int
    unpriced_tokens: int
    durations_left: int  # runs that the quantiles do not know
    first_at: datetime
    last_at: datetime


@dataclass(slots=True, frozen=True)
class Agent:
    """An agent over a period."""

    name: str
    amounts: Amounts
    quantiles: Quantiles
    tools: list[Tool]
    models: list[Model]
    versions: list[str]
    services: list[str]


@dataclass(slots=True, frozen=True)
class Version:
    """The same for one version."""

    name: str  # "" where none was said
    amounts: Amounts
    quantiles: Quantiles


@dataclass(slots=True, frozen=True)
class Edge:
    """How often one agent called another, and what these runs cost with all below them."""

    agent: str
    kind: str  # contains, delegates, hands_off
    runs: int
    cost: Decimal  # USD
    unpriced: int  # calls without a price


@dataclass(slots=True, frozen=True)
class Day:
    """A day, UTC, on which an agent ran."""

    day: date
    runs: int
    errors: int
    known_cost: Decimal  # USD
    unpriced_calls: int


COLUMNS = len(fields(Amounts))


def agent_of(row: tuple[Any, ...]) -> Agent:
    """An agent from a row of AGENTS, without the first column."""
    services, quantiles, tools, models, versions = row[1 + COLUMNS :]
    return Agent(
        name=row[0],
        amounts=Amounts(*row[1 : 1 + COLUMNS]),
        quantiles=Quantiles(*quantiles or ()),
        tools=[Tool(name, *counts) for name, counts in sorted(json(tools).items())],
        models=[
            Model(name, calls, int(pico) * PICO, unpriced)
            for name, (calls, pico, unpriced) in sorted(json(models).items())
        ],
        versions=versions or [],
        services=services or [],
    )


def version_of(row: tuple[Any, ...]) -> Version:
    """A version from a row of VERSIONS."""
    return Version(row[0], Amounts(*row[1 : 1 + COLUMNS]), Quantiles(*row[-1] or ()))


def json(text: str | None) -> dict[str, Any]:
    """A JSON object as Django leaves it; empty for none."""
    found: dict[str, Any] = orjson.loads(text) if text else {}
    return found


def rows(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The answer to a question of sql.py."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def edges_of(query: str, asked: dict[str, Any]) -> list[Edge]:
    """Edges, their cost out of 1e-12 USD."""
    return [
        Edge(agent, kind, runs, pico * PICO, unpriced)
        for agent, kind, runs, pico, unpriced in rows(query, asked)
    ]
