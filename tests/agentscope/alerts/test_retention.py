"""How long it is known what happened to alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.retention import forget_events
from tests.kit.costs import DAY_NS
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db
DAYS = 400
LONG_AGO = datetime.fromtimestamp(NOON / 10**9, UTC)


@pytest.fixture
def rule() -> Rule:
    return Rule.objects.create(project_id=1, name="dear", metric="cost", window={}, condition={})


def alert(rule: Rule, state: str) -> Alert:
    return Alert.objects.create(
        project_id=1, rule=rule, group=state, state=state, looked_at=LONG_AGO
    )


def test_events_go_after_400_days_and_with_them_alerts_that_are_over(rule: Rule) -> None:
    for state in ("firing", "resolved"):
        of = alert(rule, state)
        for at_ns in (NOON, NOON + 2 * DAY_NS):
            AlertEvent.objects.create(project_id=1, alert=of, at_ns=at_ns, state=state)
    forget_events(NOON + DAYS * DAY_NS)  # of that age to the nanosecond
    assert AlertEvent.objects.count() == 4
    forget_events(NOON + (DAYS + 1) * DAY_NS)
    assert [each.state for each in Alert.objects.all()] == ["firing"]
    assert [each.at_ns for each in AlertEvent.objects.all()] == [NOON + 2 * DAY_NS]


def test_mutes_that_ended_go_too(rule: Rule) -> None:
    for hours in (1, 24 * 30):
        ends = LONG_AGO + timedelta(hours=hours)
        Mute.objects.create(project_id=1, rule=rule, begins_at=LONG_AGO, ends_at=ends)
    forget_events(NOON + DAYS * DAY_NS)
    assert Mute.objects.count() == 2
    forget_events(NOON + (DAYS + 1) * DAY_NS)
    assert Mute.objects.count() == 1
