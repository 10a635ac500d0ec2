"""The lists of alerts and budgets are small however many rows they have, and however long what
people and programs wrote in them."""

from datetime import UTC, datetime, timedelta

import pytest

from agentscope.alerts.models import AlertEvent
from agentscope.budgets.models import Answer
from agentscope.budgets.write import lift_budget, stop
from tests.ui.alerting import alert_of, channel_of, delivery_of, mute_of, rule_of
from tests.ui.test_budgets import ask, budget, spend
from tests.ui.test_page_size import MOST_BYTES

ROWS = 60
LONG = "<'\"&>" + "é" * 2_000
LATER = datetime.now(UTC) + timedelta(days=1)
ALERTS, BUDGETS = "/p/shop/alerts/", "/p/shop/budgets/"

pytestmark = pytest.mark.usefixtures("embedded")


def small(client, address: str) -> str:
    """The text of a page that is small."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.content) <= MOST_BYTES, (address, len(answer.content))
    text: str = answer.text
    return text


@pytest.fixture
def told(project):
    """Alerts of two rules that were told on two channels, all of it at length."""
    channels = [channel_of(project, f"{number} {LONG}"[:100]) for number in range(2)]
    rules = [rule_of(project, name=f"{number} {'r' * 97}") for number in range(ROWS)]
    for number, rule in enumerate(rules):
        rule.channels.set(channels)
        alert = alert_of(rule, f"{number} {LONG}")
        AlertEvent.objects.filter(alert=alert).update(note=LONG[:1_000], who=LONG[:150])
        event = AlertEvent.objects.get(alert=alert)
        for channel in channels:
            delivery = delivery_of(channel, f"alert-event:{event.pk}")
            delivery.message |= {"title": f"Session {LONG} fires"}
            delivery.save()
        mute_of(project, rule, LONG[:1_000])
    return alert


@pytest.mark.parametrize("page", ["", "history/", "deliveries/", "rules/", "mutes/", "channels/"])
def test_lists_of_alerts_are_small(client, told, page):
    small(client, ALERTS + page)


def test_the_page_of_an_alert_is_small(client, told):
    event = AlertEvent.objects.get(alert=told)
    for number in range(1, ROWS):
        event.pk, event.at_ns = None, event.at_ns + number
        event.save()
    assert small(client, f"{ALERTS}{told.pk}/").count("Fires") >= 50


@pytest.fixture
def kept(project):
    """Budgets of which two groups used some, and what people and programs said about them."""
    made = [budget(project, name=f"{number} {LONG}"[:200]) for number in range(ROWS)]
    spend(project, f"ada {LONG}", "11")
    for number in range(ROWS):
        lift_budget(made[0], f"{number} {LONG}", LATER, LONG[:150], LONG[:2_000])
        stop(project.pk, "agent", f"{number} {LONG}"[:500], LONG[:150], LONG[:2_000])
        ask(project, f"{number} {LONG}"[:500])
    Answer.objects.update(budget=made[0].pk)
    return made[0]


@pytest.mark.parametrize("page", ["", "answers/", "stops/"])
def test_lists_of_budgets_are_small(client, kept, page):
    small(client, BUDGETS + page)


def test_the_page_of_a_budget_is_small(client, kept):
    small(client, f"{BUDGETS}{kept.pk}/")
