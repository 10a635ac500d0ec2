"""Rules, alerts and their history as they are read: in order, counted, with as many queries however
many there are."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.read import (
    STATES,
    BadCursor,
    alert,
    alerts,
    counts,
    event,
    evidence_of,
    history,
    mutes,
    rule,
    rules,
)
from agentscope.projects.models import Project
from agentscope.vocabulary import Status
from tests.agentscope.alerts.test_evaluate import (
    SECOND,
    WHOLE,
    at_least,
    look,
    project,
    tell,
)
from tests.agentscope.alerts.test_evaluate import rule as new_rule
from tests.kit.costs import NOON_TIME, call, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOW = NOON_TIME + HOUR


def stand(of: Rule, group: str, state: str, **said: Any) -> Alert:
    return Alert.objects.create(project_id=of.project_id, rule=of, group=group, state=state, **said)


@pytest.fixture
def of(project: Project) -> Rule:
    found = new_rule(project)
    for at, state in enumerate(("ok", "pending", "firing", "resolved", "no_data", "firing")):
        stand(found, f"{state} {at}", state, since_ns=at)
    return found


def test_those_that_fire_come_first_the_latest_before_others(project: Project, of: Rule) -> None:
    page = alerts(project.pk, NOW, limit=4)
    assert [each.alert.group for each in page.items] == [
        "firing 5",
        "firing 2",
        "no_data 4",
        "pending 1",
    ]
    assert page.total == 6
    rest = alerts(project.pk, NOW, offset=4, limit=4)
    assert [each.alert.group for each in rest.items] == ["resolved 3", "ok 0"]


def test_states_are_counted_and_asked_for(project: Project, of: Rule) -> None:
    stand(of, "a", "firing", snoozed_until=NOW + HOUR)
    stand(of, "b", "firing", snoozed_until=NOW - HOUR)
    stand(of, "c", "pending", acknowledged_by="ada")
    stand(of, "d", "ok", snoozed_until=NOW + HOUR)
    other = new_rule(project, name="other")
    stand(other, "e", "firing")
    Mute.objects.create(project_id=project.pk, rule=other, begins_at=NOON_TIME, ends_at=NOW + HOUR)
    found = counts(project.pk, NOW)
    assert found == {
        "firing": 5,
        "no_data": 1,
        "pending": 2,
        "resolved": 1,
        "ok": 2,
        "snoozed": 1,
        "muted": 1,
        "acknowledged": 1,
        "flapping": 0,
    }
    for state in STATES:
        page = alerts(project.pk, NOW, state=state)
        assert page.total == len(page.items) == found[state]
    (muted,) = alerts(project.pk, NOW, rule_id=other.pk).items
    assert (muted.is_muted, muted.is_snoozed, muted.is_flapping) == (True, False, False)
    Mute.objects.update(rule=None)
    assert counts(project.pk, NOW)["muted"] == 8


def test_what_changed_four_times_within_an_hour_is_flapping(project: Project, of: Rule) -> None:
    flapping = stand(of, "a", "firing")
    for at in range(4):
        AlertEvent.objects.create(
            project_id=project.pk,
            alert=flapping,
            at_ns=NOON + at,
            state="firing",
            notice="fired" if at % 2 else "resolved",
        )
    found = alert(project.pk, flapping.pk, NOON_TIME + HOUR / 2)
    assert found
    assert found.is_flapping
    stand(of, "b", "firing")
    for minutes, number in ((59, 1), (60, 0)):
        now = NOON_TIME + timedelta(minutes=minutes)
        listed = alerts(project.pk, now, state="flapping")
        assert [each.alert.group for each in listed.items] == ["a"] * number
        assert counts(project.pk, now)["flapping"] == number
    later = alert(project.pk, flapping.pk, NOON_TIME + 2 * HOUR)
    assert later
    assert not later.is_flapping


def test_reading_takes_as_many_queries_for_many(
    project: Project, of: Rule, django_assert_num_queries: Any
) -> None:
    for number in range(20):
        found = new_rule(project, name=f"rule {number}")
        AlertEvent.objects.create(
            project_id=project.pk, alert=stand(found, "", "firing"), at_ns=number, state="firing"
        )
    with django_assert_num_queries(4):
        page = alerts(project.pk, NOW)
        assert {each.alert.rule.name for each in page.items}
    with django_assert_num_queries(2):
        assert len(rules(project.pk)) == 21
    with django_assert_num_queries(1):
        assert history(project.pk).items[0].alert.rule.name == "rule 19"
    with django_assert_num_queries(2):
        counts(project.pk, NOW)


def test_rules_tell_how_many_of_their_alerts_fire(project: Project, of: Rule) -> None:
    Alert.objects.filter(state="firing").update(told_ns=NOON)
    (found,) = rules(project.pk)
    assert (found.rule, found.firing, found.open, found.fired_ns) == (of, 2, 4, NOON)
    new_rule(project, name="calm")
    assert [each.fired_ns for each in rules(project.pk)] == [None, NOON]


def test_history_is_read_page_by_page(project: Project, of: Rule) -> None:
    first, second = Alert.objects.order_by("pk")[:2]
    for number in range(5):
        for each in (first, second):
            AlertEvent.objects.create(
                project_id=project.pk, alert=each, at_ns=number, state="ok", notice=""
            )
    read: list[AlertEvent] = []
    after = ""
    for _ in range(4):
        page = history(project.pk, after=after, limit=3)
        read, after = [*read, *page.items], page.next
    assert after == ""
    assert [each.pk for each in read] == list(
        AlertEvent.objects.order_by("-at_ns", "-pk").values_list("pk", flat=True)
    )
    assert {each.alert_id for each in history(project.pk, alert_id=first.pk).items} == {first.pk}
    assert len(history(project.pk, rule_id=of.pk).items) == 10
    assert history(project.pk, rule_id=of.pk + 1).items == []
    for wrong in ("x", "1", "1-", "-1", "1-x", "9" * 30 + "-1"):
        with pytest.raises(BadCursor):
            history(project.pk, after=wrong)


def test_the_traces_behind_an_event(project: Project) -> None:
    new_rule(project, each="session", window=WHOLE)
    tell(
        project,
        call(1, 1, 0, "2", session="s1", name="plan"),
        call(2, 2, 0, "5", session="s1", after=SECOND),
        call(3, 3, 0, "1", session="s1", after=2 * SECOND),
        call(4, 4, 0, "9", session="s2", after=3 * SECOND),
    )
    look(project)
    happened = AlertEvent.objects.get(alert__group="s1")
    found = evidence_of(project, happened, 2)
    assert found
    assert [(each.trace_id, each.name, each.value) for each in found.parts] == [
        (uuid(2), "work", Decimal(5)),
        (uuid(1), "plan", Decimal(2)),
    ]
    assert found.more == 1


@pytest.mark.parametrize(
    ("said", "traces"),
    [
        ({"metric": "errors", "condition": at_least("1")}, [1]),
        ({"metric": "error_rate", "condition": at_least("0.1")}, [1]),
        ({"metric": "p99_llm", "condition": at_least("0.1")}, [1, 2]),
        ({"metric": "calls", "condition": at_least("1")}, [1, 2]),
    ],
)
def test_each_metric_has_its_traces(
    project: Project, said: dict[str, Any], traces: list[int]
) -> None:
    new_rule(project, **said)
    tell(project, call(1, 1, 0, "1", status=Status.ERROR), call(2, 2, 0, "2", after=SECOND))
    look(project)
    found = evidence_of(project, AlertEvent.objects.get())
    assert found
    assert sorted(each.trace_id for each in found.parts) == [uuid(each) for each in traces]


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_a_calendar_window_that_is_not_over_has_its_traces(project: Project, unit: str) -> None:
    new_rule(project, window={"kind": "calendar", "unit": unit})
    tell(project, call(1, 1, 0, "3"))
    look(project)
    found = evidence_of(project, AlertEvent.objects.get())
    assert found
    assert [each.trace_id for each in found.parts] == [uuid(1)]


def test_what_a_person_did_has_no_traces(project: Project, of: Rule) -> None:
    done = AlertEvent.objects.create(
        project_id=project.pk, alert=Alert.objects.all()[0], at_ns=1, state="ok", did="snoozed"
    )
    assert evidence_of(project, done) is None


def test_of_other_projects_nothing_is_there(project: Project, of: Rule) -> None:
    mine = Alert.objects.all()[0]
    happened = AlertEvent.objects.create(project_id=project.pk, alert=mine, at_ns=1, state="firing")
    Mute.objects.create(project_id=project.pk, begins_at=NOON_TIME, ends_at=NOW + HOUR)
    other = project.pk + 1
    read = rules(other), mutes(other, NOW), history(other).items, alerts(other, NOW).items
    assert not any(read)
    assert set(counts(other, NOW).values()) == {0}
    assert rule(other, of.pk) is None
    assert alert(other, mine.pk, NOW) is None
    assert event(other, happened.pk) is None
    assert rule(project.pk, of.pk) == of
    assert event(project.pk, happened.pk) == happened
    assert len(mutes(project.pk, NOW)) == 1
