"""What alerts are about: numbers that are worked out of what was used, with their units. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from agentscope.vocabulary import PICO, Kind

if TYPE_CHECKING:  # they are sums of columns: what decides does without numpy
    from agentscope.meter.readings import Sums


class Unit(StrEnum):
    """What a number counts."""

    USD = "USD"
    TOKENS = "tokens"
    CALLS = "calls"
    ERRORS = "errors"
    RUNS = "runs"
    SHARE = "share"  # 0 to 1, shown in percent
    SECONDS = "seconds"
    FINDINGS = "findings"


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a number."""

    code: str
    label: str  # as a form offers it
    unit: Unit


@dataclass(frozen=True, slots=True)
class OfSums(Named):
    """One that what was used tells."""

    worked_out: Callable[[Sums], Decimal | None]
    ranked_by: str  # the sum of which those have most who have most to do with it


@dataclass(frozen=True, slots=True)
class OfDurations(Named):
    """A quantile of how long things of a kind took: within 5 %, see meter.durations."""

    kind: Kind
    share: float


@dataclass(frozen=True, slots=True)
class OfFindings(Named):
    """How many findings were raised."""

    is_anomaly: bool = False


@dataclass(frozen=True, slots=True)
class OfSilence(Named):
    """How long nothing came."""


Metric = OfSums | OfDurations | OfFindings | OfSilence


def share(part: int, whole: int) -> Decimal | None:
    """A part of a whole; None if there is nothing to share."""
    return Decimal(part) / whole if whole else None


def count(column: str) -> Callable[[Sums], Decimal | None]:
    """A number as it was added up."""
    return lambda sums: Decimal(getattr(sums, column))


def known_cost(sums: Sums) -> Decimal | None:
    """What is known to have been spent, in USD; None if there were calls and no price of any."""
    if not sums.pico and sums.unpriced_calls:
        return None
    return sums.pico * PICO


def error_rate(sums: Sums) -> Decimal | None:
    """How many calls of models and tools failed, of all."""
    return share(sums.failed_calls, sums.calls + sums.tool_calls)


def unpriced(sums: Sums) -> Decimal | None:
    """Of how many model calls nobody knows the price, of all."""
    return share(sums.unpriced_calls, sums.calls)


QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
TIMED = {"agent turns": Kind.AGENT, "model calls": Kind.LLM, "tool calls": Kind.TOOL}
METRICS: tuple[Metric, ...] = (
    OfSums("cost", "Cost", Unit.USD, known_cost, "pico"),
    OfSums("tokens", "Tokens", Unit.TOKENS, count("tokens"), "tokens"),
    OfSums("calls", "Model calls", Unit.CALLS, count("calls"), "calls"),
    OfSums("tool_calls", "Tool calls", Unit.CALLS, count("tool_calls"), "tool_calls"),
    OfSums("runs", "Runs", Unit.RUNS, count("runs"), "runs"),
    OfSums("errors", "Errors", Unit.ERRORS, count("errors"), "errors"),
    OfSums("error_rate", "Error rate of calls", Unit.SHARE, error_rate, "failed_calls"),
    OfSums("unpriced_share", "Model calls without a price", Unit.SHARE, unpriced, "unpriced_calls"),
    *(
        OfDurations(f"{name}_{kind.word}", f"{name} of {words}", Unit.SECONDS, kind, at)
        for words, kind in TIMED.items()
        for name, at in QUANTILES.items()
    ),
    OfFindings("findings", "Findings", Unit.FINDINGS),
    OfFindings("anomalies", "Anomalies", Unit.FINDINGS, is_anomaly=True),
    OfSilence("silence", "Time without data", Unit.SECONDS),
)
BY_CODE = {metric.code: metric for metric in METRICS}


def adds_up(metric: Metric) -> bool:
    """Whether more time has never less of it, so that it falls by itself as a window rolls."""
    return isinstance(metric, OfSums | OfFindings) and metric.unit != Unit.SHARE
