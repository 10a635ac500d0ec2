"""How often a rule would have fired lately, before anybody saves it: the same windows, conditions
and machine, over what is stored.

The work is bounded: by the rows that are read, the time that reading takes, and the looks that are
taken. What that leaves out is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from agentscope.alerts.conditions import AtLeast, TimesUsual
from agentscope.alerts.counted import counted_by
from agentscope.alerts.matching import asked_of_traces, narrowed
from agentscope.alerts.measure import first_ns, minutes
from agentscope.alerts.metrics import OfDurations, OfFindings, OfSilence, Unit, adds_up
from agentscope.alerts.question import Question
from agentscope.alerts.replay import Point, Replay, highest
from agentscope.alerts.series import Row, Series, series
from agentscope.alerts.stored import check_stored, stored_days, unseen
from agentscope.alerts.watch import Watch, watch
from agentscope.alerts.windows import SECOND, Calendar, Rolling, Whole, Window
from agentscope.alerts.windows import Unit as Days
from agentscope.meter.read import Asked, Steps, took_by, used_by
from agentscope.meter.readings import MINUTE_NS, numbers
from agentscope.projects.models import Project
from agentscope.retention.read import kept_of

DAYS = (30, 7, 1)  # that are looked at: fewer, if reading them takes too long
HOUR_NS, DAY_NS = 3600 * SECOND, 86_400 * SECOND
PATIENCE = 3_000  # ms for reading
MOST_ROWS = 100_000
MOST_LOOKS = 50_000
MOST_GROUPS = 20  # that are named
FINE, COARSE = 1, 15  # minutes of a stretch
SHORT = 2 * 3600  # seconds of a window that is told by the minute
LONG = 2 * 86_400  # seconds of a window that is drawn by the day
Rows = Sequence[tuple[str, int, Sequence[int]]]  # group, minute, numbers


@dataclass(slots=True)
class Preview:
    """What a rule would have done from `begin_ns` to `end_ns`. `points` are those of one group: the
    one that would have fired most often, else the one with the highest value; each is the highest
    of its hour or day. `groups` are those that would have fired, with how often, and `more` is how
    many more of them there are; `fired` counts all."""

    unit: Unit
    begin_ns: int
    end_ns: int
    group: str = ""
    points: list[Point] = field(default_factory=list)
    fired: int = 0
    groups: list[tuple[str, int]] = field(default_factory=list)
    more: int = 0
    left_out: list[str] = field(default_factory=list)


def preview(project: Project, said: Mapping[str, Any], now_ns: int) -> Preview:
    """What a rule, by the names of models.Rule, would have done in the last 30 days. Raises
    BadRule."""
    watched = watch(said, project.week_start)
    check_stored(watched)
    asked_of_traces(project.pk, watched.filter)
    question = Question(project.pk, watched, ZoneInfo(project.time_zone), now_ns)
    for days in DAYS:
        stretch = Window(now_ns - stored_days(watched, days) * DAY_NS, now_ns)
        rows = read_in_time(question, stretch)
        if rows is not None:
            found = Preview(watched.metric.unit, stretch.begin_ns, now_ns)
            found.left_out += not_seen(watched, days)
            found.left_out += filter(None, [unseen(watched, kept_of(project.pk).metadata)])
            return played(question, rows, found)
    found = Preview(watched.metric.unit, now_ns, now_ns)
    found.left_out.append("There is so much of it that not even a day could be read in time.")
    return found


def read_in_time(question: Question, stretch: Window) -> Rows | None:
    """What there was in some time; None if reading it takes longer than PATIENCE."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = {PATIENCE}")
            found = read(narrowed(question, stretch), stretch)
            cursor.execute("set local statement_timeout = 0")
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return None
        raise


def read(question: Question, stretch: Window) -> Rows:
    """What there was in some time by group, the latest first, MOST_ROWS at most and one more."""
    metric, steps = question.watch.metric, Steps(size_of(question.watch), MOST_ROWS + 1)
    asked = Asked(question.project_id, question.watch.scope, *minutes(stretch))
    if isinstance(metric, OfFindings):
        found = counted_by(question, metric, stretch, steps)
        return [(name, minute, [number]) for name, minute, number in found]
    if isinstance(metric, OfDurations):
        times = took_by(asked, metric.kind, steps)
        return [(str(name), minute, counted) for name, minute, *counted in times]
    return [(name, minute, numbers(sums)) for name, minute, sums in used_by(asked, steps)]


