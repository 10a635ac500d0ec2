"""Running a rule over a series: at each time at which its value may change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agentscope.alerts import machine
from agentscope.alerts.conditions import AtLeast, GoneWithin, Measured, TimesUsual
from agentscope.alerts.lives import rest_of
from agentscope.alerts.machine import REST_NS, Look, Notice
from agentscope.alerts.measure import history, lately, seconds_of, staying, windows_before
from agentscope.alerts.metrics import OfSilence
from agentscope.alerts.question import Question
from agentscope.alerts.series import Series
from agentscope.alerts.windows import SECOND, Calendar, Rolling, Whole, Window
from agentscope.meter.readings import MINUTE_NS

HOUR_NS = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Point:
    """What a rule saw at a time, and what it compared that with."""

    at_ns: int
    value: Decimal | None
    threshold: Decimal | None


@dataclass(frozen=True, slots=True)
class Replay:
    """A rule over the series of a group, from a time up to now. `began_ns` is when the project
    began."""

    question: Question
    series: Series
    begin_ns: int
    began_ns: int = 0

    def times(self) -> list[int]:
        """When the value may have changed, in ns."""
        now_ns = self.question.now_ns
        found = {each for each in self.moments() if self.begin_ns <= each <= now_ns}
        return sorted(found | {self.begin_ns, now_ns})

    def moments(self) -> Iterator[int]:
        """When something comes into a window, and when it goes; with conditions that go by the
        clock, each hour as well."""
        watch = self.question.watch
        for minute in self.series.begins:
            in_ns = (minute + self.series.size) * MINUTE_NS
            yield in_ns
            yield in_ns + watch.policy.hold * SECOND
            if isinstance(watch.metric, OfSilence):
                yield minute * MINUTE_NS
            if isinstance(watch.span, Rolling):
                yield in_ns + watch.span.seconds * SECOND
            if isinstance(watch.span, Whole):
                yield in_ns + REST_NS
            if isinstance(watch.span, Calendar):
                yield watch.span.window(in_ns, self.question.zone).end_ns
        if not isinstance(watch.condition, AtLeast):
            hours = range(-(-self.begin_ns // HOUR_NS), self.question.now_ns // HOUR_NS + 1)
            yield from (hour * HOUR_NS for hour in hours)

    def measured(self, at_ns: int) -> Measured:
        """What a look at a time would have seen."""
        watch, zone = self.question.watch, self.question.zone
        window = watch.span.window(at_ns, zone)
        past = Window(window.begin_ns, min(window.end_ns, at_ns))  # the rest was yet to come
        before = self.before(window) if isinstance(watch.condition, TimesUsual) else []
        recent, stays = Decimal(0), None
        if isinstance(watch.condition, GoneWithin):
            recent = self.series.value(lately(at_ns)) or Decimal(0)
            rest = staying(watch, at_ns)
            stays = (self.series.value(rest) or Decimal(0)) if rest else None
        value, known = self.series.value(past), seconds_of(lately(at_ns))
        lived = self.series.lived(past)
        return Measured(value, window, at_ns, before, recent, known, stays=stays, lived=lived)

    def before(self, window: Window) -> list[Decimal]:
        """What the windows before came to that are history, the latest first."""
        found = windows_before(self.question.watch.span, window, self.question.zone)
        known_ns = self.begin_ns if self.began_ns < self.begin_ns else 0  # else there is all
        values = (self.series.value(each) for each in history(found, known_ns, self.began_ns))
        return [value for value in values if value is not None]

    def play(self) -> tuple[int, list[Point]]:
        """How often the rule would have fired, and what it saw."""
        watch, alert, fired, seen = self.question.watch, machine.Alert(), 0, []
        for at_ns in self.times():
            measured = self.measured(at_ns)
            verdict = watch.condition.judge(measured)
            rolls = isinstance(watch.span, Rolling)
            window = None if rolls else measured.window.begin_ns
            rest_ns = rest_of(watch, measured)
            look = Look(verdict.seen, at_ns, window, rest_ns, watch.may_fall)
            alert, notice = machine.step(alert, look, watch.policy)
            fired += notice == Notice.FIRED
            seen.append(Point(at_ns, verdict.value, verdict.threshold))
        return fired, seen


def highest(seen: list[Point], begin_ns: int, end_ns: int, step_ns: int) -> list[Point]:
    """The point with the highest value in each step of time, at its end; where there is none, the
    one before goes on."""
    found: list[Point] = []
    at, last = 0, Point(begin_ns, None, None)
    for until in range(begin_ns + step_ns, end_ns + step_ns, step_ns):
        among = [last]
        while at < len(seen) and seen[at].at_ns <= until:
            among.append(seen[at])
            at += 1
        last = among[-1]
        top = max(among[1:] or among, key=lambda each: (each.value is not None, each.value or 0))
        found.append(Point(min(until, end_ns), top.value, top.threshold))
    return found
