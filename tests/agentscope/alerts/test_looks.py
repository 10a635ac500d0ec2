"""Which groups are looked at when: none that may have changed is left out, and none stays open that
is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.utils import timezone

from agentscope.alerts.evaluate import STEPS, evaluate, may_have_risen
from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.alerts.read import evidence_of
from agentscope.alerts.watch import BadRule, watch
from agentscope.findings.models import Finding
from agentscope.findings.severity import Severity
from agentscope.projects.models import Project
from agentscope.vocabulary import Status
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    ROLLING,
    SECOND,
    WHOLE,
    at_least,
    look,
    project,
    rule,
    tell,
)
from tests.kit.costs import HOUR_NS, NOON_TIME, agent, call, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
TWICE = {"kind": "times_usual", "times": "2", "floor": "1"}
LONG_AGO = "2026-01-01T00:00Z"


def again(project: Project, after: int) -> list[tuple[str, str, str]]:
    """What a look by time alone comes to."""
    Rule.objects.update(looked_at=LONG_AGO)
    return look(project, after)


def looped(project: Project, trace: int, **said: Any) -> None:
    """A run of an agent in which something was found."""
    tell(project, agent(trace, 80 + trace, "scout", after=trace * SECOND, **said))
    raised(project, trace, "scout", **said)


def raised(project: Project, trace: int, path: str, **said: Any) -> None:
    """Something was found a second after noon."""
    numbers = ("period", "repeats", "tokens", "unpriced_calls", "first_ns", "confidence")
    texts = ("sentence", "subject", "legitimate")
    Finding.objects.create(
        project_id=project.pk,
        trace_id=uuid(trace),
        fingerprint=uuid(trace),
        first_span=1,
        last_span=1,
        code="exact_repeat",
        version=1,
        severity=Severity.ALERT,
        agent="scout",
        path=path,
        session=said.get("session", ""),
        span_ids=[],
        last_ns=NOON + SECOND,
        last_at=NOON_TIME + timedelta(seconds=1),
        known_cost=0,
        **dict.fromkeys(numbers, 0),
        **dict.fromkeys(texts, ""),
    )


def test_findings_that_are_withdrawn_let_their_alert_end(project: Project) -> None:
    rule(project, metric="findings", of="exact_repeat", each="agent", condition=at_least("1"))
    looped(project, 1)
    assert look(project) == [("scout", "firing", "fired")]
    Finding.objects.update(withdrawn_at=timezone.now())
    assert again(project, 2 * MINUTE) == [("scout", "resolved", "resolved")]
    assert again(project, 3 * MINUTE) == []


def test_findings_of_a_window_that_has_passed_are_over(project: Project) -> None:
    rule(project, metric="findings", each="session", condition=at_least("1"))
    looped(project, 1, session="s1")
    assert look(project) == [("s1", "firing", "fired")]
    assert again(project, 2 * HOUR_NS) == [("s1", "resolved", "resolved")]


def test_runs_that_match_a_filter_later_without_a_reading_are_found(project: Project) -> None:
    rule(
        project, filter="finding=exact_repeat", metric="runs", each="agent", condition=at_least("1")
    )
    looped(project, 1)
    Finding.objects.update(withdrawn_at=timezone.now())
    assert look(project) == []
    Finding.objects.update(withdrawn_at=None)
    assert again(project, 2 * MINUTE) == [("scout", "firing", "fired")]
    Finding.objects.update(withdrawn_at=timezone.now())
    assert again(project, 3 * MINUTE) == [("scout", "resolved", "resolved")]


def test_a_rule_of_one_run_takes_its_id_as_people_write_it(project: Project) -> None:
    rule(project, only={"trace": uuid(1).hex}, window=WHOLE)
    findings = {"metric": "findings", "condition": at_least("1"), "window": WHOLE}
    rule(project, name="findings", only={"trace": uuid(1).hex}, **findings)
    look(project, 0)
    tell(project, call(1, 90, 1, "3"), call(2, 91, 0, "9"))
    raised(project, 1, "scout")
    assert look(project) == [("", "firing", "fired"), ("", "firing", "fired")]
    assert set(Alert.objects.values_list("value", flat=True)) == {1, 3}


def test_a_share_that_rises_as_time_passes_is_seen(project: Project) -> None:
    rule(project, metric="error_rate", each="agent", condition=at_least("0.6"))
    tell(
        project,
        agent(1, 1, "ada"),
        call(1, 2, 1, "1"),
        call(1, 3, 1, "1", after=30 * MINUTE, status=Status.ERROR),
    )
    assert look(project, 31 * MINUTE) == []
    assert again(project, 61 * MINUTE) == [("ada", "firing", "fired")]


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ({"metric": "error_rate"}, True),
        ({"metric": "p95_llm"}, True),
        ({"metric": "cost"}, False),
        (
            {"metric": "cost", "condition": {"kind": "times_usual", "times": "2", "floor": "1"}},
            True,
        ),
        ({"metric": "error_rate", "window": {"kind": "calendar", "unit": "day"}}, False),
    ],
)
def test_values_that_time_alone_may_carry_over(said: dict[str, Any], is_so: bool) -> None:
    watched = watch({"window": ROLLING, "condition": at_least("0.5")} | said)
    with time_machine.travel(NOON_TIME + timedelta(seconds=30), tick=False):
        assert may_have_risen(timezone.now() - timedelta(seconds=60), watched) is is_so
        assert not may_have_risen(timezone.now() - timedelta(seconds=1), watched)


def test_long_windows_are_looked_at_by_parts_of_them() -> None:
    week = {"kind": "rolling", "seconds": 7 * 86_400}
    watched = watch({"metric": "error_rate", "window": week, "condition": at_least("0.5")})
    now, step = timezone.now(), timedelta(days=7) / STEPS
    assert [may_have_risen(now - step * times, watched) for times in (1, 2)] == [True, True]


def test_a_clock_that_is_behind_loses_nothing(project: Project) -> None:
    rule(project, window=WHOLE, each="session")
    tell(project, call(1, 2, 1, "3", session="s1"))
    assert look(project, 10 * MINUTE) == [("s1", "firing", "fired")]
    tell(project, agent(1, 1, "planner", session="s2"))  # whose spend it is, as comes out
    assert look(project, 9 * MINUTE) == [("s1", "resolved", "corrected"), ("s2", "firing", "fired")]
    times = AlertEvent.objects.filter(alert__group="s1").values_list("at_ns", flat=True)
    assert sorted(times) == [NOON + 10 * MINUTE, NOON + 10 * MINUTE + 1]


def test_no_data_is_told_of_whom_there_was_some(project: Project) -> None:
    rule(project, metric="p95_llm", each="agent", condition=at_least("60"), silence="tell")
    tell(project, agent(1, 1, "ada"), call(1, 2, 1, "1"), agent(2, 3, "bob", after=SECOND))
    assert look(project) == []
    assert [each.group for each in Alert.objects.all()] == ["ada"]  # bob has called no model
    assert again(project, 2 * HOUR_NS) == [("ada", "no_data", "no_data")]
    tell(project, call(1, 4, 1, "1", after=2 * HOUR_NS))
    assert look(project, 2 * HOUR_NS + 2 * MINUTE) == [("ada", "resolved", "resolved")]


@pytest.mark.parametrize("each", ["", "agent"])
def test_of_sums_it_is_told_too_that_nothing_came(project: Project, each: str) -> None:
    rule(project, metric="calls", each=each, condition=at_least("60"), silence="tell")
    group = "ada" if each else ""
    tell(project, agent(1, 1, "ada"), call(1, 2, 1, "1"))
    assert look(project) == []
    assert again(project, 2 * HOUR_NS) == [(group, "no_data", "no_data")]
    tell(project, agent(1, 3, "ada", after=2 * HOUR_NS))  # no call of a model: that is 0 of them
    assert look(project, 2 * HOUR_NS + 2 * MINUTE) == [(group, "resolved", "resolved")]


@pytest.mark.parametrize("each", ["trace", "session"])
def test_that_runs_and_sessions_end_is_no_news(each: str) -> None:
    said = {"metric": "p95_llm", "window": ROLLING, "condition": at_least("1"), "each": each}
    with pytest.raises(BadRule) as refused:
        watch(said | {"silence": "tell"})
    assert refused.value.part == "silence"


def test_a_forecast_of_a_window_that_rolls_forgets_what_leaves_it(project: Project) -> None:
    soon = {"kind": "gone_within", "limit": "8", "seconds": 1800}
    rule(project, condition=soon)
    steady = [call(1, at, 0, "0.5", after=at * 5 * MINUTE) for at in range(1, 13)]
    tell(project, *steady)  # 6 USD an hour: it stays at that
    assert look(project, 60 * MINUTE + 10 * SECOND) == []
    more = [call(1, at, 0, "0.5", after=60 * MINUTE + at * SECOND) for at in range(20, 24)]
    tell(project, *more)
    assert look(project, 61 * MINUTE) == [("", "firing", "fired")]


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "gone_within", "limit": "5", "seconds": 3600},
        {"kind": "burn_rate", "limit": "5", "times": "1"},
    ],
)
def test_what_time_alone_ends_is_over_and_not_taken_back(
    project: Project, condition: dict[str, Any]
) -> None:
    rule(project, window={"kind": "calendar", "unit": "day"}, condition=condition)
    tell(project, call(1, 1, 0, "3"))
    assert look(project) == [("", "firing", "fired")]
    assert again(project, 8 * HOUR_NS) == [("", "resolved", "resolved")]


def bad(trace: int, number: int, after: int) -> Any:
    """A call that fails, of a model without a price, after a minute."""
    wire, meaning = call(trace, number, 0, "", "mine", after=after, status=Status.ERROR)
    return replace(wire, end_ns=wire.start_ns + MINUTE), meaning


@pytest.mark.parametrize(
    ("metric", "threshold"),
    [("error_rate", "0.5"), ("unpriced_share", "0.5"), ("p50_llm", "30"), ("silence", "600")],
)
def test_a_share_that_falls_within_a_day_is_over_each_time(
    project: Project, metric: str, threshold: str
) -> None:
    day = {"kind": "calendar", "unit": "day"}
    rule(project, metric=metric, window=day, condition=at_least(threshold))
    tell(project, bad(1, 1, 0))
    found = [look(project, 12 * MINUTE)]
    tell(project, *(call(2, at, 0, "1", after=20 * MINUTE + at) for at in (2, 3)))
    found.append(look(project, 22 * MINUTE))
    tell(project, *(bad(3, at, 30 * MINUTE + at) for at in range(4, 9)))
    found.append(look(project, 42 * MINUTE))
    tell(project, *(call(4, at, 0, "1", after=43 * MINUTE + at) for at in range(10, 20)))
    found.append(look(project, 45 * MINUTE))
    over, fired = [("", "resolved", "resolved")], [("", "firing", "fired")]
    assert found == [fired, over, fired, over]


def test_a_forecast_of_a_whole_run_looks_ahead(project: Project) -> None:
    soon = {"kind": "gone_within", "limit": "4", "seconds": 1200}
    rule(project, condition=soon, window=WHOLE, each="trace")
    tell(project, *(call(1, at, 0, "0.5", after=at * 5 * MINUTE) for at in range(1, 4)))
    assert look(project, 15 * MINUTE + 2 * SECOND) == []  # 1.5, and 2 more
    tell(project, call(1, 4, 0, "1", after=15 * MINUTE + 2 * SECOND))
    assert look(project, 16 * MINUTE) == [(str(uuid(1)), "firing", "fired")]
    value = Alert.objects.get().value
    assert value
    assert 4 < value < 6


def test_each_path_has_its_own_runs_behind_it(project: Project) -> None:
    rule(project, each="path")
    tell(
        project,
        *(agent(1, 1, "lead"), call(1, 2, 1, "3")),
        *(agent(2, 3, "lead", after=SECOND), agent(2, 4, "helper", 3, after=SECOND)),
        call(2, 5, 4, "2", after=SECOND),
    )
    assert look(project) == [("lead", "firing", "fired"), ("lead/helper", "firing", "fired")]
    behind: dict[str, list[tuple[UUID, Decimal | int | None]]] = {}
    for event in AlertEvent.objects.all():
        parts = evidence_of(project, event)
        assert parts
        behind[event.alert.group] = [(each.trace_id, each.value) for each in parts.parts]
        assert sum(each.value or 0 for each in parts.parts) == event.value
    assert behind == {"lead": [(uuid(1), 3)], "lead/helper": [(uuid(2), 2)]}


def test_each_path_has_its_own_findings_behind_it(project: Project) -> None:
    rule(project, metric="findings", each="path", condition=at_least("1"))
    tell(project, *(agent(trace, trace, "scout", after=trace * SECOND) for trace in (1, 2)))
    raised(project, 1, "scout")
    raised(project, 2, "scout/helper")
    events = evaluate(project.pk, NOON + MINUTE)
    behind = {each.alert.group: evidence_of(project, each) for each in events}
    assert {
        group: [part.trace_id for part in found.parts] for group, found in behind.items() if found
    } == {"scout": [uuid(1)], "scout/helper": [uuid(2)]}


def test_what_is_held_for_long_enough_fires_by_time_alone(project: Project) -> None:
    rule(project, each="session", hold=120)
    tell(project, call(1, 1, 0, "3", session="s1"))
    assert look(project) == [("s1", "pending", "")]
    assert again(project, 4 * MINUTE) == [("s1", "firing", "fired")]


def test_what_people_say_of_missing_data_stays_until_there_is_some(project: Project) -> None:
    rule(project, metric="p95_llm", each="agent", condition=at_least("60"), silence="tell")
    tell(project, agent(1, 1, "ada"), call(1, 2, 1, "1"))
    look(project)
    assert again(project, 2 * HOUR_NS) == [("ada", "no_data", "no_data")]
    Alert.objects.update(acknowledged_by="bob")
    assert again(project, 3 * HOUR_NS) == []
    assert (Alert.objects.get().acknowledged_by, Alert.objects.get().heard) == ("bob", "no_data")
