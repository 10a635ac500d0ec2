"""What a watch comes to at a time: the value of its window, by group, and what that is compared
with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from agentscope.alerts.conditions import AtLeast, GoneWithin, Measured, TimesUsual
from agentscope.alerts.counted import counted
from agentscope.alerts.lives import lives
from agentscope.alerts.machine import Silence
from agentscope.alerts.matching import narrowed
from agentscope.alerts.metrics import OfDurations, OfFindings, OfSilence, OfSums, Unit
from agentscope.alerts.question import Question, Values
from agentscope.alerts.stored import kept_from
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import SECOND, Rolling, Span, Window
from agentscope.meter.durations import quantile
from agentscope.meter.read import Asked, first_minute, last_minutes, took, used
from agentscope.meter.readings import MINUTE_NS, Sums

BEFORE = 7  # windows that are compared with
RECENT = 15 * 60  # seconds in which the present rate is measured


def measure(question: Question) -> dict[str, Measured]:
    """What a window comes to by group. Groups of which nothing is known are told as such, if asked
    for or known; the group of a watch that has no `each` is ""."""
    watch, now_ns = question.watch, question.now_ns
    window = watch.span.window(now_ns, question.zone)
    found, unpriced = came(question, window, is_zero=watch.policy.silence != Silence.TELL)
    names = sorted({*found, *question.known}) if question.groups is None else question.groups
    before = earlier(question, window) if isinstance(watch.condition, TimesUsual) else []
    (recent, stays), lived = ahead(question), lives(question)
    return {
        name: Measured(
            found.get(name),
            window,
            now_ns,
            [value for each in before if (value := each.get(name)) is not None],
            recent.get(name) or Decimal(0),
            seconds_of(lately(now_ns)),
            unpriced.get(name, 0),
            None if stays is None else stays.get(name) or Decimal(0),
            lived.get(name),
        )
        for name in (names if watch.scope.each else [""])
    }


def ahead(question: Question) -> tuple[Values, Values | None]:
    """What a forecast goes by: what came lately, and what stays of the value, if not all does."""
    if not isinstance(question.watch.condition, GoneWithin):
        return {}, None
    stays = staying(question.watch, question.now_ns)
    recent = values(question, lately(question.now_ns))
    return recent, values(question, stays) if stays else None


def lately(now_ns: int) -> Window:
    """The time in which the present rate is measured."""
    return Window(now_ns - RECENT * SECOND, now_ns)


def staying(watch: Watch, now_ns: int) -> Window | None:
    """What of a window that rolls will still be in it at the time that a forecast looks ahead to;
    None if that is all of it."""
    if not (isinstance(watch.span, Rolling) and isinstance(watch.condition, GoneWithin)):
        return None
    left = max(watch.span.seconds - watch.condition.seconds, 0)
    return Window(now_ns - left * SECOND, now_ns)


def earlier(question: Question, window: Window) -> list[Values]:
    """What the windows before came to that are history, the latest first."""
    known_ns = kept_from(question.watch, question.now_ns)
    before = windows_before(question.watch.span, window, question.zone)
    return [values(question, each) for each in history(before, known_ns, first_ns(question))]


def history(windows: Iterable[Window], known_ns: int, began_ns: int) -> list[Window]:
    """Those of some windows of which all is known, as it is from a time on, and that did not end
    before the project began: that it used nothing then is not what is usual."""
    return [each for each in windows if each.begin_ns >= known_ns and each.end_ns > began_ns]


def first_ns(question: Question) -> int:
    """When the project began: with the first minute in which anything was used, else now."""
    minute = first_minute(question.project_id)
    return question.now_ns if minute is None else minute * MINUTE_NS


def windows_before(span: Span, window: Window, zone: ZoneInfo) -> Iterator[Window]:
    """The windows before one, the latest first. Of a calendar window the whole ones."""
    for _ in range(BEFORE):
        last_ns = window.begin_ns - (not isinstance(span, Rolling))  # that ends where this begins
        window = span.window(last_ns, zone)
        yield window


def values(question: Question, window: Window) -> Values:
    """What a window comes to, by group."""
    return came(question, window)[0]


def came(
    question: Question, window: Window, *, is_zero: bool = True
) -> tuple[Values, dict[str, int]]:
    """What a window comes to by group, and how many calls have no price, of a value in USD. Who
    used nothing used nothing (`is_zero`); whoever wants to hear that nothing came knows no value
    of those."""
    window = reaching(question, window)
    question = narrowed(question, window)
    metric, watch = question.watch.metric, question.watch
    if not isinstance(metric, OfSums):
        return otherwise(question, window), {}
    asked = Asked(question.project_id, watch.scope, *minutes(window), question.groups)
    names = (*(question.groups or ()), *question.known) if watch.scope.each else ("",)
    found = (dict.fromkeys(names, Sums()) if is_zero else {}) | used(asked)
    unpriced = {name: sums.unpriced_calls for name, sums in found.items()}
    told = {name: metric.worked_out(sums) for name, sums in found.items()}
    return told, unpriced if metric.unit == Unit.USD else {}


def otherwise(question: Question, window: Window) -> Values:
    """What a window comes to that sums do not tell."""
    metric, watch = question.watch.metric, question.watch
    if isinstance(metric, OfFindings):
        return counted(question, metric, window)
    asked = Asked(question.project_id, watch.scope, *minutes(window), question.groups)
    if isinstance(metric, OfDurations):
        return {
            name: seconds(quantile(counts, metric.share))
            for name, counts in took(asked, metric.kind).items()
        }
    return silent(question, asked, window)


def reaching(question: Question, window: Window) -> Window:
    """The same, where runs that a filter lets through are looked for. For silence that goes beyond
    the time at which it is worth an alert: what came before a window it is counted from."""
    watch, now_ns = question.watch, question.now_ns
    if not isinstance(watch.metric, OfSilence) or not isinstance(watch.condition, AtLeast):
        return window
    long_ago = now_ns - 2 * int(watch.condition.threshold) * SECOND
    return Window(max(min(window.begin_ns, long_ago), 0), window.end_ns)


def silent(question: Question, asked: Asked, window: Window) -> Values:
    """How many seconds ago the last minute was in which anything ended. Where none of the runs that
    a filter lets through is in a window, it is longer ago than that."""
    now_ns, watch, ago = question.now_ns, question.watch, {}
    if watch.filter and window.begin_ns:
        names = question.known if watch.scope.each else ("",)
        ago = dict.fromkeys(names, (now_ns - window.begin_ns) // SECOND)
    last = last_minutes(replace(asked, first=0, end=now_ns // MINUTE_NS + 1))
    ago |= {name: now_ns // SECOND - (minute + 1) * 60 for name, minute in last.items()}
    return {name: Decimal(max(each, 0)) for name, each in ago.items()}


def minutes(window: Window) -> tuple[int, int]:
    """The minutes of a window, since 1970: from the first that begins in it up to before the first
    that begins after it. Calendars begin with a minute; a window that rolls does so by whole ones,
    so that each is in one of two windows that follow each other."""
    return -(-window.begin_ns // MINUTE_NS), -(-window.end_ns // MINUTE_NS)


def seconds_of(window: Window) -> int:
    """How long it is that the minutes of a window tell of, which ends now."""
    return (window.end_ns - minutes(window)[0] * MINUTE_NS) // SECOND


def seconds(ns: float | None) -> Decimal | None:
    """A duration in seconds, of as many digits as are known."""
    return None if ns is None else Decimal(f"{ns / SECOND:.3g}")


def when(ns: int) -> datetime:
    """A time in ns since 1970, UTC."""
    return datetime.fromtimestamp(ns / SECOND, UTC)
