"""Rules over real traces: what fires, when, for whom, and that it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from agentscope.alerts import evaluate as evaluating
from agentscope.alerts.evaluate import evaluate, projects_due, wait_for
from agentscope.alerts.models import Alert, AlertEvent, Looked, Rule
from agentscope.meter.changes import Changes, projects_changed
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.due import REST
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


def test_rules_that_are_off_are_not_looked_at(project: Project) -> None:
    rule(project, enabled=False)
    assert projects_due() == []
    tell(project, call(1, 1, 0, "3"))
    assert look(project) == []
    assert Alert.objects.count() == 0


def test_of_a_project_that_is_gone_nothing_is_looked_at(project: Project) -> None:
    rule(project)
    gone = project.pk
    project.delete()
    assert evaluate(gone, NOON) == []
    assert not Looked.objects.exists()


def test_others_hear_what_changed_before_rules_are_looked_at(project: Project) -> None:
    rule(project)
    tell(project, call(1, 1, 0, "3", session="s1"))
    heard: list[Any] = []

    def other(of: Project, changes: Changes, now_ns: int) -> None:
        heard.append((of, changes.of("session"), now_ns, Alert.objects.count()))

    evaluate(project.pk, NOON + MINUTE, other)
    assert heard == [(project, frozenset({"s1"}), NOON + MINUTE, 0)]


def test_rules_are_looked_at_in_the_order_in_which_they_were_made(project: Project) -> None:
    rule(project, name="b")
    rule(project, name="a")
    Rule.objects.filter(name="b").update(trouble="")  # stored after the other one now
    tell(project, call(1, 1, 0, "3"))
    events = evaluate(project.pk, NOON + MINUTE)
    assert [each.alert.rule.name for each in events] == ["b", "a"]


@pytest.mark.parametrize(("rested", "is_due"), [(0.5, False), (1.5, True)])
def test_a_project_rests_for_as_long_as_its_looks_take(
    project: Project, rested: float, is_due: bool
) -> None:
    seconds = 1000.0
    before = timezone.now() - timedelta(seconds=REST * seconds * rested)
    Looked.objects.create(project_id=project.pk, looked_at=before, seconds=seconds)
    tell(project, call(1, 1, 0, "1"))
    assert projects_due() == ([project.pk] if is_due else [])


def test_by_time_alone_rules_are_looked_at_with_each_tick(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "TICK", timedelta(hours=1))
    rule(project)
    ago = timezone.now() - timedelta(minutes=30)
    Looked.objects.create(project_id=project.pk, looked_at=ago, seconds=0)
    assert projects_due() == []
    Looked.objects.update(looked_at=ago - timedelta(hours=1))
    assert projects_due() == [project.pk]
    Looked.objects.update(seconds=10**6)  # it rests for longer than a tick
    assert projects_due() == []


def test_what_changed_while_a_look_failed_is_found_by_the_next(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rule(project, each="session", window=WHOLE)
    look(project)  # since then only what changes is looked at
    tell(project, call(1, 1, 0, "3", session="s1"))
    with monkeypatch.context() as broken:
        broken.setattr(evaluating, "measure", lambda _: 1 / 0)
        assert look(project) == []
    made.refresh_from_db()
    assert made.trouble.startswith("Looking at it failed")
    assert look(project, 2 * MINUTE) == [("s1", "firing", "fired")]
    made.refresh_from_db()
    assert (made.trouble, made.looked_at is None) == ("", False)


@contextmanager
def held(project: Project) -> Iterator[None]:
    """Another worker is looking at the rules of a project."""
    begun, may_end = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            wait_for(project.pk)
            begun.set()
            may_end.wait(30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        begun.wait(30)
        try:
            yield
        finally:
            may_end.set()
            holding.result(30)


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_a_worker_looks_goes_on_and_who_changes_a_rule_waits() -> None:
    project = Project.objects.create(name="shop")
    rule(project)
    tell(project, call(1, 1, 0, "3"))
    with held(project), connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '300ms'")
        assert look(project) == []
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            wait_for(project.pk)
        cursor.execute("reset lock_timeout")
    assert list(projects_changed()) == [project.pk]  # it is there for the next look
    assert look(project) == [("", "firing", "fired")]


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
