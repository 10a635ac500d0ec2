"""Rules that would look further back than runs are stored."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agentscope.alerts.models import Alert, Rule
from agentscope.alerts.preview import preview
from agentscope.alerts.stored import check_stored, kept_from, unseen
from agentscope.alerts.watch import BadRule, watch
from agentscope.alerts.write import save_rule
from agentscope.meter.read import Asked, used
from agentscope.meter.retention import forget_readings
from agentscope.meter.scope import Scope
from agentscope.projects.models import Project
from agentscope.retention.write import set_periods
from agentscope.traces.expiry import remove_old_traces
from agentscope.traces.models import Trace
from tests.agentscope.alerts.test_evaluate import MINUTE, at_least, look, project, rule, tell
from tests.agentscope.alerts.test_lives import FIRED, expire
from tests.agentscope.alerts.test_looks import again
from tests.kit.costs import DAY_NS, NOON_TIME, call
from tests.kit.spans import NOON

__all__ = ["project"]
DAY = 86_400
USUAL = {"kind": "times_usual", "times": "3", "floor": "1"}
NINETY = "It has to look at the runs of 90 days, and they are stored for 30"
WEEKS = "the runs of 57 days, with the 3 windows before that tell what is usual, and"


def days(number: int) -> dict[str, Any]:
    return {"kind": "rolling", "seconds": number * DAY}


def calendar(unit: str) -> dict[str, Any]:
    return {"kind": "calendar", "unit": unit}


def said(**more: Any) -> dict[str, Any]:
    plain = {"name": "dear", "metric": "cost", "each": "session", "window": days(90)}
    return plain | {"condition": at_least("2")} | more


@pytest.mark.parametrize(
    "more",
    [
        {"window": days(30)},
        {"window": calendar("month")},
        {"window": {"kind": "whole"}},
        {"each": "agent"},
        {"each": "", "only": {"key": "ci", "model": "gpt-4o"}},
        {"metric": "p95_llm", "each": "tool"},
        {"metric": "silence", "each": "user"},
        {"window": days(7), "condition": USUAL},
        {"window": calendar("week"), "condition": USUAL},
        {"each": "agent", "condition": USUAL},
    ],
)
def test_what_is_stored_is_looked_at(more: dict[str, Any]) -> None:
    check_stored(watch(said(**more)))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, NINETY),
        ({"window": {"kind": "rolling", "seconds": 30 * DAY + 60}}, "runs of 31 days"),
        ({"each": "", "only": {"user": "ada"}}, NINETY),
        ({"each": "", "filter": "status=error"}, NINETY),
        ({"metric": "findings", "each": "agent"}, NINETY),
        ({"metric": "p95_agent"}, NINETY),
        ({"window": days(14), "condition": USUAL}, WEEKS),
        ({"window": calendar("month"), "condition": USUAL}, "runs of 124 days, with"),
    ],
)
def test_what_is_not_is_refused(more: dict[str, Any], words: str) -> None:
    with pytest.raises(BadRule, match=r"AGENTSCOPE_RETENTION_DAYS\): look at less time") as found:
        check_stored(watch(said(**more)))
    assert words in str(found.value)
    assert found.value.part == "window"


def test_nothing_is_refused_if_all_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    check_stored(watch(said()))


def test_what_is_stored_begins_a_day_after_the_oldest_that_is_kept(settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 7
    by_session, by_agent = (watch(said(each=each)) for each in ("session", "agent"))
    midnight = NOON - DAY_NS // 2
    assert kept_from(by_session, NOON) == midnight - 6 * DAY_NS
    assert kept_from(by_session, midnight - 10**9) == midnight - 7 * DAY_NS
    assert kept_from(by_agent, NOON) == 0
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    assert kept_from(by_session, NOON) == 0


@pytest.mark.django_db
def test_such_a_rule_is_neither_saved_nor_looked_at_beforehand(project: Project) -> None:
    with pytest.raises(BadRule, match=NINETY):
        save_rule(project, said(), "ada")
    with pytest.raises(BadRule, match=NINETY):
        preview(project, said(), NOON)
    assert not Rule.objects.exists()


@pytest.mark.django_db
def test_one_that_was_there_says_so_stays_as_it_is_and_can_be_switched_off(
    project: Project, settings: Any
) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 90
    made = rule(project, each="session", window=days(60))
    tell(project, call(1, 1, 0, "3", session="s1"))
    assert look(project) == FIRED
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    expire(32 * DAY_NS, 1)
    assert again(project, 32 * DAY_NS) == []
    made.refresh_from_db()
    assert made.trouble.startswith("It has to look at the runs of 60 days")
    alert = Alert.objects.get()
    assert (alert.state, alert.value) == ("firing", Decimal(3))
    save_rule(project, {"enabled": False}, "ada", made)
    alert.refresh_from_db()
    assert alert.state == "ok"


@pytest.mark.django_db
def test_what_is_usual_is_told_from_what_is_stored(project: Project, settings: Any) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = 6
    rule(project, each="session", window=days(1), condition=USUAL | {"times": "2"})
    spent = (1, 1, 1, 1, 3, 3, 3, 4)  # a day, the first a week ago; what fell out would be usual
    for ago, usd in enumerate(reversed(spent)):
        after = -ago * DAY_NS - 2 * MINUTE
        tell(project, call(1 + ago, 1, 0, str(usd), session="s1", after=after))
    assert look(project, 0) == []
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    assert again(project, MINUTE) == FIRED


TEN = "This project keeps runs for 7 days, and this looks at those of 10 days"


@pytest.mark.parametrize(
    ("more", "sees_all"),
    [
        ({"filter": "status=error"}, False),
        ({"metric": "findings", "each": "agent"}, False),
        ({"filter": "status=error", "window": days(7)}, True),
        ({}, True),
        ({"each": "", "only": {"user": "ada"}}, True),
    ],
)
def test_what_a_project_does_not_keep_is_said(more: dict[str, Any], sees_all: bool) -> None:
    watched = watch(said(**{"window": days(10), "each": ""} | more))
    assert unseen(watched, 0) == unseen(watched, 10) == ""
    assert unseen(watched, 7).startswith("" if sees_all else TEN)
    assert (unseen(watched, 7) == "") is sees_all


@pytest.mark.django_db
def test_a_rule_over_more_than_a_project_keeps_says_so_beforehand(project: Project) -> None:
    asked = said(window=days(10), each="", filter="status=error")
    assert not any(TEN in each for each in preview(project, asked, NOON).left_out)
    set_periods(project.pk, 7, 7, "ada")
    assert any(TEN in each for each in preview(project, asked, NOON).left_out)
    save_rule(project, asked, "ada")


@pytest.mark.django_db
def test_what_was_used_stays_when_a_project_removes_its_runs(project: Project) -> None:
    tell(project, call(1, 1, 0, "3", session="s1"))
    Trace.objects.update(last_seen_at=NOON_TIME - timedelta(days=365))  # nothing comes any more
    remove_old_traces(project.pk, (NOON_TIME + timedelta(days=1)).date())
    assert not Trace.objects.exists()
    forget_readings(NOON + DAY_NS)
    asked = Asked(project.pk, Scope({"session": "s1"}), 0, NOON // 10**9)
    assert used(asked)[""].pico == 3 * 10**12
