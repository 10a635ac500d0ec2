"""Names that forms offer: of those who used something, and of keys."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from agentscope.meter import known
from agentscope.meter.changes import take_changes
from agentscope.meter.known import known_names
from agentscope.meter.quarters import QUARTER_NS, REST_NS, add_up_quarters
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key
from tests.kit.costs import agent, call, sent, tell
from tests.kit.spans import NOON


@pytest.fixture
def project(db: None) -> Project:
    return Project.objects.create(name="shop")


def used(project: Project) -> None:
    """A run of an agent with a call of a model."""
    tell(project.pk, agent(1, 1, "planner"), agent(1, 2, "writer", 1), call(1, 3, 2, "1"))


def test_those_who_used_something_are_known_by_kind(project: Project) -> None:
    used(project)
    found = known_names(project.pk)
    assert found.names["agent"] == ["planner", "writer"]
    assert found.names["path"] == ["planner", "planner/writer"]
    assert found.names["model"] == ["gpt-4o"]
    assert found.names["tool"] == found.names["environment"] == found.names["key"] == []
    assert not found.more


def test_what_was_added_up_is_known_when_its_readings_are_gone(project: Project) -> None:
    used(project)
    take_changes(project.pk)
    assert add_up_quarters(NOON + 2 * QUARTER_NS + REST_NS)
    with connection.cursor() as cursor:
        cursor.execute("delete from metered")
    assert known_names(project.pk).names["agent"] == ["planner", "writer"]


def test_keys_that_may_send_are_known_before_they_do(project: Project) -> None:
    kept, gone, reading = (
        create_key(project, scope, label)[0]
        for scope, label in (
            (Key.Scope.INGEST, "kept"),
            (Key.Scope.INGEST, "gone"),
            (Key.Scope.READ, "reading"),
        )
    )
    Key.objects.filter(pk=gone.pk).update(revoked_at=timezone.now())
    assert known_names(project.pk).names["key"] == [kept.name]
    assert reading.name not in known_names(project.pk).names["key"]


def test_other_projects_are_not_known(project: Project) -> None:
    other = Project.objects.create(name="other")
    key, _ = create_key(other, Key.Scope.INGEST, "ci")
    tell(other.pk, *sent(key.pk, agent(1, 1, "foreign")))
    assert not any(known_names(project.pk).names.values())


def test_no_more_than_so_many_of_a_kind_and_it_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    used(project)
    for label in ("a", "b"):
        create_key(project, Key.Scope.INGEST, label)
    assert not known_names(project.pk).more
    monkeypatch.setattr(known, "MOST", 1)
    found = known_names(project.pk)
    assert [len(names) for names in found.names.values()] == [1, 1, 0, 1, 0, 1]
    assert found.more


@pytest.mark.django_db
def test_the_newest_readings_come_by_their_indexes() -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # of few rows they are as good
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute(f"explain {known.KNOWN}", {"project": 1})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan Backward using metered_minute" in plan, plan
    assert "Index Scan Backward using quarter_metered_quarter" in plan, plan
