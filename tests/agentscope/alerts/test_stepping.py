"""What is written down of an alert that is taken on, and what is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agentscope.alerts import heard, stepping
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import MINUTE, WHOLE, at_least, look, project, rule, tell
from tests.kit.costs import call
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
LONG_AGO = "2026-01-01T00:00Z"


def test_rules_about_the_same_group_have_alerts_of_their_own(project: Project) -> None:
    rule(project, each="session")
    rule(project, name="dearer", each="session", condition=at_least("3"))
    tell(project, call(1, 1, 0, "2", session="s1"))
    assert look(project) == [("s1", "firing", "fired")]
    tell(project, call(1, 2, 0, "1", session="s1"))
    assert look(project, 2 * MINUTE) == [("s1", "firing", "fired")]
    stand = Alert.objects.values_list("rule__name", "group", "state")
    assert sorted(stand) == [("dear", "s1", "firing"), ("dearer", "s1", "firing")]


def test_what_people_say_while_an_alert_is_looked_at_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(project)
    tell(project, call(1, 1, 0, "2"))
    look(project)
    tomorrow = timezone.now() + timedelta(days=1)

    def meanwhile(*said: Any) -> Any:
        Alert.objects.update(snoozed_until=tomorrow, acknowledged_by="ada")
        return heard.tell(*said)

    monkeypatch.setattr(stepping, "tell", meanwhile)
    Rule.objects.update(looked_at=LONG_AGO)
    Alert.objects.update(looked_at=LONG_AGO)
    assert look(project, 2 * MINUTE) == []
    alert = Alert.objects.get()
    assert (alert.snoozed_until, alert.acknowledged_by) == (tomorrow, "ada")
    assert alert.looked_at > tomorrow - timedelta(days=2)  # and that it was is written down


def test_an_event_of_a_whole_session_says_from_when_on_it_was(project: Project) -> None:
    rule(project, each="session", window=WHOLE)
    tell(project, call(1, 1, 0, "1", session="s1"), call(1, 2, 0, "1", session="s1", after=MINUTE))
    look(project, 5 * MINUTE)
    event = AlertEvent.objects.get()
    assert (event.window_begin_ns, event.window_end_ns) == (NOON, NOON + 5 * MINUTE)
