"""Alerts in a browser: a rule with its preview, fired by real spans, told, acknowledged, snoozed,
and over."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from agentscope.alerts.evaluate import evaluate
from agentscope.alerts.models import Rule
from agentscope.channels.guard import networks
from agentscope.channels.send import send_due
from tests.kit.costs import HOUR_NS, call, tell, uuid
from tests.kit.receivers import Answer, receiver
from tests.kit.spans import NOON
from tests.pages.test_axe import open_page, violations
from tests.pages.test_tree import press
from tests.ui.alerting import SECRET, alert_of, channel_of, delivery_of, mute_of, rule_of
from ui.views import rules as rule_views

__all__ = ["open_page"]
pytestmark = pytest.mark.browser
ALERTS = "/p/shop/alerts/"
NEW = f"{ALERTS}rules/new/"
LATER = NOON + HOUR_NS


@pytest.fixture
def hook(settings):
    """A receiver on this machine that may be sent to."""
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["127.0.0.0/8"])
    settings.AGENTSCOPE_PUBLIC_URL = "https://scope.example"
    with receiver() as found:
        yield found


@pytest.fixture
def dear(shop, monkeypatch):
    """A session that cost $3, seen an hour later."""
    monkeypatch.setattr(rule_views, "time_ns", lambda: LATER)
    tell(shop.pk, call(1, 1, 0, "3", session="s-1", name="think"))
    return shop


def fill(page, name="dear session", threshold="2"):
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Threshold").fill(threshold)


def make_channel(page, hook):
    page.goto(f"{ALERTS}channels/")
    page.get_by_role("link", name="New: Webhook").click()
    page.get_by_label("Name", exact=True).fill("ops")
    page.get_by_label("Address").fill(hook.url)
    page.get_by_label("Secret").fill(SECRET)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_from_a_rule_to_an_alert_that_is_over(page, dear, hook):
    make_channel(page, hook)
    page.get_by_role("link", name="Alerts", exact=True).click()
    page.get_by_role("link", name="New rule").click()
    fill(page)
    preview = page.get_by_role("region", name="What it would have done")
    expect(preview).to_contain_text("It would have fired 1 time in the last 30 days.")
    expect(preview.get_by_role("img")).to_have_accessible_name(
        "It would have fired 1 time in the last 30 days. "
        "The highest value was $3.00, compared with $2.00."
    )
    page.get_by_label("ops").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Cost of each session in the last day")).to_be_visible()

    page.goto(ALERTS)
    evaluate(dear.pk, LATER)
    link = page.get_by_role("link", name="Session s-1")
    expect(link).to_be_visible()
    expect(page.get_by_role("link", name="1 Firing")).to_be_visible()
    assert send_due() == 1
    assert "Session s-1 cost $3.00 in the last day" in hook.arrived[0].json["sentences"][0]
    link.click()
    history = page.get_by_role("region", name="History")
    expect(history.get_by_role("link", name="ops")).to_be_visible()
    runs = page.get_by_role("region", name="Runs behind it")
    expect(runs.get_by_role("link").first).to_have_attribute(
        "href", f"/p/shop/traces/{uuid(1).hex}/"
    )

    page.get_by_label("Note").fill("looking at it")
    page.get_by_role("button", name="Acknowledge").click()
    expect(history.get_by_role("cell", name="looking at it")).to_be_visible()
    page.get_by_label("For").select_option("4")
    page.get_by_role("button", name="Snooze", exact=True).click()
    expect(page.get_by_text("Snoozed until")).to_be_visible()
    page.get_by_role("button", name="End the snooze").click()
    expect(page.get_by_text("Snoozed until")).to_have_count(0)

    evaluate(dear.pk, NOON + 26 * HOUR_NS)
    page.reload()
    expect(history.get_by_text("Is over", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    assert send_due() == 1
    assert hook.arrived[1].json["severity"] == "info"


def test_the_preview_follows_the_fields_and_saves_nothing(page, dear):
    page.goto(NEW)
    fill(page)
    preview = page.get_by_role("region", name="What it would have done")
    expect(preview).to_contain_text("fired 1 time")
    page.get_by_label("Threshold").fill("5")
    expect(preview).to_contain_text("fired 0 times")
    page.get_by_label("Number").select_option("tokens")
    expect(page.locator("#unit-threshold")).to_have_text("tokens")
    expect(preview).to_contain_text("fired 1 time")
    page.get_by_label("Threshold").fill("many")
    expect(preview).to_contain_text("“many” is no number.")
    page.get_by_label("Fires when it").select_option("times_usual")
    expect(page.get_by_label("Threshold")).to_be_hidden()
    expect(page.get_by_label("How many times")).to_be_visible()
    assert not Rule.objects.exists()


def test_a_rule_by_keyboard_alone(page, dear):
    page.goto(NEW)
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("dear session")
    page.get_by_label("Threshold").focus()
    page.keyboard.type("2")
    press(page, "Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Rule.objects.get().condition == {"kind": "at_least", "threshold": "2"}


def test_without_scripts_all_of_it_works(browser, live_server, dear):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(NEW)
    fill(page)
    page.get_by_label("Number").select_option("tokens")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("It would have fired 1 time")).to_be_visible()
    expect(page.locator("#unit-threshold")).to_have_text("tokens")
    expect(page.get_by_label("Name", exact=True)).to_have_value("dear session")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    evaluate(dear.pk, LATER)
    page.goto(ALERTS)
    page.get_by_role("link", name="Session s-1").click()
    page.get_by_label("Note").fill("mine")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("by somebody").first).to_be_visible()
    context.close()


def test_a_test_says_what_came_of_it_and_is_tried_again(page, shop, hook):
    hook.answers = [Answer(403, parts=(b"who are you",)), Answer(200)]
    make_channel(page, hook)
    page.get_by_role("button", name="Send a test").click()
    delivery = page.locator("#delivery")
    expect(delivery).to_contain_text("waiting")
    assert send_due() == 1
    expect(delivery).to_contain_text("given up")
    expect(delivery.get_by_role("status")).to_contain_text("answered 403: who are you")
    delivery.get_by_role("button", name="Try again now").click()
    expect(delivery).to_contain_text("waiting")
    assert send_due() == 1
    expect(delivery.get_by_role("status")).to_contain_text("answered 200")
    ids = {each.headers["x-agentscope-delivery"] for each in hook.arrived}
    assert len(ids) == 1


def test_a_mute_by_hand(page, shop):
    rule_of(shop)
    page.goto(f"{ALERTS}mutes/")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    page.get_by_label("Until").fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Why").fill("moving")
    page.get_by_role("button", name="Mute", exact=True).click()
    row = page.get_by_role("row").filter(has_text="moving")
    expect(row).to_contain_text("all rules")
    row.get_by_role("button", name="End").click()
    expect(page.get_by_role("row").filter(has_text="moving")).to_have_count(0)


def test_axe_finds_nothing(open_page, dear, subtests):
    rule, channel = rule_of(dear), channel_of(dear)
    rule.channels.add(channel)
    alert = alert_of(rule)
    log = [{"at": "2026-01-01T00:00:00+00:00", "reason": "answered 403", "status": 403, "ms": 12}]
    delivery = delivery_of(channel, state="given_up", next_at=None, attempts=1, log=log)
    mute_of(dear, rule)
    shown = [
        *(
            "",
            "?state=firing",
            "history/",
            f"history/?rule={rule.pk}",
            f"{alert.pk}/",
            "rules/",
            "rules/new/",
            f"rules/{rule.pk}/",
        ),
        *("channels/", "channels/new/?kind=webhook", f"channels/{channel.pk}/", "mutes/"),
        *("deliveries/", f"deliveries/{delivery.pk}/"),
    ]
    for address in shown:
        with subtests.test(address):
            open_page.goto(ALERTS + address)
            assert violations(open_page) == ""
    open_page.goto(NEW)
    fill(open_page)
    expect(open_page.get_by_role("img")).to_be_visible()
    assert violations(open_page) == ""
