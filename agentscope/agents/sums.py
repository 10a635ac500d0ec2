"""What agents come to over a period, as sql.py adds it up."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection

from agentscope.agents.sql import NONE, RATIO
from agentscope.vocabulary import PICO

PACKED = np.dtype([("bucket", ">i2"), ("runs", ">i4")])
BUCKETS = 1116  # one more than there are between no time and 2^63 ns
Buffer = bytes | memoryview


@dataclass(slots=True, frozen=True)
class Quantiles:
    """How long runs took, in ns, without waiting for people; all None where none has ended. Within
    2 % of the time that so many in a hundred runs took at most: durations are kept in buckets."""

    p50: int | None = None
    p90: int | None = None
    p95: int | None = None
    p99: int | None = None

    @staticmethod
    def of(durations: Buffer | None) -> Quantiles:
        """From the numbers of runs in each bucket, in any order: sql.durations."""
        if not durations:
            return Quantiles()
        known = np.frombuffer(durations, PACKED)
        counts = np.zeros(BUCKETS, np.int64)
        np.add.at(counts, known["bucket"] - NONE, known["runs"])
        until = np.cumsum(counts)
        ranks = [-(-int(until[-1]) * percent // 100) for percent in (50, 90, 95, 99)]
        return Quantiles(*(middle(int(at) + NONE) for at in np.searchsorted(until, ranks)))


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
    """Sums over runs, exact."""

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
    services, durations, tools, models, versions = row[1 + COLUMNS :]
    return Agent(
        name=row[0],
        amounts=Amounts(*row[1 : 1 + COLUMNS]),
        quantiles=Quantiles.of(durations),
        tools=[
            Tool(name, said["calls"], said["errors"])
            for name, said in sorted(parsed(tools).items())
        ],
        models=[
            Model(name, said["calls"], said["pico"] * PICO, said["unpriced"])
            for name, said in sorted(parsed(models).items())
        ],
        versions=versions or [],
        services=services or [],
    )


def version_of(row: tuple[Any, ...]) -> Version:
    """A version from a row of VERSIONS."""
    return Version(row[0], Amounts(*row[1 : 1 + COLUMNS]), Quantiles.of(row[-1]))


def middle(bucket: int) -> int:
    """The time in ns that is as far, in proportion, from either bound of a bucket."""
    return round(2 * RATIO**bucket / (RATIO + 1)) if bucket >= 0 else 0


def parsed(text: str | None) -> dict[str, dict[str, int]]:
    """A JSON object as Django leaves it, with numbers of any size; empty for none."""
    found: dict[str, dict[str, int]] = json.loads(text) if text else {}
    return found


def rows(query: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The answer to a question of sql.py."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def edge_of(row: tuple[Any, ...]) -> Edge:
    """An edge from a row of CALLERS or CALLEES."""
    agent, kind, runs, pico, unpriced = row
    return Edge(agent, kind, runs, pico * PICO, unpriced)
