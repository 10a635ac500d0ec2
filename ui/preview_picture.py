"""The picture of a rule's preview: values over time, with what they are compared with. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.amounts import amount, bound, moment
from agentscope.alerts.preview import Preview
from agentscope.alerts.replay import Point
from ui.alert_words import when
from ui.amounts import count
from ui.bars import round_up

WIDTH, HEIGHT = 720, 160  # of the picture, in its own units
ABOVE = Decimal("1.1")  # so that the highest line has room above it
SMALLEST = Decimal("1e-12")  # of a scale
DASH = 6  # of a point alone
Line = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class DayRow:
    """The highest value of a day and what it was compared with, in words."""

    day: date
    value: str
    threshold: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines as SVG has them, what the scale says, and the same in words."""

    values: list[str]
    thresholds: list[str]
    top: str
    half: str
    first: str
    last: str
    words: str
    days: list[DayRow]

    width, height = WIDTH, HEIGHT


def picture(found: Preview, zone: ZoneInfo) -> Picture | None:
    """The picture of a preview; None if nothing is known of any time."""
    known = [each.value for each in found.points if each.value is not None]
    if not known:
        return None
    compared = [each.threshold for each in found.points if each.threshold is not None]
    top = round_up(max(*known, *compared, SMALLEST) * ABOVE)
    return Picture(
        list(lines(found, top, lambda each: each.value)),
        list(compared_with(found, top)),
        amount(top, found.unit),
        amount(top / 2, found.unit),
        moment(found.begin_ns, zone),
        moment(found.end_ns, zone),
        in_words(found, max(known)),
        list(days(found, zone)),
    )


def lines(found: Preview, top: Decimal, of: Callable[[Point], Decimal | None]) -> Iterator[str]:
    """A line for each time without gaps; one point alone is a short dash."""
    line: Line = []
    long = max(found.end_ns - found.begin_ns, 1)
    for point in found.points:
        value = of(point)
        if value is None:
            yield from drawn(line)
            line = []
            continue
        x = WIDTH * (point.at_ns - found.begin_ns) / long
        line.append((min(max(x, 0), WIDTH), HEIGHT - float(value / top) * HEIGHT))
    yield from drawn(line)


def compared_with(found: Preview, top: Decimal) -> Iterator[str]:
    """What values are compared with; one threshold is a line through all of the time."""
    seen = {each.threshold for each in found.points if each.threshold is not None}
    if len(seen) != 1:
        yield from lines(found, top, lambda each: each.threshold)
        return
    y = HEIGHT - float(seen.pop() / top) * HEIGHT
    yield from drawn([(0, y), (WIDTH, y)])


def drawn(line: Line) -> Iterator[str]:
    """A line as the points of an SVG polyline."""
    if len(line) == 1:
        x, y = line[0]
        line = [(x - DASH, y), (x, y)]
    if line:
        yield " ".join(f"{x:.1f},{y:.1f}" for x, y in line)


def days(found: Preview, zone: ZoneInfo) -> Iterator[DayRow]:
    """The highest value of each day of the project's zone of which any is known."""
    highest: dict[date, Point] = {}
    for point in found.points:
        if point.value is None:
            continue
        day = when(point.at_ns - 1).astimezone(zone).date()
        before = highest.get(day)
        if before is None or point.value > (before.value or 0):
            highest[day] = point
    for day, point in highest.items():
        is_over = point.threshold is not None and (point.value or 0) >= point.threshold
        limit = "" if point.threshold is None else bound(point.threshold, found.unit)
        yield DayRow(day, amount(point.value, found.unit), limit, is_over)


def in_words(found: Preview, highest: Decimal) -> str:
    """The picture for who cannot see it."""
    told = f"{fired(found)} The highest value was {amount(highest, found.unit)}"
    last = next((each.threshold for each in reversed(found.points) if each.threshold), None)
    return f"{told}, compared with {bound(last, found.unit)}." if last else f"{told}."


def fired(found: Preview) -> str:
    """`It would have fired 3 times in the last 30 days.`"""
    length = max(round((found.end_ns - found.begin_ns) / 86_400e9), 1)
    long = "in the last day" if length == 1 else f"in the last {length} days"
    return f"It would have fired {count(found.fired, 'time')} {long}."


def group_words(groups: Sequence[tuple[str, int]], more: int) -> str:
    """`s-1 (2 times), s-2 (1 time) and 4 more`; nothing where all is together."""
    named = ", ".join(f"{name} ({count(times, 'time')})" for name, times in groups if name)
    return f"{named} and {more:,} more" if more else named
