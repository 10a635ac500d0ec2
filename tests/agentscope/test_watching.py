"""The ticks that look at what is metered."""

from __future__ import annotations

from typing import Any

import pytest

from agentscope import watching
from agentscope.alerts.models import AlertEvent, Looked, Rule
from agentscope.meter.changes import Changes
from agentscope.meter.models import Metered, QuarterMetered
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from tests.kit.costs import call, store, uuid
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "time_ns", lambda: NOON + 3600 * 10**9)


def dear(name: str) -> Project:
    project = Project.objects.create(name=name)
    Rule.objects.create(
        project_id=project.pk,
        name="dear",
        metric="cost",
        window={"kind": "rolling", "seconds": 7200},
        condition={"kind": "at_least", "threshold": "2"},
    )
    store(project.pk, call(1, 1, 0, "2"))
    examine(project.pk, uuid(1))
    return project


def test_rules_of_all_projects_are_looked_at_and_quarters_added_up() -> None:
    mine, others = dear("mine"), dear("other")
    watching.evaluate_due()
    fired = AlertEvent.objects.order_by("project_id").values_list("project_id", "notice")
    assert list(fired) == [(mine.pk, "fired"), (others.pk, "fired")]
    watching.add_up_meter()
    assert QuarterMetered.objects.count() == 2


def test_a_project_that_cannot_be_looked_at_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = dear("first"), dear("second")

    def other(project: Project, *_: object) -> None:
        if project == first:
            raise RuntimeError("not today")

    monkeypatch.setattr(watching, "OTHERS", (other,))
    watching.evaluate_due()
    assert [each.project_id for each in Looked.objects.all()] == [second.pk]
    assert f"Cannot look at the rules of project {first.pk}" in caplog.text


def test_others_are_told_of_changes_in_the_same_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = dear("mine")
    heard: list[tuple[Project, Changes, int]] = []

    def other(*said: Any) -> None:
        heard.append(said)

    monkeypatch.setattr(watching, "OTHERS", (other,))
    watching.evaluate_due()
    ((told, changes, now_ns),) = heard
    assert (told, now_ns) == (project, NOON + 3600 * 10**9)
    assert changes.of("trace") == {str(uuid(1))}


def test_what_is_metered_is_forgotten_by_the_clock() -> None:
    dear("mine")
    watching.forget_metered()
    assert Metered.objects.count() == 1
