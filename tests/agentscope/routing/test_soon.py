"""What has just proven itself is suggested soon, without looking at what has not changed."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from agentscope.costs.bounded import TookTooLong
from agentscope.routing import soon, tasks
from agentscope.routing.models import SuggestedModel
from agentscope.routing.soon import REST, suggest_soon
from agentscope.routing.suggested import suggested_model
from tests.kit.money import UNTIL
from tests.kit.routing import history, run
from tests.kit.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings):
    settings.AGENTSCOPE_EMBEDDED = True
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    soon._seen.clear()
    return World()


@pytest.fixture
def looked(monkeypatch):
    """The projects that were looked at; each look takes a second of `clock`."""
    found, clock = [], [0.0]

    def suggest(project_id, now):
        found.append(project_id)
        clock[0] += 1

    monkeypatch.setattr(soon, "suggest", suggest)
    monkeypatch.setattr(soon, "monotonic", lambda: clock[0])
    return found, clock


def told(world):
    return suggested_model(world.project.pk, "planner", "planner", "gpt-4o", 1_100)


def test_it_is_suggested_with_the_next_tick(world, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: UNTIL)
    tasks.add_up_uses()
    assert told(world) is None
    world.tell(history(), random.Random(1))
    tasks.add_up_uses()
    assert told(world) == "gpt-4o-mini"


def test_what_has_not_changed_is_not_looked_at_again(world, looked):
    found, clock = looked
    suggest_soon(UNTIL)
    assert found == []
    world.tell(history(), random.Random(1))
    for _ in range(3):
        suggest_soon(UNTIL)
        clock[0] += 10 * REST
    assert found == [world.project.pk]


def test_a_look_is_followed_by_a_rest(world, looked):
    found, clock = looked
    world.tell(history(), random.Random(1))
    suggest_soon(UNTIL)
    world.tell(run(99, "gpt-4o", 5), random.Random(1))
    clock[0] += REST - 1
    suggest_soon(UNTIL)
    assert len(found) == 1
    clock[0] += 1
    suggest_soon(UNTIL)
    assert len(found) == 2


def test_where_something_is_suggested_the_hour_is_soon_enough(world, looked):
    world.tell(history(), random.Random(1))
    SuggestedModel.objects.create(
        project_id=world.project.pk, agent="a", path="", model="m", suggested="n", most_tokens=1,
        saving=1,
    )  # fmt: skip
    suggest_soon(UNTIL)
    assert looked[0] == []


def test_days_that_nobody_looks_at_are_not_news(world, looked):
    world.tell(history(), random.Random(1))
    suggest_soon(UNTIL + timedelta(days=60))
    assert looked[0] == []


def test_one_that_takes_too_long_keeps_no_other_waiting(world, monkeypatch):
    other = World()
    for each in (world, other):
        each.tell(history(), random.Random(1))
    plainly = soon.suggest

    def suggest(project_id, now):
        if project_id == world.project.pk:
            raise TookTooLong
        plainly(project_id, now)

    monkeypatch.setattr(soon, "suggest", suggest)
    suggest_soon(UNTIL)
    assert told(other) == "gpt-4o-mini"
    assert told(world) is None
