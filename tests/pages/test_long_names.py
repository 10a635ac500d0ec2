"""Pages of alerts and budgets of which everything is long, without a space: nothing runs over."""

import pytest

from agentscope.alerts.acts import acknowledge
from agentscope.alerts.models import AlertEvent
from agentscope.budgets.write import save_budget, stop
from tests.pages.test_alerts import ALERTS
from tests.pages.test_budgets import PAGE as BUDGETS
from tests.ui.alerting import alert_of, channel_of, delivery_of, mute_of, rule_of

pytestmark = pytest.mark.browser
LONG = "W" * 200
WIDTHS = (1440, 390)
# What is wider than its place: the page itself, and what would scroll in it.
OVER = """() => ["html", "main .scroll"]
    .flatMap((name) => [...document.querySelectorAll(name)])
    .filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.outerHTML.slice(0, 80))"""


@pytest.fixture
def addresses(shop) -> list[str]:
    """Pages with something in them."""
    rule, channel = rule_of(shop, name=LONG[:100]), channel_of(shop, LONG[:100])
    rule.channels.add(channel)
    alert = alert_of(rule, LONG)
    acknowledge(alert, LONG[:100], LONG)
    AlertEvent.objects.update(note=LONG, who=LONG[:100])
    event = alert.events.earliest("pk")
    delivery = delivery_of(channel, f"alert-event:{event.pk}")
    delivery.message |= {"title": LONG, "sentences": [LONG], "facts": [["Cost", LONG]]}
    delivery.save()
    mute_of(shop, rule, LONG)
    window = {"kind": "calendar", "unit": "month"}
    budget = save_budget(shop, "ada", {"name": LONG, "limit": 5, "window": window})
    stop(shop.pk, "agent", LONG, LONG[:100], LONG)
    alerts = ("", "history/", f"{alert.pk}/", "rules/", f"rules/{rule.pk}/", "mutes/", "channels/")
    deliveries = ("deliveries/", f"deliveries/{delivery.pk}/", f"channels/{channel.pk}/")
    budgets = ("", "stops/", f"{budget.pk}/", f"{budget.pk}/edit/", f"{budget.pk}/lift/")
    return [*(ALERTS + page for page in alerts + deliveries), *(BUDGETS + page for page in budgets)]


def test_nothing_runs_over_however_long_its_names(page, addresses, subtests):
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            with subtests.test(address, width=width):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate(OVER) == []
