"""Rules over days, weeks and months as they are where people live: each span is in one of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.measure import measure, when
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.alerts.question import Question
from agentscope.alerts.watch import watch
from agentscope.alerts.write import look_anew
from agentscope.meter.changes import take_changes
from agentscope.meter.models import Metered
from agentscope.meter.readings import Place, Reading, Sums
from agentscope.meter.write import write_readings
from agentscope.pipeline import examine
from agentscope.projects.clock import set_clock
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.agentscope.alerts.test_evaluate import MINUTE, SECOND, at_least, project, rule
from tests.kit.costs import Understood, call, store, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
BERLIN, NEW_YORK, LORD_HOWE = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
LONG_AGO = "2020-01-01T00:00Z"


@pytest.fixture(autouse=True)
def _all_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 0


def ns(local: str, zone: str, fold: int = 0) -> int:
    """A time of a clock on a wall; of one that comes twice the later with fold=1."""
    told = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(told.timestamp()) * SECOND


def spent(number: int, end_ns: int, usd: str = "1") -> Understood:
    """A call that ended then, in a run of its own."""
    return call(number, number, 0, usd, after=end_ns - SECOND - NOON)


def tell(project: Project, *spans: Understood) -> None:
    store(project.pk, *spans)
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)


def values(project: Project, window: dict[str, Any], *times: int) -> list[int]:
    """What was spent in the window of each time, in USD."""
    take_changes(project.pk)
    said = {"metric": "cost", "window": window, "condition": at_least("1")}
    zone, watched = ZoneInfo(project.time_zone), watch(said, project.week_start)
    asked = [measure(Question(project.pk, watched, zone, each)) for each in times]
    return [int(each[""].value or 0) for each in asked]


def look(project: Project, now_ns: int) -> list[tuple[str, Decimal | int | None]]:
    """What people are told at a time, with the value."""
    Rule.objects.update(looked_at=LONG_AGO)
    events = evaluate(project.pk, now_ns)
    return [(each.notice, each.value) for each in events]


def calendar(unit: str) -> dict[str, Any]:
    return {"kind": "calendar", "unit": unit}


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
        (LORD_HOWE, "2026-10-04", 23.5),
        (LORD_HOWE, "2026-04-05", 24.5),
        ("UTC", "2028-02-29", 24),
    ],
)
def test_a_day_has_the_spans_of_all_its_hours_and_no_others(
    project: Project, zone: str, day: str, hours: float
) -> None:
    Project.objects.update(time_zone=zone)
    project.refresh_from_db()
    rule(project, window=calendar("day"), condition=at_least("2"))
    begin = ns(f"{day}T00:00", zone)
    end = begin + int(hours * 60) * MINUTE
    tell(project, spent(1, begin - 1))
    assert look(project, begin) == []
    tell(project, spent(2, begin, "2"))
    assert look(project, begin + MINUTE) == [("fired", 2)]
    tell(project, spent(3, end - 1, "4"))
    assert look(project, end - 1) == []  # it goes on: of a day it is told once
    assert Alert.objects.get().value == 6
    tell(project, spent(4, end), spent(5, end + MINUTE))
    assert look(project, end + 2 * MINUTE) == [
        ("fired", 2)
    ]  # the day after has the span on its begin
    assert values(project, calendar("day"), begin - 1, begin, end - 1, end) == [1, 6, 6, 2]


@pytest.mark.parametrize(
    ("unit", "week_start", "begin", "end"),
    [
        ("month", 0, "2026-01-01", "2026-02-01"),
        ("month", 0, "2026-02-01", "2026-03-01"),
        ("month", 0, "2028-02-01", "2028-03-01"),  # with a leap day
        ("month", 0, "2026-03-01", "2026-04-01"),  # clocks go forward in it
        ("month", 0, "2026-10-01", "2026-11-01"),
        ("month", 0, "2026-12-01", "2027-01-01"),
        ("week", 0, "2026-03-23", "2026-03-30"),
        ("week", 6, "2026-03-29", "2026-04-05"),  # begins with the day on which clocks go forward
        ("week", 6, "2026-12-27", "2027-01-03"),
    ],
)
def test_months_and_weeks_follow_each_other(
    project: Project, unit: str, week_start: int, begin: str, end: str
) -> None:
    Project.objects.update(time_zone=BERLIN, week_start=week_start)
    project.refresh_from_db()
    first, after = ns(f"{begin}T00:00", BERLIN), ns(f"{end}T00:00", BERLIN)
    at = [first - 1, first, (first + after) // 2 // MINUTE * MINUTE, after - 1, after]
    tell(project, *(spent(number, each, str(2**number)) for number, each in enumerate(at)))
    found = values(project, calendar(unit), *at)
    assert found == [1, 14, 14, 14, 16]


def test_the_hour_that_comes_twice_is_two_hours(project: Project) -> None:
    Project.objects.update(time_zone=BERLIN)
    project.refresh_from_db()
    first, second = (ns("2026-10-25T02:30", BERLIN, fold) for fold in (0, 1))
    assert second - first == 60 * MINUTE
    tell(project, spent(1, first), spent(2, second))
    hour = {"kind": "rolling", "seconds": 3600}
    assert values(project, hour, first + MINUTE, second, second + MINUTE) == [1, 1, 1]
    assert values(project, calendar("day"), second + MINUTE) == [2]


@pytest.mark.parametrize("seconds", [60, 90, 600, 3600])
@pytest.mark.parametrize("shift", [0, 1, 17 * SECOND, 59 * SECOND])
def test_a_span_is_in_one_of_two_windows_that_follow_each_other(
    project: Project, seconds: int, shift: int
) -> None:
    boundary = NOON + shift
    at = [boundary - 1, boundary, boundary + 1]
    tell(project, *(spent(number, each, str(10**number)) for number, each in enumerate(at)))
    window = {"kind": "rolling", "seconds": seconds}
    length = seconds * SECOND
    found = values(project, window, *(boundary + step * length for step in (-1, 0, 1, 2)))
    assert sum(found) == 111
    if not shift:  # where minutes begin it is to the nanosecond
        assert found == [0, 1, 110, 0]


def test_a_window_that_rolls_is_never_longer_than_it_says(project: Project) -> None:
    tell(project, spent(1, NOON - MINUTE + SECOND, "3"), spent(2, NOON + 20 * SECOND, "3"))
    rule(project, window={"kind": "rolling", "seconds": 60}, condition=at_least("6"))
    assert look(project, NOON + 90 * SECOND) == []


def test_another_zone_is_another_day(project: Project) -> None:
    set_clock(project, BERLIN, 0, "ada")
    project.refresh_from_db()
    rule(project, window=calendar("day"), condition=at_least("2"))
    midnight = ns("2026-11-26T00:00", BERLIN)
    tell(project, spent(1, midnight, "2"))
    assert look(project, midnight + 30 * MINUTE) == [("fired", 2)]
    set_clock(project, "UTC", 0, "ada")  # where it was 23:00 of the day before
    look_anew(project.pk)
    assert look(project, midnight + 31 * MINUTE) == [("fired", 2)]  # and told of that day, once
    assert look(project, midnight + 32 * MINUTE) == []
    assert look(project, midnight + 61 * MINUTE) == [("resolved", 0)]  # which is over here
    assert AlertEvent.objects.count() == 3


def test_a_clock_that_is_set_has_all_groups_looked_at(project: Project) -> None:
    rule(project, each="agent", window=calendar("day"), condition=at_least("2"))
    midnight = ns("2026-11-26T00:00", "UTC")
    spans = [(1, midnight - MINUTE), (2, midnight + MINUTE)]
    tell(project, *(call(1, number, 0, "1", agent="ada", after=at - NOON) for number, at in spans))
    assert look(project, midnight + 2 * MINUTE) == []
    set_clock(project, BERLIN, 0, "ada")
    look_anew(project.pk)
    events = evaluate(project.pk, midnight + 3 * MINUTE)
    assert [(each.alert.group, each.notice) for each in events] == [("ada", "fired")]


def test_what_comes_late_follows_and_is_corrected_once(project: Project) -> None:
    rule(project, window=calendar("day"), condition=at_least("4"), remind=3600)
    midnight = ns("2026-11-26T00:00", "UTC")
    tell(project, spent(1, midnight + MINUTE, "2"))
    now = midnight + 60 * MINUTE
    assert look(project, now) == []
    late = call(2, 2, 0, "3", after=midnight + 2 * MINUTE - NOON)
    tell(project, late)  # an hour late, but of this day
    assert look(project, now + MINUTE) == [("fired", 5)]
    tell(project, spent(3, midnight - 1, "9"))  # of the day before: no news
    assert look(project, now + 2 * MINUTE) == []
    told: list[tuple[str, int]] = []
    for turn, usd in enumerate(("1", "3", "1", "3"), 3):  # a price that is corrected to and fro
        reprice(project, usd)
        told += [(notice, int(value or 0)) for notice, value in look(project, now + turn * MINUTE)]
    assert told == [("corrected", 3), ("fired", 5)]
    assert Alert.objects.get().state == "firing"


def reprice(project: Project, usd: str) -> None:
    """What the second run spent is known otherwise now."""
    (row,) = Metered.objects.filter(trace_id=uuid(2))
    place = Place(row.path, row.agent, row.tool, row.model, row.environment, kind=row.kind)
    sums = Sums(spans=1, calls=1, pico=int(usd) * 10**12)
    said = Reading(row.part, row.minute, place, row.session, row.user, sums)
    write_readings(project.pk, uuid(2), [said])


def test_what_a_clock_that_is_ahead_says_counts_once_its_day_begins(project: Project) -> None:
    rule(project, window=calendar("day"), condition=at_least("2"))
    midnight = ns("2026-11-26T00:00", "UTC")
    tell(project, spent(1, midnight + MINUTE, "2"))
    assert look(project, midnight - MINUTE) == []
    Rule.objects.update(looked_at=when(midnight - MINUTE))
    assert look(project, midnight + 2 * MINUTE) == [("fired", 2)]
