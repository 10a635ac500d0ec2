"""Costs in words: the rows of the tables, the figures above them, and where each leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agentscope.costs.amounts import BUCKETS
from agentscope.costs.read import Amounts, CostReport, Group
from ui import amounts as words
from ui.address import Address
from ui.bars import MOST_SERIES
from ui.buckets import BUCKET_WORDS

# What a group is called of which nothing was said.
UNSAID = {
    "path": "unattributed",
    "agent": "no agent",
    "tool": "no tool",
    "model": "no model",
    "session": "no session",
    "user": "no user",
    "environment": "no environment",
    "outcome": "outcome unknown",
}
# Where a look into a group leads: what the sub-groups are.
DEEPER = {
    "agent": "path",
    "path": "model",
    "user": "session",
    "session": "path",
    "provider": "model",
    "model": "agent",
    "tool": "agent",
}
MINUS = "\N{MINUS SIGN}"


@dataclass(slots=True, frozen=True)
class Line:
    """A row of a table of groups."""

    label: str
    series: int | None  # its colour in the chart, None: among the others
    amounts: Amounts
    share: float | None  # of the known cost of all, 0 to 1; None: nothing is known
    change: str  # against the period before, "" if there was none
    deeper: str  # address of its sub-groups, "" for the rest
    calls: str  # address of its single calls

    @property
    def cost(self) -> str:
        return cost(self.amounts)

    @property
    def buckets(self) -> list[tuple[str, int]]:
        return buckets(self.amounts)


def cost(of: Amounts) -> str:
    """A sum of costs: at least what is known."""
    return words.cost(of.known_cost, of.unpriced_calls)


def buckets(of: Amounts) -> list[tuple[str, int]]:
    """The kinds of tokens that there are, with their numbers."""
    return [(BUCKET_WORDS[name], n) for name in BUCKETS if (n := getattr(of, name))]


def label(dimension: str, value: str) -> str:
    """A group as people read it."""
    return value or UNSAID.get(dimension, "not said")


def lines(report: CostReport, address: CostAddress) -> Iterator[Line]:
    """The groups of a report, and what is left of it in one line."""
    (dimension,) = report.query.group_by
    whole = report.total.known_cost
    for number, group in enumerate(report.groups):
        (value,) = group.key
        yield Line(
            label(dimension, value),
            number if number < MOST_SERIES else None,
            group.amounts,
            share(group.amounts, whole),
            change(group),
            address.into(dimension, value),
            address.calls(dimension, value),
        )
    if rest := report.others.groups:
        amounts = report.others.amounts
        yield Line(f"{rest:,} more", None, amounts, share(amounts, whole), "", "", "")


def share(of: Amounts, whole: Decimal) -> float | None:
    """How much of the whole it is."""
    return float(of.known_cost / whole) if whole else None


def change(group: Group) -> str:
    """The difference to the period before, in USD and per cent."""
    return "" if group.previous is None else difference(group.amounts, group.previous)


def difference(now: Amounts, before: Amounts) -> str:
    """`+$1.20 (+12 %)`; `new` for what was not there; "" if both are nothing."""
    if not before:
        return "new" if now else ""
    delta = now.known_cost - before.known_cost
    sign = "+" if delta > 0 else MINUS if delta < 0 else "±"
    if not before.known_cost:
        return f"{sign}{words.money(abs(delta))}"
    percent = float(delta / before.known_cost * 100)
    return f"{sign}{words.money(abs(delta))} ({sign}{abs(percent):.0f} %)"


class CostAddress(Address):
    """Addresses of the costs page that differ from the one that is shown."""

    def into(self, dimension: str, value: str) -> str:
        """The sub-groups of a group."""
        return self.with_(**{dimension: value, "by": DEEPER.get(dimension, "path")})

    def within(self, path: str) -> str:
        """The calls of a path and of all below it."""
        return self.with_(within=path, view="calls")

    def calls(self, dimension: str, value: str) -> str:
        """The single calls of a group."""
        return self.with_(**{dimension: value, "view": "calls"})


@dataclass(slots=True, frozen=True)
class MoverLine:
    """A group whose cost changed much."""

    label: str
    before: str
    now: str
    change: str
    calls: str  # address of its single calls


def movers(report: CostReport, address: CostAddress) -> Iterator[MoverLine]:
    """What changed most; nothing if there was nothing in the period before."""
    (dimension,) = report.query.group_by
    for each in report.movers if report.previous else ():
        (value,) = each.key
        yield MoverLine(
            label(dimension, value),
            cost(each.previous),
            cost(each.amounts),
            difference(each.amounts, each.previous),
            address.calls(dimension, value),
        )


def series(report: CostReport) -> dict[str, int]:
    """The groups that have a colour of their own in the chart → its number."""
    return {group.key[0]: number for number, group in enumerate(report.groups[:MOST_SERIES])}


def legend(found: Sequence[Line]) -> list[Line]:
    """The groups that have a colour of their own."""
    return [line for line in found if line.series is not None]
