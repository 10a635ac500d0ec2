"""Alerts in a browser of a real installation: spans that are sent, workers that look and tell, a
webhook and a mail server that are told."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.kit.chromium import WIDE
from tests.kit.receivers import Answer, Mailbox, Receiver, mail_server, receiver
from tests.kit.stack import Stack, embedded_stack, wait_until
from tests.pages.conftest import watch
from tests.stack.test_findings import CALL, OpenRun
from tests.ui.alerting import SECRET

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]
PROJECT = "told"
ALERTS = f"/p/{PROJECT}/alerts/"
MINUTES = 2  # of the window
OVER = 10 * 60_000  # ms, until nothing is left of it
TOLD = 300  # seconds


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    """A receiver on this machine."""
    with receiver() as found:
        yield found


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """A mail server on this machine."""
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def telling(box: Mailbox) -> Iterator[Stack]:
    """An installation that may send to this machine, and has a mail server."""
    said = {
        "AGENTSCOPE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AGENTSCOPE_EMAIL_URL": f"smtp://127.0.0.1:{box.port}",
    }
    with embedded_stack(said) as running:
        yield running


@pytest.fixture
def shown(browser, telling: Stack, complaints: list[str]) -> Iterator[Page]:
    """A page of it."""
    context = browser.new_context(base_url=telling.http_url, viewport=WIDE)
    found = context.new_page()
    watch(found, complaints)
    yield found
    context.close()
    assert complaints == []


def busy(telling: Stack) -> OpenRun:
    """A run that calls a tool three times."""
    run = OpenRun(telling, PROJECT)
    for _ in range(3):
        run.call("search", 0, CALL)
    return run


def make_channel(shown: Page, kind: str, name: str, said: dict[str, str]) -> None:
    shown.goto(f"{ALERTS}channels/")
    shown.get_by_role("link", name=f"New: {kind}").click()
    for label, text in {"Name": name, **said}.items():
        shown.get_by_label(label, exact=True).fill(text)
    shown.get_by_role("button", name="Save").click()
    expect(shown.get_by_text("Saved.")).to_be_visible()


def make_rule(shown: Page) -> None:
    shown.goto(f"{ALERTS}rules/new/")
    shown.get_by_label("Name", exact=True).fill("busy run")
    shown.get_by_label("Number").select_option("tool_calls")
    shown.get_by_label("Of", exact=True).select_option("trace")
    shown.get_by_label("How many", exact=True).fill(str(MINUTES))
    shown.get_by_label("Unit of time").select_option("60")
    shown.get_by_label("Threshold").fill("3")
    preview = shown.get_by_role("region", name="What it would have done")
    expect(preview).to_contain_text("It would have fired 1 time in the last 30 days.")
    expect(shown.locator("#unit-threshold")).to_have_text("calls")
    expect(preview.get_by_role("img")).to_have_accessible_name(
        re.compile("The highest value was 3 calls, compared with 3 calls")
    )
    for name in ("ops", "mail"):
        shown.get_by_label(name, exact=True).check()
    shown.get_by_role("button", name="Save").click()
    expect(shown.get_by_text("Saved.")).to_be_visible()


def alert_of(shown: Page, run: OpenRun) -> None:
    """Open the alert of a run, as soon as the list shows it."""
    shown.goto(ALERTS)
    shown.get_by_role("link", name=run.trace_id.hex()[:8]).click()


def test_from_spans_to_whoever_is_told_and_back(
    shown: Page, telling: Stack, hook: Receiver, box: Mailbox
) -> None:
    before = busy(telling)
    wait_until(lambda: bool(before.get()), TOLD)
    make_channel(shown, "Webhook", "ops", {"Address": hook.url, "Secret": SECRET})
    hook.answers = [Answer(403), Answer()]
    shown.get_by_role("button", name="Send a test").click()
    delivery = shown.locator("#delivery")
    expect(delivery).to_contain_text("given up")
    delivery.get_by_role("button", name="Try again now").click()
    expect(delivery).to_contain_text("answered 200")
    make_channel(shown, "E-mail", "mail", {"To": "ada@example.com"})
    make_rule(shown)

    run = busy(telling)
    shown.goto(ALERTS)
    expect(shown.get_by_role("link", name=run.trace_id.hex()[:8])).to_be_visible()
    said = run.trace_id.hex()
    wait_until(lambda: any(said in each.json["title"] for each in hook.arrived[2:]), TOLD)
    wait_until(lambda: any(said in mail["subject"] for _, mail in box.mails), TOLD)
    alert_of(shown, run)
    expect(
        shown.get_by_role("region", name="Runs behind it").get_by_role("link")
    ).to_have_attribute("href", f"/p/{PROJECT}/traces/{run.trace_id.hex()}/")
    shown.get_by_label("Note").fill("looking at it")
    shown.get_by_role("button", name="Acknowledge").click()
    history = shown.get_by_role("region", name="History")
    expect(history.get_by_role("cell", name="looking at it")).to_be_visible()
    shown.get_by_label("For", exact=True).select_option("4")
    shown.get_by_role("button", name="Snooze", exact=True).click()
    expect(shown.get_by_text("Snoozed until")).to_be_visible()
    shown.get_by_role("button", name="End the snooze").click()
    expect(shown.get_by_text("Snoozed until")).to_have_count(0)
    over = shown.url

    shown.goto(f"{ALERTS}mutes/")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    shown.get_by_label("Until").fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
    shown.get_by_label("Why").fill("moving")
    shown.get_by_role("button", name="Mute", exact=True).click()
    expect(shown.get_by_role("cell", name="moving")).to_be_visible()
    quiet = busy(telling)
    alert_of(shown, quiet)
    expect(history).to_contain_text("nobody: it is muted")
    heard = len(hook.arrived)
    shown.goto(f"{ALERTS}mutes/")
    shown.get_by_role("button", name="End the mute").click()
    wait_until(lambda: len(hook.arrived) > heard, TOLD)
    alert_of(shown, quiet)
    expect(history).to_contain_text("Fires, told late")

    shown.goto(over)
    wait_over(shown)
    expect(shown.get_by_role("button", name="Acknowledge")).to_have_count(0)
    shown.goto(f"{ALERTS}history/")
    expect(shown.get_by_role("row").filter(has_text="Is over").first).to_contain_text("busy run")


def wait_over(shown: Page) -> None:
    """Look again until the window has passed."""

    def is_over() -> bool:
        shown.reload()
        return shown.get_by_text("Is over", exact=True).count() > 0

    wait_until(is_over, OVER / 1000)
