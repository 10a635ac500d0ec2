"""What windows come to, and what that is compared with: in whole minutes, each in one window."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agentscope.alerts.conditions import Measured
from agentscope.alerts.measure import BEFORE, measure, seconds, windows_before
from agentscope.alerts.models import Rule
from agentscope.alerts.question import Question
from agentscope.alerts.watch import watch
from agentscope.alerts.windows import Calendar, Rolling, Unit
from agentscope.meter.changes import take_changes
from agentscope.meter.quarters import add_up_quarters
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    ROLLING,
    SECOND,
    TODAY,
    at_least,
    look,
    project,
    rule,
)
from tests.agentscope.alerts.test_evaluate import tell as store_and_examine
from tests.kit.costs import DAY_NS, HOUR_NS, agent, call
from tests.kit.spans import NOON

__all__ = ["project"]
UTC, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
USUAL = {"kind": "times_usual", "times": "2", "floor": "1"}
SOON = {"kind": "gone_within", "limit": "8", "seconds": 1800}
LONG_AGO = "2026-01-01T00:00Z"
has_tables = pytest.mark.django_db


def tell(project: Project, *spans: Any) -> None:
    """Store spans, and take note of what changed, as a worker does within a second."""
    store_and_examine(project, *spans)
    take_changes(project.pk)


def seen(project: Project, after: int, known: Any = (), **said: Any) -> dict[str, Measured]:
    """What a watch comes to, so many ns after noon."""
    plain = {"metric": "cost", "window": ROLLING, "condition": at_least("2")}
    return measure(Question(project.pk, watch(plain | said), UTC, NOON + after, None, known))


def whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


@pytest.mark.parametrize("shift", [0, 1, 5, MINUTE - 1])
def test_windows_that_roll_follow_each_other_back_without_a_gap(shift: int) -> None:
    window = Rolling(3600).window(NOON + shift, UTC)
    found = [window, *windows_before(Rolling(3600), window, UTC)]
    assert len(found) == 1 + BEFORE == 8
    assert [each.begin_ns for each in found[:-1]] == [each.end_ns for each in found[1:]]
    assert {each.end_ns - each.begin_ns for each in found} == {HOUR_NS}


def test_days_before_are_whole_ones_however_long() -> None:
    changed = 1_774_778_400 * SECOND  # 2026-03-29 12:00 in Berlin, an hour shorter
    day = Calendar(Unit.DAY).window(changed + DAY_NS, BERLIN)
    found = [day, *windows_before(Calendar(Unit.DAY), day, BERLIN)]
    assert [each.begin_ns for each in found[:-1]] == [each.end_ns for each in found[1:]]
    assert [(each.end_ns - each.begin_ns) // HOUR_NS for each in found] == [24, 23] + [24] * 6


@has_tables
def test_of_windows_before_of_which_nothing_is_known_none_is_usual(project: Project) -> None:
    tell(
        project,
        call(1, 1, 0, "1", after=-MINUTE),
        call(2, 2, 0, "", model="mine", after=-70 * MINUTE),  # of no known price
        call(3, 3, 0, "3", after=-130 * MINUTE),
        call(4, 4, 0, "4", after=-5 * HOUR_NS - 2 * MINUTE),
    )
    found = seen(project, 0, condition=USUAL)[""]
    # The latest is left out, and not taken for nothing.
    assert [whole(each) for each in found.before] == [3, 0, 0, 4]
    assert seen(project, 0, metric="p50_llm", condition=USUAL)[""].before == [Decimal("1.03")] * 3


@has_tables
@pytest.mark.parametrize("is_added_up", [False, True])
@pytest.mark.parametrize(
    ("first", "windows"),
    [(-MINUTE, 0), (-62 * MINUTE, 1), (-3 * HOUR_NS - MINUTE, 3), (-8 * DAY_NS, BEFORE)],
)
def test_before_the_project_began_there_is_no_history(
    project: Project, first: int, windows: int, *, is_added_up: bool
) -> None:
    tell(project, call(1, 1, 0, "3", after=first), call(2, 2, 0, "1", after=-MINUTE))
    if is_added_up:
        add_up_quarters(NOON)
    found = seen(project, 0, condition=USUAL)[""]
    assert len(found.before) == windows
    assert whole(found.value) == (1 if windows else 4)


@has_tables
def test_a_project_that_is_minutes_old_fires_at_what_counts_without_history(
    project: Project,
) -> None:
    rule(project, name="usual", condition=USUAL)
    rule(project, name="else", condition=USUAL | {"fallback": "2"})
    store_and_examine(project, call(1, 1, 0, "1.5"))
    assert look(project) == []
    store_and_examine(project, call(1, 2, 0, "1", after=SECOND))
    assert look(project) == [("", "firing", "fired")]


@has_tables
def test_calls_without_a_price_are_told_of_money_alone(project: Project) -> None:
    tell(project, call(1, 1, 0, "1"), call(1, 2, 0, "", model="mine"))
    assert seen(project, MINUTE)[""].unpriced_calls == 1
    assert seen(project, MINUTE, metric="calls")[""].unpriced_calls == 0


@has_tables
def test_groups_that_are_known_used_nothing_and_others_are_not_told(project: Project) -> None:
    tell(project, call(1, 1, 0, "1", session="s1"))
    found = seen(project, MINUTE, ["s2"], each="session")
    assert {name: each.value for name, each in found.items()} == {"s1": 1, "s2": 0}
    later = seen(project, 2 * HOUR_NS, ["s2"], each="session", metric="p50_llm")
    assert {name: each.value for name, each in later.items()} == {"s2": None}


@has_tables
def test_of_what_leaves_a_window_as_a_whole_nothing_stays(project: Project) -> None:
    tell(
        project,
        call(1, 1, 0, "6", agent="ada"),
        call(2, 2, 0, "1", agent="bob", after=50 * MINUTE),
    )
    found = seen(project, 55 * MINUTE, each="agent", condition=SOON)
    told = {
        name: [whole(value) for value in (each.value, each.stays, each.recent)]
        for name, each in found.items()
    }
    assert told == {"ada": [6, 0, 0], "bob": [1, 1, 1]}
    assert seen(project, 55 * MINUTE, window=TODAY, condition=SOON)[""].stays is None
    far = SOON | {"seconds": 7200}
    assert seen(project, 55 * MINUTE, condition=far)[""].stays == 0  # all of it will have left


@has_tables
def test_the_present_rate_is_that_of_whole_minutes_of_a_quarter(project: Project) -> None:
    tell(project, call(1, 1, 0, "1"))
    times = (15 * MINUTE, 15 * MINUTE + 20 * SECOND)
    quarters = [seen(project, after, condition=SOON)[""] for after in times]
    assert [(whole(each.recent), each.recent_seconds) for each in quarters] == [(1, 900), (0, 860)]


@has_tables
def test_silence_lasts_from_the_end_of_the_minute_in_which_something_ended(
    project: Project,
) -> None:
    def silent(after: int) -> Any:
        return seen(project, after, metric="silence")[""].value

    assert silent(0) is None
    tell(project, call(1, 1, 0, "1"))  # ends a second after noon
    times = (2 * SECOND, MINUTE, 61 * SECOND, 3 * HOUR_NS)
    assert [silent(each) for each in times] == [0, 0, 1, 3 * 3600 - 60]


@has_tables
def test_silence_of_runs_that_a_filter_lets_through_is_longer_than_the_window(
    project: Project,
) -> None:
    rule(project, metric="silence", filter="agent=ada", condition=at_least("7200"))
    tell(project, agent(1, 1, "ada"), agent(2, 2, "bob", after=3 * HOUR_NS))
    assert look(project, 2 * HOUR_NS + 30 * SECOND) == []
    Rule.objects.update(looked_at=LONG_AGO)
    assert look(project, 2 * HOUR_NS + 2 * MINUTE) == [("", "firing", "fired")]
    Rule.objects.update(looked_at=LONG_AGO)
    assert look(project, 9 * HOUR_NS) == []  # still


def test_durations_are_as_exact_as_they_are_known() -> None:
    assert [seconds(each) for each in (None, 1.2345e9)] == [None, Decimal("1.23")]