def size_of(watched: Watch) -> int:
    """How many minutes a stretch has, so that windows are told well enough."""
    is_short = isinstance(watched.span, Rolling) and watched.span.seconds <= SHORT
    return FINE if is_short or isinstance(watched.metric, OfSilence) else COARSE


def not_seen(watched: Watch, days: int) -> Iterator[str]:
    """What a look back over so many days, or as many of them as are stored, does not tell."""
    stored = stored_days(watched, days)
    if stored < days:
        yield f"Runs are stored for {counted_days(stored)}: what was before is not in it."
    elif days < DAYS[0]:
        yield f"There is so much of it that {counted_days(days)} were looked at, not {DAYS[0]}."
    if isinstance(watched.span, Whole) and stored == days:
        yield f"What was before the last {counted_days(days)} is not in it."
    if isinstance(watched.condition, TimesUsual):
        yield f"What is usual is told from the last {counted_days(stored)} alone."


def counted_days(days: int) -> str:
    """So many days, in words."""
    return "day" if days == 1 else f"{days} days"


def played(question: Question, rows: Rows, found: Preview) -> Preview:
    """What a rule would have done in some time of which this was read."""
    if len(rows) > MOST_ROWS:
        rows = whole(rows)
        found.begin_ns = (rows[-1][1] if rows else found.end_ns // MINUTE_NS) * MINUTE_NS
        found.left_out.append("There is so much of it that only the newest was looked at.")
    play(question, by_group(question, rows), found)
    return found


def whole(rows: Rows) -> Rows:
    """Rows without those of the oldest stretch, of which some may be missing."""
    return [each for each in rows if each[1] > rows[-1][1]]


def by_group(question: Question, rows: Rows) -> dict[str, Series]:
    """The series of each group, those with the highest value of all the time first."""
    found: dict[str, list[Row]] = {} if question.watch.scope.each else {"": []}
    for name, minute, counted in rows:
        found.setdefault(name, []).append((minute, counted))
    size, all_time = size_of(question.watch), Window(0, question.now_ns)
    made = [(name, series(question.watch.metric, size, each)) for name, each in found.items()]
    return dict(sorted(made, key=lambda each: (-(each[1].value(all_time) or 0), each[0])))


def play(question: Question, groups: Mapping[str, Series], found: Preview) -> None:
    """Run the rule over each group, the largest first, until MOST_LOOKS were taken."""
    best: tuple[int, str, list[Point]] | None = None
    looks, counted, began_ns = 0, [], first_ns(question)
    for place, (name, each) in enumerate(groups.items()):
        if looks > MOST_LOOKS:
            left = f"{len(groups) - place:,} of {len(groups):,} {question.watch.scope.each}s"
            found.left_out.append(f"{left} were not looked at: those with the lowest values.")
            break
        if best is not None and never_fires(question, each):
            continue
        fired, seen = Replay(question, each, found.begin_ns, began_ns).play()
        looks += len(seen)
        counted.append((name, fired))
        if best is None or fired > best[0]:
            best = fired, name, seen
    if best is not None:
        step_ns = step_of(question.watch)
        found.group, found.points = best[1], highest(best[2], found.begin_ns, found.end_ns, step_ns)
    told = sorted((each for each in counted if each[1]), key=lambda each: (-each[1], each[0]))
    found.fired, found.groups = sum(fired for _, fired in told), told[:MOST_GROUPS]
    found.more = len(told) - len(found.groups)


def never_fires(question: Question, each: Series) -> bool:
    """Whether all that there was is not enough: what only adds up is never more than its sum."""
    watched = question.watch
    if not adds_up(watched.metric) or not isinstance(watched.condition, AtLeast):
        return False
    value = each.value(Window(0, question.now_ns))
    return value is None or value < watched.condition.threshold


def step_of(watched: Watch) -> int:
    """How much time a point stands for: an hour, of long windows a day."""
    span = watched.span
    is_long = isinstance(span, Rolling) and span.seconds > LONG
    is_long |= isinstance(span, Calendar) and span.unit != Days.DAY
    return DAY_NS if is_long else HOUR_NS
