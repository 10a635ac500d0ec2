"""The edges of a preview: what is read, how finely, what is left out, and which group is drawn."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection, transaction

from agentscope.alerts import preview as previewing
from agentscope.alerts.preview import DAY_NS, HOUR_NS, never_fires, size_of, step_of, whole
from agentscope.alerts.question import Question
from agentscope.alerts.series import series
from agentscope.alerts.watch import Watch, watch
from agentscope.meter.readings import Sums, numbers
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import MINUTE, TODAY, at_least, project
from tests.agentscope.alerts.test_preview import NOW, PLAIN, tell, would
from tests.kit.costs import call
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
WEEK = {"kind": "calendar", "unit": "week"}


@pytest.fixture(autouse=True)
def _all_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 0


def rolling(seconds: int) -> dict[str, Any]:
    return {"kind": "rolling", "seconds": seconds}


def watched(**said: Any) -> Watch:
    return watch(PLAIN | said)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ({"window": rolling(7200)}, 1),
        ({"window": rolling(7260)}, 15),
        ({"window": TODAY}, 15),
        ({"window": TODAY, "metric": "silence"}, 1),
    ],
)
def test_short_windows_and_silence_are_told_by_the_minute(said: Any, minutes: int) -> None:
    assert size_of(watched(**said)) == minutes


@pytest.mark.parametrize(
    ("window", "step"),
    [(rolling(172_800), HOUR_NS), (rolling(172_860), DAY_NS), (TODAY, HOUR_NS), (WEEK, DAY_NS)],
)
def test_windows_of_more_than_two_days_are_drawn_by_the_day(window: Any, step: int) -> None:
    assert step_of(watched(window=window)) == step


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ({}, True),
        ({"condition": at_least("1")}, False),
        ({"metric": "error_rate", "condition": at_least("0.5")}, False),
        ({"condition": {"kind": "gone_within", "limit": "9", "seconds": 3600}}, False),
    ],
)
def test_only_of_what_adds_up_its_sum_tells_that_it_never_fires(said: Any, is_so: bool) -> None:
    question = Question(1, watched(**said), ZoneInfo("UTC"), NOW)
    row = numbers(Sums(calls=9, failed_calls=1, pico=10**12))
    assert never_fires(question, series(question.watch.metric, 1, [(0, row)])) is is_so


def test_the_oldest_stretch_of_which_some_may_be_missing_is_left_out() -> None:
    rows = [("a", 5, [1]), ("b", 4, [1]), ("a", 3, [1]), ("b", 3, [1])]
    assert whole(rows) == rows[:2]


@pytest.mark.parametrize(("most", "fired"), [(3, 3), (2, 2)])
def test_of_too_many_rows_the_newest_are_looked_at_from_the_first_of_them_on(
    project: Project, monkeypatch: pytest.MonkeyPatch, most: int, fired: int
) -> None:
    monkeypatch.setattr(previewing, "MOST_ROWS", most)
    tell(project, *(call(at, 1, 0, "3", after=at * 5 * HOUR_NS) for at in (1, 2, 3)))
    found = would(project)
    assert (found.fired, len(found.left_out)) == (fired, 3 - most)
    assert found.begin_ns == (NOW - 30 * DAY_NS if most > 2 else NOON + 10 * HOUR_NS)


def test_those_with_the_highest_values_are_looked_at_first(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_LOOKS", 0)
    tell(project, call(1, 1, 0, "2", session="s1"), call(2, 1, 0, "5", session="s2"))
    found = would(project, each="session")
    assert (found.group, found.groups) == ("s2", [("s2", 1)])


def test_looks_are_spared_where_nothing_can_fire(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "MOST_LOOKS", 4)  # as many as the first takes
    tell(project, *(call(at, 1, 0, "1", session=f"s{at}", after=at * MINUTE) for at in (1, 2, 3)))
    found = would(project, each="session")
    assert (found.fired, found.groups, found.more, found.left_out) == (0, [], 0, [])


@pytest.mark.parametrize(
    ("dear", "twice", "drawn"), [("9", ("3", "3"), "s2"), ("4", ("3", "1"), "s1")]
)
def test_who_would_have_fired_most_often_is_drawn_and_of_those_the_dearest(
    project: Project, dear: str, twice: tuple[str, str], drawn: str
) -> None:
    first, second = twice
    tell(
        project,
        call(1, 1, 0, dear, session="s1"),
        call(2, 1, 0, first, session="s2"),
        call(3, 1, 0, second, session="s2", after=5 * HOUR_NS),
    )
    assert would(project, each="session").group == drawn


def test_only_runs_that_a_filter_lets_through_are_read(project: Project) -> None:
    tell(project, call(1, 1, 0, "3", agent="ada"), call(2, 2, 0, "4", after=5 * HOUR_NS))
    assert would(project, filter="agent=ada").fired == 1


@pytest.mark.parametrize(("zone", "fired"), [("UTC", 1), ("Asia/Tokyo", 0)])
def test_days_are_those_of_the_project(project: Project, zone: str, fired: int) -> None:
    project.time_zone = zone  # in Tokyo it is midnight at three in the afternoon
    tell(project, *(call(at, 1, 0, "1.5", after=at * HOUR_NS) for at in (2, 4)))
    assert would(project, window=TODAY).fired == fired


@pytest.mark.parametrize(("week_start", "fired"), [(0, 1), (2, 0)])
def test_weeks_are_those_of_the_project(project: Project, week_start: int, fired: int) -> None:
    project.week_start = week_start
    tell(project, *(call(at, 1, 0, "1.5", after=-at * DAY_NS) for at in (0, 1)))  # from a Tuesday
    assert would(project, window=WEEK).fired == fired


def test_what_else_is_wrong_with_the_database_is_not_taken_for_slow(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> Any:
        raise OperationalError("lost")

    monkeypatch.setattr(previewing, "read", lost)
    with pytest.raises(OperationalError, match="lost"):
        would(project)


@pytest.mark.django_db(transaction=True)
def test_what_follows_has_all_the_time_it_had(project: Project) -> None:
    with transaction.atomic():
        would(project)
        assert patience() == "0"
    assert patience() == "0"


def patience() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        return str(cursor.fetchone()[0])
