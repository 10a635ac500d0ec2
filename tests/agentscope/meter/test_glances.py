"""What a glance meters is what the examination that follows does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from agentscope.glance import AllRules, glance_due
from agentscope.meter.changes import take_changes
from agentscope.meter.models import Metered
from agentscope.meter.read import Asked, used
from agentscope.meter.readings import Sums
from agentscope.meter.scope import Scope
from agentscope.pipeline import examine
from agentscope.traces import glances
from agentscope.traces.due import LOOK
from agentscope.traces.models import Trace
from tests.kit.costs import agent, call, store, uuid

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = 7
SECOND = 10**9


def read(each: str = "path") -> dict[str, Sums]:
    """What each has used."""
    take_changes(PROJECT)
    return used(Asked(PROJECT, Scope(each=each), 0, 2**31 - 1))


def glanced() -> None:
    """Time has passed, and somebody glanced at what came."""
    Trace.objects.update(look_after=F("look_after") - timedelta(seconds=LOOK))
    glance_due(AllRules(), 10)


def test_a_trace_that_nobody_examined_is_metered() -> None:
    store(PROJECT, agent(1, 1, "planner"), call(1, 2, 1, "0.5", after=SECOND))
    glanced()
    seen = read()
    assert seen["planner"].pico == 5 * 10**11
    examine(PROJECT, uuid(1))
    assert read() == seen


def test_the_newest_part_of_a_large_one_is_metered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glances, "RECENT", 3)
    store(PROJECT, agent(1, 1, "planner", user="ada"))
    store(PROJECT, *(call(1, at, 1, "1", after=at * SECOND) for at in range(2, 10)))
    examine(PROJECT, uuid(1))
    assert Metered.objects.filter(part=0).exists()
    store(PROJECT, *(call(1, at, 1, "1", after=at * SECOND) for at in range(10, 15)))
    glanced()
    seen = read()
    assert seen["planner"].pico == 13 * 10**12
    assert read("user").keys() == {"ada"}
    examine(PROJECT, uuid(1))
    assert read() == seen


def test_what_was_not_seen_as_a_whole_is_left_to_the_examination(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(glances, "MOST_RECENT", 3)
    store(PROJECT, *(call(1, at, 0, "1", after=at * SECOND) for at in range(1, 5)))
    glanced()
    assert read() == {}
