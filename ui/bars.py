"""Spend over time as stacked bars: one a slice of the period, one part a group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from agentscope.costs.read import Amounts, Slice

MOST_SERIES = 8  # that eyes can tell apart; all others are one
# Round numbers for the scale, whose halves are short too: these of every power of ten.
STEPS = tuple(Decimal(step) for step in (1, 2, 3, 4, 5, 6, 8, 10))


@dataclass(slots=True, frozen=True)
class Part:
    """A part of a bar. `height` and `base` are shares of the scale, 0 to 1."""

    series: int  # position among the groups, MOST_SERIES for all others
    base: float
    height: float
    amounts: Amounts


@dataclass(slots=True, frozen=True)
class Bar:
    """A slice of the period."""

    start: datetime
    total: Amounts
    parts: list[Part]


@dataclass(slots=True, frozen=True)
class Chart:
    """All bars, the amount in USD that the full height stands for, and the length of time that a
    bar stands for."""

    bars: list[Bar]
    top: Decimal
    by: str

    @property
    def marks(self) -> list[Decimal]:
        """Amounts at which the scale is labelled: the top and its half."""
        return [self.top, self.top / 2]

    @property
    def time_format(self) -> str:
        """How bars are dated: by the hour only if they do not all begin at midnight."""
        return "Y-m-d" if all(bar.start.hour == 0 for bar in self.bars) else "Y-m-d H:i"


def chart(series: Sequence[Slice], by: str) -> Chart | None:
    """The chart of slices, each `by` long; None if nothing that is known was spent."""
    highest = max((each.total.known_cost for each in series), default=Decimal(0))
    if not highest:
        return None
    top = round_up(highest)
    return Chart([Bar(each.start, each.total, list(parts(each, top))) for each in series], top, by)


def parts(of: Slice, top: Decimal) -> Iterator[Part]:
    """The parts of a bar from the bottom up; those without costs are left out."""
    base = Decimal(0)
    for series, amounts in enumerate(told_apart(of)):
        cost = amounts.known_cost
        if cost:
            yield Part(series, float(base / top), float(cost / top), amounts)
        base += cost


def told_apart(of: Slice) -> Sequence[Amounts]:
    """The groups that have a colour of their own, and one sum of all others."""
    first = of.groups[:MOST_SERIES]
    others = sum(of.groups[MOST_SERIES:], of.others)
    return [*first, *[Amounts()] * (MOST_SERIES - len(first)), others]


def round_up(cost: Decimal) -> Decimal:
    """The next round amount."""
    power = Decimal(10) ** cost.adjusted()
    return next(step * power for step in STEPS if step * power >= cost)
