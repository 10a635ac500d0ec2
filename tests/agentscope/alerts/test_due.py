"""Which rules are due, and which of their groups are looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agentscope.alerts.evaluate import asked_for, concerns, is_due
from agentscope.alerts.models import Rule
from agentscope.alerts.watch import watch
from agentscope.meter.changes import Changes
from tests.agentscope.alerts.test_evaluate import ROLLING, at_least

NOTHING = Changes({})
CHANGED = Changes({"session": frozenset({"s2"}), "agent": frozenset({"ada"})})
AN_HOUR = timedelta(hours=1)


def watched(**said: Any) -> Any:
    return watch({"metric": "cost", "window": ROLLING, "condition": at_least("2")} | said)


@pytest.mark.parametrize(
    ("said", "has_open", "is_so"),
    [
        ({}, False, False),
        ({}, True, True),
        ({"metric": "findings"}, False, True),
        ({"metric": "silence"}, False, True),
        ({"filter": "status=error"}, False, True),
        ({"silence": "tell"}, False, True),
    ],
)
def test_what_time_alone_may_change_is_due_once_a_tick_has_passed(
    said: dict[str, Any], has_open: bool, is_so: bool
) -> None:
    long_ago, later = (Rule(looked_at=timezone.now() + each) for each in (-AN_HOUR, AN_HOUR))
    assert is_due(long_ago, watched(**said), NOTHING, has_open=has_open) is is_so
    assert not is_due(later, watched(**said), NOTHING, has_open=has_open)
    assert is_due(later, watched(**said), CHANGED, has_open=has_open)


def test_changes_of_others_concern_nobody() -> None:
    assert not concerns(watched(), NOTHING)
    assert concerns(watched(only={"agent": "ada"}), CHANGED)
    assert not concerns(watched(only={"agent": "eve"}), CHANGED)


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ({}, [""]),
        ({"each": "session"}, ["s1", "s2"]),
        ({"each": "session", "metric": "findings"}, None),
        ({"each": "session", "filter": "status=error"}, None),
    ],
)
def test_groups_that_changed_and_those_with_an_alert_are_looked_at(said: Any, groups: Any) -> None:
    assert asked_for(watched(**said), CHANGED, ["s1"]) == groups
