"""What is written down of an alert that is taken on, and what is left alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agentscope.alerts import heard, machine, stepping
from agentscope.alerts.conditions import Measured, Verdict
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.alerts.stored import kept_from
from agentscope.alerts.watch import Watch, watch
from agentscope.alerts.windows import Window
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    ROLLING,
    TODAY,
    WHOLE,
    at_least,
    look,
    project,
    rule,
    tell,
)
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


def seen(verdict: str, window: Window | None = None) -> stepping.Seen:
    window = window or Window(7, 8)
    return stepping.Seen("", Measured(None, window, NOON), Verdict(machine.Seen(verdict), None))


def watched(window: Any, **said: Any) -> Watch:
    return watch({"metric": "cost", "window": window, "condition": at_least("2")} | said)


@pytest.mark.parametrize(
    ("state", "of", "begin", "verdict", "is_so"),
    [
        ("firing", TODAY, 7, "under", True),
        ("firing", TODAY, 7, "nothing", True),
        ("firing", TODAY, 7, "between", False),
        ("firing", TODAY, 6, "under", False),
        ("resolved", TODAY, 7, "under", False),
        ("firing", ROLLING, None, "under", False),
    ],
)
def test_a_value_falls_in_the_window_that_an_alert_fires_for(
    state: str, of: Any, begin: int | None, verdict: str, is_so: bool
) -> None:
    before = machine.Alert(machine.State(state), window=begin)
    assert stepping.is_fallen(before, watched(of), seen(verdict)) is is_so


@pytest.mark.parametrize(("later", "is_so"), [(-1, True), (0, False), (1, False)])
def test_what_fired_last_tells_whether_some_of_it_has_expired(
    project: Project, later: int, is_so: bool
) -> None:
    of = watched(WHOLE, each="session")
    alert = Alert.objects.create(project_id=project.pk, rule=rule(project), group="s1")
    for at_ns, begin_ns in ((1, 0 if later >= 0 else NOON), (2, kept_from(of, NOON) + later)):
        AlertEvent.objects.create(
            project_id=project.pk,
            alert=alert,
            at_ns=at_ns,
            state="firing",
            notice="fired",
            window_begin_ns=begin_ns,
            window_end_ns=NOON,
        )
    assert stepping.may_have_expired(alert, of, seen("under", Window(0, NOON))) is is_so


@pytest.mark.parametrize(("each", "is_so"), [("", False), ("agent", True)])
def test_of_all_it_is_known_that_there_is_nothing_and_of_groups_that_there_was_something(
    each: str, is_so: bool
) -> None:
    of = watched(ROLLING, each=each, silence="tell")
    look = machine.Look(machine.Seen.NOTHING, 1)
    assert stepping.is_nothing(machine.Alert(), look, of) is is_so
