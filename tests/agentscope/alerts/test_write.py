"""What people do about rules and alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agentscope.alerts.acts import Refused, acknowledge, snooze, unsnooze
from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone, delete_rule, end_mute, mute, save_rule
from agentscope.budgets.write import save_budget
from agentscope.channels.models import Channel
from agentscope.projects.changes import changes_of
from agentscope.projects.models import Project
from tests.agentscope.alerts.test_evaluate import MINUTE, ROLLING, at_least, look, project, tell
from tests.kit.costs import call

__all__ = ["project"]
pytestmark = pytest.mark.django_db
DEAR: dict[str, Any] = {
    "name": "dear",
    "metric": "cost",
    "window": ROLLING,
    "condition": at_least("2"),
}
HOUR = timedelta(hours=1)


def firing(project: Project) -> Alert:
    save_rule(project, DEAR, "ada")
    tell(project, call(1, 1, 0, "3"))
    look(project)
    return Alert.objects.get()


def test_a_rule_is_saved_with_its_channels_and_noted(project: Project) -> None:
    channel = Channel.objects.create(project_id=project.pk, name="pager", kind="webhook")
    saved = save_rule(project, DEAR | {"name": " very  dear ", "channels": [channel.pk]}, "ada")
    assert (saved.name, saved.created_by, list(saved.channels.all())) == (
        "very dear",
        "ada",
        [channel],
    )
    (noted,) = changes_of(project.pk, None, 5)
    assert (noted.who, noted.what) == ("ada", "Added the rule very dear")
    assert noted.details["to"]["condition"] == at_least("2")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": "there"}, "name"),
        ({"colour": "red"}, "colour"),
        ({"metric": "colour"}, "metric"),
        ({"only": {"colour": "red"}}, "only"),
        ({"only": []}, "only"),
        ({"window": {"kind": "whole"}}, "window"),
        ({"window": "today"}, "window"),
        ({"condition": at_least("-1")}, "condition"),
        ({"condition": at_least("NaN")}, "condition"),
        ({"hold": 10**9}, "hold"),
        ({"remind": 1}, "remind"),
        ({"silence": "shout"}, "silence"),
        ({"severity": "panic"}, "severity"),
        ({"enabled": "yes"}, "enabled"),
        ({"channels": [0]}, "channels"),
        ({"channels": "1"}, "channels"),
        ({"metric": "findings", "of": "loops"}, "of"),
        ({"filter": "agnet=x"}, "filter"),
        ({"filter": "q=some+words"}, "filter"),
    ],
)
def test_a_rule_that_makes_no_sense_says_which_part(
    project: Project, said: dict[str, Any], part: str
) -> None:
    save_rule(project, DEAR | {"name": "there"}, "ada")
    with pytest.raises(BadRule) as refused:
        save_rule(project, DEAR | said, "ada")
    assert refused.value.part == part
    assert Rule.objects.count() == 1


WINDOWS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "calendar", "unit": "day", "seconds": 60}, "calendar says kind and unit.*“seconds”"),
    ({"kind": "rolling", "seconds": 60, "unit": "day"}, "rolling says kind and seconds; .*“unit”"),
    ({"kind": "rolling", "seconds": 60, "second": 1}, "there is no “second” of it"),
    ({"kind": "calendar", "unit": ["day"]}, "A window is rolling, a calendar day"),
]  # fmt: skip


@pytest.mark.parametrize(("window", "why"), WINDOWS)
def test_a_window_has_no_part_of_another_one(
    project: Project, window: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadRule, match=why) as caught:
        save_rule(project, DEAR | {"window": window}, "ada")
    assert caught.value.part == "window"
    said = {"name": "daily", "limit": "10", "window": window}
    with pytest.raises(BadRule, match=why):
        save_budget(project, "ada", said)


def test_a_window_that_is_kept_is_worked_with(project: Project) -> None:
    kept = save_rule(project, DEAR, "ada")
    Rule.objects.update(window=ROLLING | {"unit": "day"})
    kept.refresh_from_db()
    assert not save_rule(project, {"enabled": False}, "ada", kept).enabled


def test_what_was_deleted_meanwhile_is_not_made_again(project: Project) -> None:
    stale = save_rule(project, DEAR, "ada")
    delete_rule(Rule.objects.get(), "ben")
    with pytest.raises(Gone, match="“dear” was deleted meanwhile"):
        save_rule(project, DEAR, "ada", stale)
    assert not Rule.objects.exists()


def test_channels_of_other_projects_are_not_there(project: Project) -> None:
    foreign = Channel.objects.create(project_id=project.pk + 1, name="pager", kind="webhook")
    with pytest.raises(BadRule):
        save_rule(project, DEAR | {"channels": [foreign.pk]}, "ada")


def test_a_rule_that_means_something_else_lets_its_alerts_go(project: Project) -> None:
    alert = firing(project)
    acknowledge(alert, "ada")
    saved = save_rule(project, {"condition": at_least("9")}, "bob", alert.rule)
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by, saved.looked_at) == ("ok", "", None)
    last = AlertEvent.objects.order_by("-pk")[0]
    assert (last.did, last.who, last.notice) == ("let_go", "bob", "")


def test_another_name_or_channel_leaves_alerts_alone(project: Project) -> None:
    alert = firing(project)
    save_rule(project, {"name": "dearest", "channels": []}, "bob", alert.rule)
    alert.refresh_from_db()
    assert alert.state == "firing"


def test_a_rule_that_is_switched_off_lets_its_alerts_go(project: Project) -> None:
    alert = firing(project)
    save_rule(project, {"enabled": False}, "bob", alert.rule)
    alert.refresh_from_db()
    assert alert.state == "ok"
    assert look(project, 2 * MINUTE) == []


def test_rules_of_a_budget_are_its_own(project: Project) -> None:
    kept = save_rule(project, DEAR, "budget", budget=7)
    with pytest.raises(BadRule):
        save_rule(project, {"name": "mine"}, "ada", kept)
    with pytest.raises(BadRule):
        delete_rule(kept, "ada")
    save_rule(project, {"condition": at_least("3")}, "budget", kept, budget=7)
    delete_rule(kept, "budget", budget=7)
    assert Rule.objects.count() == 0


def test_deleting_a_rule_takes_its_history_along_and_is_noted(project: Project) -> None:
    delete_rule(firing(project).rule, "ada")
    assert AlertEvent.objects.count() == 0
    assert changes_of(project.pk, None, 5)[0].what == "Deleted the rule dear"


def test_an_alert_is_acknowledged_until_it_is_over(project: Project) -> None:
    alert = firing(project)
    acknowledge(alert, "ada", " on it ")
    assert (alert.acknowledged_by, alert.note) == ("ada", "on it")
    Rule.objects.update(looked_at="2026-01-01T00:00Z")
    assert look(project, 120 * MINUTE) == [("", "resolved", "resolved")]
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.note) == ("", "")
    with pytest.raises(Refused):
        acknowledge(alert, "ada")


def test_a_look_leaves_alone_what_people_say_meanwhile(project: Project) -> None:
    alert = firing(project)
    acknowledge(alert, "ada", "on it")
    snooze(alert, timezone.now() + HOUR, "bob")
    Rule.objects.update(looked_at="2026-01-01T00:00Z")
    look(project, 5 * MINUTE)
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.snoozed_by) == ("ada", "bob")


def test_an_alert_is_snoozed_and_woken_by_somebody(project: Project) -> None:
    alert, until = firing(project), timezone.now() + HOUR
    snooze(alert, until, "ada")
    assert (alert.snoozed_until, alert.snoozed_by) == (until, "ada")
    unsnooze(alert, "bob")
    assert (alert.snoozed_until, alert.snoozed_by) == (None, "")
    done = AlertEvent.objects.exclude(did="").order_by("pk").values_list("did", "who")
    assert list(done) == [("snoozed", "ada"), ("woken", "bob")]


def test_the_ledger_tells_what_was_done_about_an_alert(project: Project) -> None:
    alert = firing(project)
    acknowledge(alert, "ada", "on it")
    snooze(alert, timezone.now() + HOUR, "bob")
    unsnooze(alert, "ada")
    told = changes_of(project.pk, None, 3)
    assert [(each.who, each.what) for each in reversed(told)] == [
        ("ada", f"Acknowledged the alert {alert.rule.name}"),
        ("bob", f"Snoozed the alert {alert.rule.name}"),
        ("ada", f"Ended the snooze of the alert {alert.rule.name}"),
    ]
    assert told[2].details["note"] == "on it"


@pytest.mark.parametrize("length", [-HOUR, timedelta(), timedelta(days=400)])
def test_times_that_are_none_are_refused(project: Project, length: timedelta) -> None:
    alert, now = firing(project), timezone.now()
    with pytest.raises(Refused):
        snooze(alert, now + length, "ada")
    with pytest.raises(Refused):
        mute(project.pk, None, now, now + length, "ada")


def test_notes_have_a_length(project: Project) -> None:
    alert = firing(project)
    for note in ("x" * 1001, "\0"):
        with pytest.raises(Refused):
            acknowledge(alert, "ada", note)


def test_a_mute_is_noted_and_ends(project: Project) -> None:
    now = timezone.now()
    of_all = mute(project.pk, None, now - HOUR, now + HOUR, "ada", "upgrade")
    to_come = mute(project.pk, save_rule(project, DEAR, "ada"), now + HOUR, now + 2 * HOUR, "ada")
    end_mute(of_all, "bob")
    end_mute(to_come, "bob")
    (left,) = Mute.objects.all()
    assert left.pk == of_all.pk
    assert left.ends_at <= timezone.now()
    end_mute(left, "bob")  # nothing more happens
    assert [each.what for each in changes_of(project.pk, None, 9)] == [
        "Ended the mute of the rule dear",
        "Ended the mute of all rules",
        "Muted the rule dear",
        "Added the rule dear",
        "Muted all rules",
    ]


def test_rules_of_other_projects_are_not_muted(project: Project) -> None:
    other, now = Project.objects.create(name="other"), timezone.now()
    with pytest.raises(Refused):
        mute(project.pk, save_rule(other, DEAR, "ada"), now, now + HOUR, "ada")
