"""What a value is compared with: a threshold, what is usual, or a budget and the time it has. Pure.

Values are Decimal: USD, tokens, calls, seconds, or a share from 0 to 1. None is no value: nothing
happened, or what happened has no known price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Protocol

from agentscope.alerts.machine import Seen
from agentscope.alerts.windows import SECOND, Window

FEWEST = 3  # windows before, without which nothing is usual
ENDS_AT = Decimal("0.9")  # of a threshold: an alert ends below it, so that it does not flap


@dataclass(frozen=True, slots=True)
class Measured:
    """What a window came to. `before` are the windows before it, the latest first, without those
    of which nothing is known; `recent` is what came in the last `recent_seconds` of it."""

    value: Decimal | None
    window: Window
    now_ns: int
    before: Sequence[Decimal] = ()
    recent: Decimal = Decimal(0)
    recent_seconds: int = 0
    unpriced_calls: int = 0  # in the window, which are not in a value in USD
    stays: Decimal | None = None  # of the value in a window that rolls, see GoneWithin; None: all
    lived: Window | None = None  # of a whole run, from its first span to its last; None: of none


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a value stands to what it is compared with: both are told to people."""

    seen: Seen
    value: Decimal | None = None
    threshold: Decimal | None = None


class Condition(Protocol):
    """When a value is worth an alert."""

    def judge(self, measured: Measured) -> Verdict:
        """How a window stands."""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The value reaches a threshold."""

    threshold: Decimal
    ends_at: Decimal = ENDS_AT  # of the threshold

    def judge(self, measured: Measured) -> Verdict:
        return compared(measured.value, self.threshold, self.ends_at)


@dataclass(frozen=True, slots=True)
class TimesUsual:
    """The value is so many times the median of the windows before, and no trifle: `floor`, in the
    unit of the value. Without FEWEST of them `fallback` counts, or nothing is said."""

    times: Decimal
    floor: Decimal
    fallback: Decimal | None = None
    ends_at: Decimal = ENDS_AT

    def judge(self, measured: Measured) -> Verdict:
        if len(measured.before) < FEWEST:
            if self.fallback is None:
                return Verdict(Seen.NOTHING, measured.value)
            return compared(measured.value, self.fallback, self.ends_at)
        threshold = max(self.times * median(measured.before), self.floor)
        return compared(measured.value, threshold, self.ends_at)


@dataclass(frozen=True, slots=True)
class BurnRate:
    """A budget is spent so many times as quickly as would just use it up (Google, Site Reliability
    Workbook, chapter 5), once a share of it is gone: the first call of a month is no alarm."""

    limit: Decimal
    times: Decimal
    once: Decimal = Decimal("0.05")  # of the limit
    ends_at: Decimal = ENDS_AT

    def judge(self, measured: Measured) -> Verdict:
        value, window = measured.value, measured.window
        passed = min(measured.now_ns, window.end_ns) - window.begin_ns
        if value is None or passed <= 0:
            return Verdict(Seen.NOTHING, value)
        even = self.limit * passed / (window.end_ns - window.begin_ns)
        return compared(value, max(self.times * even, self.once * self.limit), self.ends_at)


@dataclass(frozen=True, slots=True)
class GoneWithin:
    """At the present rate a budget is gone in so many seconds, and before it begins anew. What
    leaves a window that rolls meanwhile is not spent any more: `Measured.stays` is the rest."""

    limit: Decimal
    seconds: int
    ends_at: Decimal = ENDS_AT

    def judge(self, measured: Measured) -> Verdict:
        """The value is what will be spent in that time, the threshold the limit."""
        if measured.value is None:
            return Verdict(Seen.NOTHING)
        window, now_ns = measured.window, measured.now_ns
        is_calendar = window.end_ns > now_ns  # the others end with what was seen
        most_ns = window.end_ns - (now_ns if is_calendar else window.begin_ns)
        ahead = rate(measured) * min(Decimal(self.seconds), most_ns / Decimal(SECOND))
        stays = measured.value if measured.stays is None else measured.stays
        return compared(stays + ahead, self.limit, self.ends_at)


def falls_by_time(condition: Condition) -> bool:
    """Whether time alone ends what fires, in a window that does not move: an even pace goes on, and
    a rate slows down."""
    return isinstance(condition, BurnRate | GoneWithin)


def compared(value: Decimal | None, threshold: Decimal, ends_at: Decimal) -> Verdict:
    """A value beside a threshold and the lower one at which an alert ends."""
    if value is None:
        return Verdict(Seen.NOTHING, None, threshold)
    if value >= threshold:
        return Verdict(Seen.OVER, value, threshold)
    seen = Seen.UNDER if value < threshold * ends_at else Seen.BETWEEN
    return Verdict(seen, value, threshold)


def rate(measured: Measured) -> Decimal:
    """What comes in a second at present, in the unit of the value."""
    return measured.recent / measured.recent_seconds if measured.recent_seconds else Decimal(0)


def seconds_left(limit: Decimal, spent: Decimal, a_second: Decimal) -> Decimal | None:
    """After how many seconds a budget is gone at this rate, 0 if it is; None: never."""
    if spent >= limit:
        return Decimal(0)
    return (limit - spent) / a_second if a_second > 0 else None
