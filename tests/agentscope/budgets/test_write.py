"""Making budgets, and what people decide by hand."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.utils import timezone

from agentscope.alerts.models import LET_GO, Alert, AlertEvent, Rule
from agentscope.alerts.watch import BadRule
from agentscope.budgets.by_hand import stops
from agentscope.budgets.models import Answer, Budget, Reservation, Spent, ToolHour
from agentscope.budgets.write import (
    delete_budget,
    end_stop,
    forget_answers,
    lift_budget,
    save_budget,
    set_otherwise,
    stop,
)
from agentscope.projects.models import Project
from tests.agentscope.budgets.told import HOURLY, TODAY, ask, look, tell
from tests.kit.changes import noted
from tests.kit.costs import call, uuid
from tests.kit.spans import NOON
from tests.ui.alerting import channel_of

SAID = {"name": "daily", "limit": "10", "window": TODAY}


def test_a_budget_has_a_rule_for_each_level(project) -> None:
    made = save_budget(project, "ada", SAID)
    rules = Rule.objects.filter(budget=made.pk).order_by("pk")
    assert [(each.name, each.condition["threshold"]) for each in rules] == [
        ("daily: soft level", "8"),
        ("daily: hard level", "10"),
    ]
    save_budget(project, "ada", SAID | {"limit": "20", "enabled": False}, budget=made)
    assert [each.pk for each in Rule.objects.filter(enabled=False).order_by("pk")] == [
        each.pk for each in rules
    ]
    assert rules.all()[1].condition["threshold"] == "20"
    assert len(noted()) == 2


def test_channels_that_are_not_said_stay(project) -> None:
    hook = channel_of(project)
    made = save_budget(project, "ada", SAID, [hook])
    save_budget(project, "ada", SAID | {"limit": "20"}, budget=made)
    assert [list(each.channels.all()) for each in Rule.objects.all()] == [[hook], [hook]]
    save_budget(project, "ada", SAID, [], made)
    assert [list(each.channels.all()) for each in Rule.objects.all()] == [[], []]


def test_both_levels_are_told_as_alerts_are(project) -> None:
    save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "9"))
    look(project)
    fired = {each.name: [alert.state for alert in each.alerts.all()] for each in Rule.objects.all()}
    assert fired["daily: soft level"] == ["firing"]
    assert "firing" not in fired["daily: hard level"]


@pytest.mark.parametrize(
    ("change", "is_over"),
    [
        ({"name": "each day", "limit": "10.00", "policy": {"hard": "warn"}}, False),
        ({"limit": "11"}, True),
        ({"window": HOURLY}, True),
        ({"only": {"agent": "ada"}}, True),
        ({"enabled": False}, True),
    ],
)
def test_a_budget_that_means_something_else_ends_its_alerts(project, change, is_over) -> None:
    made = save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "10"))
    look(project)
    assert [each.state for each in Alert.objects.all()] == ["firing", "firing"]
    Rule.objects.update(trouble="It failed.")
    save_budget(project, "ben", SAID | change, budget=made)
    over = AlertEvent.objects.filter(did=LET_GO)
    assert [each.who for each in over] == (["ben", "ben"] if is_over else [])
    assert {each.state for each in Alert.objects.all()} == {"ok" if is_over else "firing"}
    assert {(each.trouble, each.looked_at) for each in Rule.objects.all()} == {("", None)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "does",
    [
        lambda made: save_budget(Project.objects.get(), "ada", SAID, budget=made),
        lambda made: delete_budget(made, "ada"),
    ],
)
def test_a_budget_is_not_changed_while_it_is_added_up(does) -> None:
    """Else what was added up by the old terms would count as added up by the new ones."""
    project = Project.objects.create(name="shop")
    made = save_budget(project, "ada", SAID)
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(hashtextextended('alerts', %s))", [project.pk])
        with connection.cursor() as cursor:
            cursor.execute("set lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            does(made)
    finally:
        other.close()
        connection.close()  # and with it what was set


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"name": ""}, "name"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1e-13"}, "limit"),
        ({"soft": "2"}, "soft"),
        ({"unit": "hours"}, "unit"),
        ({"window": {}}, "window"),
        ({"each": "colour"}, "each"),
        ({"only": {"colour": "red"}}, "only"),
        ({"policy": {"hard": "shout"}}, "policy"),
        ({"policy": {"findings": "loops"}}, "policy"),
        ({"policy": {"finding": ["alert"]}}, "policy"),
        ({"policy": {"errors": "no"}}, "policy"),
        ({"policy": {"model": 5}}, "policy"),
        ({"policy": {"findings": ["alert", "loops"]}}, "findings"),
    ],
)
def test_what_makes_no_sense_is_named(project, wrong, part) -> None:
    with pytest.raises(BadRule) as error:
        save_budget(project, "ada", SAID | wrong)
    assert error.value.part == part
    assert not Budget.objects.exists()


def test_a_name_is_given_once(project) -> None:
    save_budget(project, "ada", SAID)
    with pytest.raises(BadRule, match="already"):
        save_budget(project, "ada", SAID)


def test_what_is_deleted_stops_nobody(project) -> None:
    made = save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "10"))
    look(project)
    assert ask(project)["decision"] == "stop"
    delete_budget(made, "ada")
    assert ask(project)["decision"] == "allow"
    assert not Rule.objects.exists()
    assert Answer.objects.count() == 2


def test_a_person_lifts_a_budget_for_a_while(project) -> None:
    made = save_budget(project, "ada", SAID | {"each": "session"})
    tell(project, call(1, 1, 0, "10", session="s1"), call(2, 1, 0, "11", session="s2"))
    look(project)
    lift_budget(made, "s1", timezone.now() + timedelta(days=1), "ada", "It is nearly done.")
    answer = ask(project, session="s1")
    assert answer["decision"] == "warn"
    assert answer["reason"].endswith("Nothing is left. It is let go on by ada: It is nearly done.")
    assert ask(project, session="s2")["decision"] == "stop"


def test_whose_use_counts_is_kept_as_it_is_worked_with(project) -> None:
    made = save_budget(project, "ada", SAID | {"only": {"agent": "", "trace": uuid(1).hex}})
    made.refresh_from_db()
    assert made.only == {"trace": str(uuid(1))}


@pytest.mark.parametrize(("days", "why"), [(-1, "x"), (32, "x"), (1, " ")])
def test_nobody_is_let_go_on_for_ever_or_without_a_reason(project, days, why) -> None:
    made = save_budget(project, "ada", SAID)
    with pytest.raises(BadRule):
        lift_budget(made, "", timezone.now() + timedelta(days=days), "ada", why)


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        ("agent", {"path": "boss/scout"}),
        ("session", {"session": "scout"}),
        ("trace", {"trace": uuid(7)}),
    ],
)
def test_a_person_stops_somebody_and_lets_them_go_on(project, of, asked) -> None:
    name = uuid(7).hex if of == "trace" else "scout"
    made = stop(project.pk, of, name, "ada", "It deletes files.")
    answer = ask(project, **asked)
    assert answer["decision"] == "stop"
    assert answer["reason"] == f"The {of} “{name}” was stopped by ada: It deletes files."
    assert ask(project, agent="other")["decision"] == "allow"
    assert list(stops(project.pk, NOON)) == [made]
    end_stop(made, "ben")
    assert ask(project, **asked)["decision"] == "allow"


def test_a_stop_holds_until_it_was_said(project) -> None:
    now = timezone.now()
    with pytest.raises(BadRule) as told:
        stop(project.pk, "agent", "planner", "ada", "x", now)
    assert told.value.part == "until"
    made = stop(project.pk, "agent", "planner", "ada", "x", now + timedelta(hours=1))
    now_ns = int(now.timestamp()) * 10**9
    assert list(stops(project.pk, now_ns)) == [made]
    assert not stops(project.pk, now_ns + 3601 * 10**9)


def test_without_a_budget_it_is_as_the_project_says(project) -> None:
    set_otherwise(project.pk, "stop", "closed", "ada")
    answer = ask(project)
    assert (answer["decision"], answer["fail"]) == ("stop", "closed")
    with pytest.raises(BadRule):
        set_otherwise(project.pk, "perhaps", "closed", "ada")


def test_answers_are_kept_for_a_while(project) -> None:
    save_budget(project, "ada", SAID)
    tell(project, call(1, 1, 0, "1"))
    look(project)
    ask(project, usd=Decimal(1), reserve=True)
    tool = {"project_id": project.pk, "calls": 1, "failures": 0, "permanent": False}
    ToolHour.objects.create(tool="old", as_of_ns=0, **tool)
    ToolHour.objects.create(tool="new", as_of_ns=time.time_ns(), **tool)
    assert Spent.objects.update(as_of_ns=time.time_ns()) == 1
    assert Answer.objects.update(at=timezone.now()) == 1
    forget_answers()
    assert [each.tool for each in ToolHour.objects.all()] == ["new"]
    assert Answer.objects.count() == Spent.objects.count() == 1
    Answer.objects.update(at=timezone.now() - timedelta(days=91))
    Reservation.objects.update(expires_at=timezone.now() - timedelta(days=2))
    forget_answers()
    assert not Answer.objects.exists()
    assert not Reservation.objects.exists()
    assert Spent.objects.count() == 1
