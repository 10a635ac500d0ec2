"""An agent in words and bars: its versions made comparable, its days as a chart. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from agentscope.agents.read import Day, Version
from agentscope.costs.read import Amounts, Slice
from ui import amounts
from ui.bars import Chart, chart

MOST_BARS = 92  # three months of days


@dataclass(slots=True, frozen=True)
class VersionLine:
    """A version with its amounts by run, for one that runs more often costs more, too."""

    version: Version

    @property
    def cost_by_run(self) -> str:
        of = self.version.amounts
        return amounts.cost(of.known_cost / of.runs, of.unpriced_calls) if of.runs else ""

    @property
    def errors_by_run(self) -> str:
        of = self.version.amounts
        return f"{of.errors / of.runs:.2f}" if of.runs else ""

    @property
    def failed_share(self) -> str:
        """The failed ones of its runs, in per cent; empty if none failed."""
        of = self.version.amounts
        return f"{of.failed_runs / of.runs:.0%}" if of.failed_runs else ""


def day_chart(days: Sequence[Day]) -> Chart | None:
    """Costs by day, days without runs among them; of long periods each bar is several days."""
    if not days:
        return None
    first, last = min(day.day for day in days), max(day.day for day in days)
    size = -(-((last - first).days + 1) // MOST_BARS)  # days of a bar, rounded up
    by = "day" if size == 1 else f"{size} days"
    return chart(list(slices(days, first, last, timedelta(days=size))), by)


def slices(days: Sequence[Day], first: date, last: date, size: timedelta) -> Iterator[Slice]:
    """What was spent in each stretch of so many days."""
    sums: dict[date, Amounts] = {}
    for day in days:
        start = first + (day.day - first) // size * size
        sums[start] = sums.get(start, Amounts()) + spent(day)
    start = first
    while start <= last:
        of = sums.get(start, Amounts())
        yield Slice(datetime.combine(start, time(tzinfo=UTC)), [of], Amounts(), of)
        start += size


def spent(day: Day) -> Amounts:
    """The costs of a day."""
    return Amounts(known_cost=day.known_cost, unpriced_calls=day.unpriced_calls)
