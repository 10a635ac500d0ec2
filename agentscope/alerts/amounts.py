"""Numbers of alerts in words, with their units. Pure. Unknown is "unknown", never 0."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.metrics import Unit
from agentscope.alerts.windows import SECOND

UNKNOWN = "unknown"
NOUN = {
    Unit.TOKENS: "token",
    Unit.CALLS: "call",
    Unit.ERRORS: "error",
    Unit.RUNS: "run",
    Unit.FINDINGS: "finding",
}
CENT = Decimal("0.01")
MOST_DIGITS = 8  # of a threshold as people write it
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
LENGTHS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))


def amount(value: Decimal | None, unit: Unit) -> str:
    """A value with its unit. It is rounded down, so that what is below a threshold never reads as
    if it reached it."""
    if value is None:
        return UNKNOWN
    if unit == Unit.USD:
        return f"${floor(value):,f}"
    if unit == Unit.SHARE:
        return f"{plain((value * 100).quantize(Decimal('0.1'), ROUND_FLOOR))}%"
    if unit == Unit.SECONDS:
        return seconds(value)
    return count(value, NOUN[unit])


def floor(usd: Decimal) -> Decimal:
    """USD with two decimals; of less than a dollar four, or the first that is not 0."""
    if usd == 0:
        return Decimal(0)
    decimals = 2 if abs(usd) >= 1 else max(4, -usd.adjusted())
    return usd.quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR)


def bound(value: Decimal | None, unit: Unit) -> str:
    """A threshold to its last digit; one that was worked out is rounded as values are."""
    if value is None or unit in (Unit.SECONDS, Unit.SHARE):
        return amount(value, unit)
    if len(value.normalize().as_tuple().digits) > MOST_DIGITS:
        value = floor(value) if unit == Unit.USD else value.quantize(CENT, ROUND_FLOOR)
    if unit == Unit.USD:
        exact = value.quantize(CENT) if value == value.quantize(CENT) else value.normalize()
        return f"${exact:,f}"
    return count(value, NOUN[unit])


def count(value: Decimal, noun: str) -> str:
    """`1 call`, `4 calls`, `1,200.5 tokens`."""
    return f"{plain(value)} {noun}{'' if value == 1 else 's'}"


def plain(value: Decimal) -> str:
    """A number with all its digits, in groups of three, without zeros at the end."""
    whole = value == value.to_integral_value()
    return f"{value.to_integral_value() if whole else value.normalize():,f}"


def seconds(value: Decimal) -> str:
    """A length of time: `250 ms`, `12.3 s`, `2 h 5 min`."""
    if value < 1:
        return f"{plain((value * 1000).quantize(Decimal(1), ROUND_FLOOR))} ms"
    if value < MINUTE:
        return f"{plain(value.quantize(Decimal('0.1'), ROUND_FLOOR))} s"
    whole = int(value)
    if whole < HOUR:
        return two(whole // MINUTE, "min", whole % MINUTE, "s")
    if whole < DAY:
        return two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")
    return two(whole // DAY, "d", whole % DAY // HOUR, "h")


def two(large: int, unit: str, small: int, below: str) -> str:
    """A length by its two largest units."""
    return f"{large} {unit} {small} {below}" if small else f"{large} {unit}"


def length(of_seconds: int) -> str:
    """A whole length as people set it: `hour`, `15 minutes`, `7 days`."""
    for size, word in LENGTHS:
        if of_seconds >= size and of_seconds % size == 0:
            number = of_seconds // size
            return word if number == 1 else f"{number} {word}s"
    return f"{of_seconds} seconds"


def moment(ns: int, zone: ZoneInfo) -> str:
    """A time in the zone of the project, with its offset, for an hour may come twice."""
    return datetime.fromtimestamp(ns // SECOND, zone).strftime("%Y-%m-%d %H:%M %z")
