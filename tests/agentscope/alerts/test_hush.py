"""What holds notices back, to the moment at which it begins and ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agentscope.alerts.heard import FLAPPING, FLAPPING_WITHIN, HeldBack
from agentscope.alerts.hush import Hush, flapping
from agentscope.alerts.machine import Notice
from agentscope.alerts.models import LATE, Alert, AlertEvent, Mute, Rule
from tests.kit.costs import NOON_TIME
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)
PROJECT = 1


@pytest.fixture
def rule() -> Rule:
    return Rule.objects.create(
        project_id=PROJECT, name="dear", metric="cost", window={}, condition={}
    )


def alert(rule: Rule, group: str = "", **said: Any) -> Alert:
    return Alert.objects.create(project_id=rule.project_id, rule=rule, group=group, **said)


def changed(of: Alert, *times: int, **said: Any) -> None:
    """It fired at these times, or what else is said happened."""
    for at_ns in times:
        said = {"notice": "fired", "state": "firing"} | said
        AlertEvent.objects.create(project_id=of.project_id, alert=of, at_ns=at_ns, **said)


def why(of: Alert, notice: Notice | None = Notice.FIRED) -> HeldBack | None:
    return Hush(of.rule, [of], NOON).of(of, notice)


@pytest.mark.parametrize(("until", "held"), [(MOMENT, HeldBack.SNOOZED), (timedelta(), None)])
def test_a_snooze_ends_at_the_time_that_it_says(
    rule: Rule, until: timedelta, held: HeldBack | None
) -> None:
    assert why(alert(rule, snoozed_until=NOON_TIME + until)) == held


@pytest.mark.parametrize(
    ("begins", "ends", "held"),
    [
        (timedelta(), MOMENT, HeldBack.MUTED),
        (MOMENT, 2 * MOMENT, None),
        (-MOMENT, timedelta(), None),
    ],
)
def test_a_mute_holds_from_its_begin_to_before_its_end(
    rule: Rule, begins: timedelta, ends: timedelta, held: HeldBack | None
) -> None:
    times = {"begins_at": NOON_TIME + begins, "ends_at": NOON_TIME + ends}
    Mute.objects.create(project_id=PROJECT, **times)
    assert why(alert(rule)) == held


@pytest.mark.parametrize(("is_own", "held"), [(True, HeldBack.MUTED), (False, None)])
def test_a_mute_of_one_rule_is_of_no_other(rule: Rule, is_own: bool, held: HeldBack | None) -> None:
    other = Rule.objects.create(
        project_id=PROJECT, name="b", metric="cost", window={}, condition={}
    )
    times = {"begins_at": NOON_TIME, "ends_at": NOON_TIME + MOMENT}
    Mute.objects.create(project_id=PROJECT, rule=rule if is_own else other, **times)
    assert why(alert(rule)) == held


def test_nothing_is_held_back_of_which_there_is_nothing_to_tell(rule: Rule) -> None:
    of = alert(rule, snoozed_until=NOON_TIME + MOMENT)
    assert why(of, None) is None
    of.owed = "fired"
    assert why(of, None) == HeldBack.SNOOZED


def test_the_fourth_change_is_told_and_what_follows_is_held_back(rule: Rule) -> None:
    of = alert(rule, owed="fired")
    changed(of, *(NOON - at for at in range(1, FLAPPING)))
    assert [why(of, each) for each in (Notice.RESOLVED, None, Notice.REMINDED)] == [None] * 3
    changed(of, NOON - FLAPPING)
    told = [why(of, each) for each in (Notice.RESOLVED, None, Notice.REMINDED)]
    assert told == [HeldBack.FLAPPING] * 3


def test_changes_of_an_hour_count_those_of_this_alert_alone(rule: Rule) -> None:
    of, other = alert(rule), alert(rule, "other")
    hour_ago = NOON - FLAPPING_WITHIN * 10**9
    changed(of, hour_ago - 1, hour_ago)
    changed(other, NOON - 1)
    changed(of, NOON - 1, did=LATE)  # it changed before, and is told now
    changed(of, NOON - 2, notice="reminded")
    hush = Hush(rule, [of, other], NOON)
    assert [hush.changes_with(each, None) for each in (of, other)] == [0, 1]
    changed(of, hour_ago + 1)
    assert Hush(rule, [of], NOON).changes == {of.pk: 1}
    assert Hush(rule, [of], NOON).changes_with(of, Notice.FIRED) == 2


def test_those_that_flap_are_of_one_project(rule: Rule) -> None:
    of, rare = alert(rule), alert(rule, "rare")
    changed(of, *(NOON - at for at in range(FLAPPING)))
    changed(rare, *(NOON - at for at in range(FLAPPING - 1)))
    assert [each["alert"] for each in flapping(PROJECT, NOON)] == [of.pk]
    assert not flapping(PROJECT + 1, NOON).exists()
