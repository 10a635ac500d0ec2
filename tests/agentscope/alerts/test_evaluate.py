"""Rules over real traces: what fires, when, for whom, and that it is told once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from agentscope.alerts.evaluate import evaluate, projects_due
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.kit.costs import HOUR_NS, agent, call, store
from tests.kit.spans import NOON

SECOND = 10**9
MINUTE = 60 * SECOND
ROLLING = {"kind": "rolling", "seconds": 3600}
TODAY = {"kind": "calendar", "unit": "day"}
WHOLE = {"kind": "whole"}


def at_least(threshold: str) -> dict[str, str]:
    return {"kind": "at_least", "threshold": threshold}


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(name="shop")


def rule(project: Project, **said: Any) -> Rule:
    plain = {"name": "dear", "metric": "cost", "window": ROLLING, "condition": at_least("2")}
    return Rule.objects.create(project_id=project.pk, **(plain | said))


def tell(project: Project, *spans: Any) -> None:
    store(project.pk, *spans)
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)


def look(project: Project, after: int = MINUTE) -> list[tuple[str, str, str]]:
    """Group, state and notice of what happened, so many ns after noon."""
    found = evaluate(project.pk, NOON + after)
    return [(each.alert.group, each.state, each.notice) for each in found]


def test_a_threshold_that_is_crossed_is_told_once_with_its_value(project: Project) -> None:
    rule(project)
    tell(project, call(1, 1, 0, "1.5"))
    assert look(project) == []
    tell(project, call(1, 2, 0, "0.5", after=SECOND))
    assert look(project, 2 * MINUTE) == [("", "firing", "fired")]
    assert look(project, 3 * MINUTE) == []
    alert = Alert.objects.get()
    assert alert.value == alert.threshold == 2
    event = AlertEvent.objects.get()
    assert (event.window_begin_ns, event.window_end_ns) == (
        NOON + 2 * MINUTE - HOUR_NS,
        NOON + 2 * MINUTE,
    )
    assert event.value == 2


def test_it_is_over_when_the_window_has_passed(project: Project) -> None:
    rule(project)
    tell(project, call(1, 1, 0, "2"))
    assert look(project) == [("", "firing", "fired")]
    Rule.objects.update(looked_at="2026-01-01T00:00Z")
    assert look(project, HOUR_NS + 2 * MINUTE) == [("", "resolved", "resolved")]


def test_each_session_stands_by_itself(project: Project) -> None:
    rule(project, each="session", window=WHOLE)
    tell(
        project,
        call(1, 1, 0, "1", session="s1"),
        call(2, 2, 0, "1", session="s1", after=HOUR_NS),
        call(3, 3, 0, "1", session="s2"),
        call(4, 4, 0, "9"),
    )
    assert look(project, 9 * HOUR_NS) == [("s1", "firing", "fired")]
    tell(project, call(3, 5, 0, "1", session="s2", after=2 * HOUR_NS))
    assert look(project, 9 * HOUR_NS + 1) == [("s2", "firing", "fired")]


def test_what_comes_out_later_is_corrected_once(project: Project) -> None:
    rule(project, each="session", window=WHOLE)
    tell(project, call(1, 2, 1, "3", session="s1"))
    assert look(project) == [("s1", "firing", "fired")]
    tell(project, agent(1, 1, "planner", session="s2"))
    assert look(project, 2 * MINUTE) == [
        ("s1", "resolved", "corrected"),
        ("s2", "firing", "fired"),
    ]


def test_scopes_leave_others_out(project: Project) -> None:
    rule(project, only={"model": "gpt-4o", "agent": "planner"})
    tell(project, agent(1, 1, "planner"), call(1, 2, 1, "3", model="mine"), call(2, 3, 0, "5"))
    assert look(project) == []
    tell(project, call(1, 4, 1, "3"))
    assert look(project, 2 * MINUTE) == [("", "firing", "fired")]


def test_other_projects_are_others(project: Project) -> None:
    rule(project)
    other = Project.objects.create(name="other")
    tell(other, call(1, 1, 0, "9"))
    assert look(project) == []
    assert look(other) == []


def test_a_day_begins_in_the_zone_of_the_project(project: Project) -> None:
    Project.objects.update(time_zone="Asia/Kolkata")  # noon is 17:30, midnight 18:30 UTC
    rule(project, window=TODAY)
    tell(project, call(1, 1, 0, "1"), call(1, 2, 0, "1", after=7 * HOUR_NS))
    assert look(project, 8 * HOUR_NS) == []
    Project.objects.update(time_zone="UTC")
    Rule.objects.update(looked_at=None)
    assert look(project, 8 * HOUR_NS) == [("", "firing", "fired")]


def test_a_rule_that_makes_no_sense_says_so_and_keeps_nobody_waiting(project: Project) -> None:
    wrong = rule(project, name="wrong", metric="colour")
    rule(project)
    tell(project, call(1, 1, 0, "2"))
    assert look(project) == [("", "firing", "fired")]
    wrong.refresh_from_db()
    assert wrong.trouble == "There is no metric “colour”."


def test_what_was_over_before_the_rule_was_made_is_found(project: Project) -> None:
    tell(project, call(1, 1, 0, "3", session="s1"))
    look(project)
    rule(project, each="session", window=WHOLE)
    assert look(project, 2 * MINUTE) == [("s1", "firing", "fired")]


def test_projects_are_due_when_something_changed(project: Project) -> None:
    assert projects_due() == []
    tell(project, call(1, 1, 0, "1"))
    assert projects_due() == [project.pk]
    look(project)
    assert projects_due() == []


@pytest.mark.django_db(transaction=True)
def test_ten_workers_tell_it_once() -> None:
    project = Project.objects.create(name="shop")
    rule(project, each="session", window=WHOLE)
    tell(project, *(call(at, 1, 0, "3", session=f"s{at}") for at in range(1, 6)))

    def work(number: int) -> int:
        try:
            return len(evaluate(project.pk, NOON + MINUTE + number))
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        told = sum(pool.map(work, range(10)))
    assert told == AlertEvent.objects.count() == Alert.objects.count() == 5
