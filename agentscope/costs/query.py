"""What can be asked about costs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from agentscope.costs.amounts import COLUMNS

# What a line says of itself, besides `attribute:NAME` for those attributes that the project chose.
DIMENSIONS = tuple(
    "path agent tool model provider service environment session user outcome".split()
)
ATTRIBUTE = "attribute:"
WITHIN = "within"  # only as a filter: a path and all paths below it
ORDERS = (*COLUMNS, "tokens")  # what groups can be ordered by, the most first
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_GROUPS = 1000
MOST_SLICES = 2000  # 83 days by hour, five years by day


class Interval(StrEnum):
    """How a period is cut up, in UTC. Weeks begin on Monday."""

    NONE = "none"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Show(StrEnum):
    """Which single calls are listed, and in which order."""

    ALL = "all"  # whatever adds something: also tool calls, failures, free calls; latest hour first
    NEWEST = "newest"  # what costs something, or nobody knows what; the latest hour first
    DEAREST = "dearest"  # the same, the dearest first, those of unknown cost last


class BadQuery(ValueError):
    """Cannot be asked. `name` is the field that is wrong; the text says what would be right."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@dataclass(slots=True, frozen=True)
class CostQuery:
    """A question. Work counts by the time at which it began; `since` and `until` are rounded
    outwards to whole hours, because that is how finely costs are kept."""

    since: datetime
    until: datetime  # exclusive
    group_by: tuple[str, ...] = ()  # of DIMENSIONS, or "attribute:NAME"
    interval: Interval = Interval.NONE  # of `CostReport.series`
    filters: Mapping[str, str] = field(default_factory=dict)  # dimension or WITHIN → what it is
    top: int = 20  # groups; the rest is in `CostReport.others`
    order: str = "known_cost"
    compare: bool = False  # with the period of the same length before

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", whole_hour(self.since))
        object.__setattr__(self, "until", whole_hour(self.until + HOUR - timedelta.resolution))

    @property
    def before(self) -> tuple[datetime, datetime]:
        """The period of the same length that ends where this one begins."""
        return self.since - (self.until - self.since), self.since

    @property
    def dimensions(self) -> set[str]:
        """All that the answer depends on."""
        return {*self.group_by, *("path" if name == WITHIN else name for name in self.filters)}

    def check(self, attributes: Collection[str]) -> None:
        """Raise BadQuery for what cannot be answered. `attributes` are those that the project
        chose to group by."""
        known = [*DIMENSIONS, *(ATTRIBUTE + name for name in attributes)]
        there_are = f"There are {', '.join(known)}."
        for name in self.group_by:
            if name not in known:
                raise BadQuery("group_by", f"{name[:40]!r} is no dimension. {there_are}")
        for name in self.filters:
            if name not in {*known, WITHIN}:
                raise BadQuery(name[:40], f"There is no such dimension. {there_are}")
        if len(set(self.group_by)) < len(self.group_by):
            raise BadQuery("group_by", "A dimension is named twice.")
        self.check_size()

    def check_size(self) -> None:
        """Raise BadQuery for too long or too fine an answer."""
        if self.since >= self.until:
            raise BadQuery("until", "The period ends before it begins.")
        if not 1 <= self.top <= MOST_GROUPS:
            raise BadQuery("top", f"Ask for 1 to {MOST_GROUPS} groups.")
        if self.order not in ORDERS:
            raise BadQuery("order", f"There are {', '.join(ORDERS)}.")
        step = {Interval.HOUR: HOUR, Interval.DAY: DAY, Interval.WEEK: 7 * DAY}.get(
            self.interval, 28 * DAY
        )
        if self.interval != Interval.NONE and (self.until - self.since) / step > MOST_SLICES:
            message = f"The period has more than {MOST_SLICES} intervals: ask for longer ones."
            raise BadQuery("interval", message)


def whole_hour(time: datetime) -> datetime:
    """The hour that a time lies in, UTC."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
