"""Alerts about whole runs and sessions: when they are over, and what happens to them, and to those
of long calendar windows, when what they are about expires."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from agentscope.alerts.models import Alert, AlertEvent, Rule
from agentscope.alerts.preview import preview
from agentscope.channels.models import Channel, Delivery
from agentscope.meter.quarters import add_up_quarters
from agentscope.meter.retention import forget_readings
from agentscope.meter.write import write_readings
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.agentscope.alerts.test_evaluate import (
    MINUTE,
    SECOND,
    WHOLE,
    at_least,
    look,
    project,
    rule,
    tell,
)
from tests.agentscope.alerts.test_looks import again, raised
from tests.kit.costs import DAY_NS, HOUR_NS, agent, call, uuid
from tests.kit.spans import NOON

__all__ = ["project"]
pytestmark = pytest.mark.django_db
MONTH = {"kind": "calendar", "unit": "month"}
FIRED, OVER = [("s1", "firing", "fired")], [("s1", "resolved", "resolved")]


def expire(after: int, *traces: int) -> None:
    """What happens to traces of which all spans are dropped, so many ns after noon."""
    add_up_quarters(NOON + after)
    Trace.objects.filter(trace_id__in=[uuid(each) for each in traces]).delete()
    forget_readings(NOON + after)


def dear_session(project: Project, **said: Any) -> Rule:
    """An alert fires about a session of 3 USD."""
    made = rule(project, each="session", window=WHOLE, **said)
    tell(project, call(1, 1, 0, "3", session="s1"))
    assert look(project) == FIRED
    return made


def test_a_session_is_over_when_nothing_has_come_of_it_for_a_day(project: Project) -> None:
    made = dear_session(project)
    made.channels.add(Channel.objects.create(project_id=project.pk, name="pager", kind="webhook"))
    assert again(project, DAY_NS) == []
    assert again(project, DAY_NS + 2 * MINUTE) == OVER
    assert again(project, DAY_NS + 3 * MINUTE) == []
    assert Alert.objects.get().value == 3
    (told,) = Delivery.objects.get().message["sentences"]
    assert told.startswith("Nothing has come of it for a day: Session s1 cost $3.00 in all")


def test_a_session_that_goes_on_does_not_end(project: Project) -> None:
    dear_session(project)
    tell(project, call(2, 2, 0, "0.1", session="s1", after=23 * HOUR_NS))
    assert again(project, DAY_NS + 2 * MINUTE) == []
    assert again(project, 2 * DAY_NS) == OVER


def test_a_session_that_is_over_fires_again_if_it_goes_on_alone(project: Project) -> None:
    made = dear_session(project)
    again(project, DAY_NS + 2 * MINUTE)
    Rule.objects.filter(pk=made.pk).update(looked_at=None)  # as if its name was changed
    assert look(project, 2 * DAY_NS) == []
    tell(project, call(2, 2, 0, "0.1", session="s1", after=3 * DAY_NS))
    assert look(project, 3 * DAY_NS + MINUTE) == FIRED


def test_the_preview_knows_that_sessions_end(project: Project) -> None:
    said = {"metric": "cost", "each": "session", "window": WHOLE, "condition": at_least("2")}
    tell(project, *(call(at, at, 0, "3", session="s1", after=at * 25 * HOUR_NS) for at in (1, 2)))
    assert preview(project, said, NOON + 6 * DAY_NS).fired == 2
    tell(project, call(3, 3, 0, "1", session="s1", after=38 * HOUR_NS))
    assert preview(project, said, NOON + 6 * DAY_NS).fired == 1


def test_what_came_late_is_told_for_a_day_too(project: Project) -> None:
    rule(project, each="session", window=WHOLE)
    tell(project, call(1, 1, 0, "3", session="s1"))
    assert look(project, 3 * DAY_NS) == FIRED
    assert again(project, 4 * DAY_NS - SECOND) == []
    assert again(project, 4 * DAY_NS) == OVER


def test_findings_of_a_run_are_over_with_it(project: Project) -> None:
    rule(project, metric="findings", each="trace", window=WHOLE, condition=at_least("1"))
    tell(project, agent(1, 1, "scout"))
    raised(project, 1, "scout")
    run = str(uuid(1))
    assert look(project) == [(run, "firing", "fired")]
    assert again(project, DAY_NS + 2 * MINUTE) == [(run, "resolved", "resolved")]
    assert again(project, 2 * DAY_NS) == []


def test_a_session_that_outlives_its_first_runs_is_not_taken_back(project: Project) -> None:
    dear_session(project)
    tell(project, call(2, 2, 0, "0.1", session="s1", after=32 * DAY_NS))
    expire(32 * DAY_NS, 1)
    assert again(project, 32 * DAY_NS + MINUTE) == []
    found = Alert.objects.get()
    assert (found.state, found.value) == ("firing", Decimal(3))
    assert again(project, 34 * DAY_NS) == OVER
    assert AlertEvent.objects.latest("at_ns").value == 3


def test_a_run_that_expired_before_anybody_looked_is_over(project: Project) -> None:
    dear_session(project)
    expire(32 * DAY_NS, 1)
    assert again(project, 32 * DAY_NS) == OVER


def test_what_expires_of_a_month_is_not_taken_back(project: Project) -> None:
    rule(project, each="session", window=MONTH)
    tell(project, call(1, 1, 0, "3", session="s1", after=6 * DAY_NS))  # the first of a long month
    assert look(project, 6 * DAY_NS + MINUTE) == FIRED
    expire(36 * DAY_NS, 1)
    assert again(project, 36 * DAY_NS) == []
    assert Alert.objects.get().state == "firing"
    assert again(project, 37 * DAY_NS) == OVER


@pytest.mark.parametrize(("each", "days"), [("agent", 2), ("session", 0), ("session", 40)])
def test_late_news_of_what_is_still_known_is_taken_back(
    project: Project, settings: Any, each: str, days: int
) -> None:
    settings.AGENTSCOPE_RETENTION_DAYS = days
    rule(project, each=each, window=MONTH)
    tell(project, agent(1, 1, "s1"), call(1, 2, 1, "3", session="s1"))
    assert look(project) == FIRED
    with transaction.atomic():
        write_readings(project.pk, uuid(1), [])
    assert look(project, 4 * DAY_NS) == [("s1", "resolved", "corrected")]
