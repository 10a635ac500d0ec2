"""How old what is known may be: the longest that anything waits which is not in what is spent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.postgres.functions import TransactionNow

from agentscope.inbox.models import Inbox
from agentscope.meter.models import MeterChange
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.due import LOOK
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
    Trace.objects.filter(trace_id=uuid(2)).update(look_after=ago(60 - LOOK))
    assert lag(shop) == 60
    examine(shop.pk, uuid(2))
    assert lag(shop) == 0


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
    Trace.objects.filter(trace_id=uuid(3)).update(look_after=ago(300 - LOOK))
    request(shop.pk, 90)
    assert lag(shop) == 300


def test_what_waits_of_others_is_none_of_its_business(shop: Project) -> None:
    other = Project.objects.create(name="other")
    request(other.pk, 90)
    store(other.pk, call(2, 1, 0, "1"))
    Trace.objects.filter(project_id=other.pk).update(look_after=ago(60))
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
    Trace.objects.update(look_after=ago(10 - LOOK))
    assert lag(world.project) == 10
    world.settle()
    MeterChange.objects.update(changed_at=ago(5))
    assert lag(world.project) == 5
    look(world.project)
    assert lag(world.project) == 0
