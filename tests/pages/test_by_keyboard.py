"""What people do about alerts and budgets, by Tab, Enter and letters alone: each stop on the way is
seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from agentscope.alerts.models import Alert, Rule
from agentscope.budgets.models import Budget, Lift
from agentscope.budgets.write import save_budget, stop
from tests.agentscope.budgets.told import HOURLY
from tests.pages.test_budgets import PAGE as BUDGETS
from tests.pages.test_budgets import ask, spend
from tests.ui.alerting import alert_of, rule_of

pytestmark = pytest.mark.browser
ALERTS = "/p/shop/alerts/"
MOST_STOPS, MOST_CHOICES = 60, 30
IS_FOCUSED = "it => it === document.activeElement"
IS_SEEN = "() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"


def tab_to(page: Page, target: Locator) -> None:
    """Tab until it is focused."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_SEEN)
        if target.evaluate(IS_FOCUSED):
            return
    pytest.fail(f"Tab does not lead to {target}.")


def press_on(page: Page, role: str, name: str, key: str = "Enter") -> None:
    """Go to a link or button, and press it: it leads to another page."""
    tab_to(page, page.get_by_role(role, name=name, exact=True).first)  # type: ignore[arg-type]
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    """Go to a field, and fill it."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def choose(page: Page, label: str, value: str) -> None:
    """Go to a list, and down to one of its values."""
    found = page.get_by_label(label, exact=True)
    tab_to(page, found)
    for _ in range(MOST_CHOICES):
        if found.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{label} has no {value}.")


def test_a_rule_is_made(page, shop):
    page.goto(f"{ALERTS}rules/")
    press_on(page, "link", "New rule")
    write(page, "Name", "busy session")
    choose(page, "Number", "tokens")
    choose(page, "Of", "session")
    write(page, "Threshold", "2")
    press_on(page, "button", "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()
    kept = Rule.objects.get()
    assert (kept.name, kept.metric, kept.each) == ("busy session", "tokens", "session")
    assert kept.condition == {"kind": "at_least", "threshold": "2"}


def test_an_alert_is_acknowledged_and_snoozed(page, shop):
    alert_of(rule_of(shop))
    page.goto(ALERTS)
    press_on(page, "link", "Session s-1")
    write(page, "Note", "looking at it")
    press_on(page, "button", "Acknowledge")
    expect(page.get_by_role("cell", name="looking at it")).to_be_visible()
    choose(page, "For", "4")
    write(page, "Why", "until noon")
    press_on(page, "button", "Snooze", "Space")
    expect(page.get_by_text("Snoozed until")).to_be_visible()
    kept = Alert.objects.get()
    assert kept.note == "looking at it"
    assert kept.snoozed_until


def test_a_budget_is_made(page, shop):
    page.goto(BUDGETS)
    press_on(page, "link", "New budget")
    write(page, "Name", "planners")
    write(page, "Limit", "5")
    choose(page, "Of", "agent")
    choose(page, "In", "month")
    press_on(page, "button", "Save")
    expect(page.get_by_role("heading", name="planners")).to_be_visible()
    kept = Budget.objects.get()
    assert (kept.limit, kept.each) == (5, "agent")
    assert kept.window == {"kind": "calendar", "unit": "month"}


def test_a_group_is_let_go_on_over_its_budget(page, shop):
    said = {"name": "planners", "limit": 5, "each": "agent", "window": HOURLY}
    save_budget(shop, "ada", said)
    spend(shop, "6")
    assert ask(shop) == "stop"
    page.goto(BUDGETS)
    press_on(page, "link", "planners")
    press_on(page, "link", "Let it go on planner")
    write(page, "Why", "the fair ends tonight")
    press_on(page, "button", "Save")
    expect(page.get_by_role("region", name="Let go on")).to_contain_text("the fair ends tonight")
    assert Lift.objects.get().group == "planner"
    assert ask(shop) == "warn"


def test_a_stop_by_hand_is_ended(page, shop):
    stop(shop.pk, "agent", "planner", "ada", "it writes to everybody")
    assert ask(shop) == "stop"
    page.goto(BUDGETS)
    press_on(page, "link", "Stopped")
    press_on(page, "button", "Let go on agent planner", "Space")
    expect(page.get_by_text("Nobody is stopped by hand.")).to_be_visible()
    assert ask(shop) == "allow"
