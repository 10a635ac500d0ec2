"""How old what is known may be: the longest that anything waits which is not in what is spent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.postgres.functions import TransactionNow
from django.db import connection

from agentscope.budgets.standing import WAITS
from agentscope.glance import glance, rules_of
from agentscope.inbox.models import Inbox
from agentscope.meter.models import MeterChange
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.due import LOOK
from agentscope.traces.glances import Glanced, claim_glances
from agentscope.traces.models import Trace
from ingest.drain import drain
from tests.agentscope.budgets.told import ask, budget, look, tell
from tests.kit.costs import call, store, uuid
from tests.kit.routing import run
from tests.kit.world import World


def lag(project: Project) -> float:
    return float(ask(project)["lag_seconds"])


def ago(seconds: float) -> Any:
    """A time before the one that the database tells within a test."""
    return TransactionNow() - timedelta(seconds=seconds)


def request(project_id: int, seconds: float) -> None:
    """A request that has waited for so long in the inbox."""
    made = Inbox.objects.create(
        project_id=project_id, signal="traces", content_type="application/x-protobuf", body=b""
    )
    Inbox.objects.filter(pk=made.pk).update(received_at=ago(seconds))


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with a budget of which all is known."""
    budget(project)
    tell(project, call(1, 1, 0, "1"))
    look(project)
    return project


def test_nothing_waits(shop: Project) -> None:
    assert lag(shop) == 0


def test_a_request_that_is_not_stored(shop: Project) -> None:
    request(shop.pk, 90)
    request(shop.pk, 10)
    assert lag(shop) == 90
    Inbox.objects.all().delete()
    assert lag(shop) == 0


def test_a_trace_that_nobody_has_looked_at(shop: Project) -> None:
    store(shop.pk, call(2, 1, 0, "1"))
    Trace.objects.filter(trace_id=uuid(2)).update(unmetered_since=ago(60))
    assert lag(shop) == 60
    examine(shop.pk, uuid(2))
    assert lag(shop) == 0


def waits(seconds: float) -> Glanced:
    """A trace that has waited for so long, and that a worker has taken to glance at."""
    Trace.objects.filter(trace_id=uuid(2)).update(
        unmetered_since=ago(seconds), look_after=ago(seconds - LOOK)
    )
    (taken,) = claim_glances()
    return taken


def test_a_trace_that_a_worker_has_taken_waits_until_it_is_metered(shop: Project) -> None:
    store(shop.pk, call(2, 1, 0, "1"))
    taken = waits(60)
    assert lag(shop) == 60
    glance(taken, rules_of(shop.pk))
    assert Trace.objects.get(trace_id=uuid(2)).unmetered_since is None
    look(shop)
    assert lag(shop) == 0


def test_a_glance_that_meters_nothing_leaves_it_waiting(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An examination is at it, which will."""
    store(shop.pk, call(2, 1, 0, "1"))
    taken = waits(60)
    monkeypatch.setattr("agentscope.glance.may_take_meter", lambda *_: False)
    glance(taken, rules_of(shop.pk))
    assert Trace.objects.get(trace_id=uuid(2)).look_after is None
    assert lag(shop) == 60
    examine(shop.pk, uuid(2))
    look(shop)
    assert lag(shop) == 0


def test_what_comes_while_a_worker_looks_waits_since_then(shop: Project) -> None:
    store(shop.pk, call(2, 1, 0, "1"))
    taken = waits(60)
    store(shop.pk, call(2, 2, 0, "1"))
    glance(taken, rules_of(shop.pk))
    since = Trace.objects.annotate(now=TransactionNow()).get(trace_id=uuid(2))
    assert since.unmetered_since == since.now


def test_a_trace_that_stays_due_for_what_was_found_in_it_is_metered(
    shop: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(shop.pk, call(2, 1, 0, "1"))
    monkeypatch.setattr("agentscope.pipeline.write_findings", lambda *_: True)
    examine(shop.pk, uuid(2))
    found = Trace.objects.get(trace_id=uuid(2))
    assert found.examined_generation != found.generation
    assert found.unmetered_since is None


def test_each_queue_is_a_look_at_an_index(shop: Project) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):  # of few rows they are as good
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute(f"explain {WAITS}", {"project": shop.pk})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using trace_unmetered" in plan
    assert "Sort" not in plan


def test_readings_that_are_not_added_up(shop: Project) -> None:
    tell(shop, call(2, 1, 0, "1"), call(3, 1, 0, "1"))
    first = MeterChange.objects.order_by("pk").first()
    assert first is not None
    MeterChange.objects.filter(pk=first.pk).update(changed_at=ago(45))
    assert lag(shop) == 45
    look(shop)
    assert lag(shop) == 0


def test_the_longest_is_told(shop: Project) -> None:
    tell(shop, call(2, 1, 0, "1"))
    MeterChange.objects.update(changed_at=ago(45))
    store(shop.pk, call(3, 1, 0, "1"))
    Trace.objects.filter(trace_id=uuid(3)).update(unmetered_since=ago(300))
    request(shop.pk, 90)
    assert lag(shop) == 300


def test_what_waits_of_others_is_none_of_its_business(shop: Project) -> None:
    other = Project.objects.create(name="other")
    request(other.pk, 90)
    store(other.pk, call(2, 1, 0, "1"))
    Trace.objects.filter(project_id=other.pk).update(unmetered_since=ago(60))
    assert lag(shop) == 0


def test_from_a_request_to_what_is_spent(db: None, settings: Any) -> None:
    """A span that was sent is either in what is spent or in the lag."""
    settings.AGENTSCOPE_EMBEDDED = True
    world = World()
    budget(world.project, window={"kind": "whole"}, each="trace")
    world.send(run(7, "gpt-4o", 1))
    Inbox.objects.update(received_at=ago(20))
    assert lag(world.project) == 20
    drain(100)
    Trace.objects.update(unmetered_since=ago(10))
    assert lag(world.project) == 10
    world.settle()
    MeterChange.objects.update(changed_at=ago(5))
    assert lag(world.project) == 5
    look(world.project)
    assert lag(world.project) == 0
