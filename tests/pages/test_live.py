"""A run that grows under the eyes of a reader."""

from decimal import Decimal

import pytest
from django.db import transaction
from playwright.sync_api import expect

from agentscope.vocabulary import Kind, Meaning
from tests.pages.test_tree import PAGE, comes_to, enter, press, ready, until
from tests.ui.traces import save_trace, span

pytestmark = pytest.mark.browser
UPDATES = 30


def begun():
    """planner ▸ ten agents with three steps each, none like another."""
    agent = Meaning(Kind.AGENT)
    run = [span(1, name="planner", meaning=agent)]
    for number in range(2, 12):
        run.append(span(number, 1, name=f"agent {chr(95 + number)}", meaning=agent))
        run += [span(number * 20 + step, number, name=f"{step} of {number}") for step in range(3)]
    return run


def grow(shop, number, **and_said):
    """One more update: a step for each agent, and a new agent; what came before stays."""
    late = [span(1_000 + number, 1, name=f"late {chr(97 + number)}", meaning=Meaning(Kind.AGENT))]
    late += [
        span(10_000 + number * 20 + each, each, name="search", meaning=Meaning(Kind.TOOL, tool="x"))
        for each in range(2, 12)
    ]
    with transaction.atomic():
        said = {"state": "running", "name": "planner", "spans": 41 + 11 * number}
        save_trace(shop, *late, **said, **and_said)


def agent(page, letter):
    """The row of an agent itself, whatever it came to lie in."""
    return page.locator(f"#s-{ord(letter) - 95:016x}")


def at_the_top(page):
    """The row at the top of the screen, and where it is."""
    return page.locator("tbody tr[role=row]").evaluate_all(
        """rows => rows.map(row => [row.id, row.getBoundingClientRect().top])
            .find(([, top]) => top >= 0)"""
    )


def test_thirty_updates_leave_what_was_opened_closed_selected_and_scrolled_to(page, shop):
    save_trace(shop, *begun(), state="running")
    page.goto(PAGE)
    ready(page)
    assert page.locator("[data-live]").first.get_attribute("hx-trigger") == "every 2s"
    for name, is_open in (("a", False), ("j", True)):
        if (agent(page, name).get_attribute("aria-expanded") == "true") != is_open:
            agent(page, name).locator(".twist").click()
        expect(agent(page, name)).to_have_attribute("aria-expanded", str(is_open).lower())
    agent(page, "e").locator("a.label").click()
    expect(page.locator("#panel h2")).to_contain_text("agent e")
    page.set_viewport_size({"width": 1280, "height": 420})
    agent(page, "j").evaluate("row => row.scrollIntoView({block: 'start'})")
    assert page.evaluate("scrollY") > 0
    name, top = at_the_top(page)
    for number in range(UPDATES):
        grow(shop, number)
    for number in range(UPDATES, UPDATES + 3):
        grow(shop, number)
        expect(page.locator("#summary")).to_contain_text(f"{41 + 11 * number:,}")
        comes_to(page, lambda: at_the_top(page), [name, pytest.approx(top, abs=3)])
    expect(agent(page, "a")).to_have_attribute("aria-expanded", "false")
    expect(agent(page, "j")).to_have_attribute("aria-expanded", "true")
    expect(agent(page, "e")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel h2")).to_contain_text("agent e")


def test_a_reader_at_the_keys_is_not_disturbed_by_news(page, shop):
    save_trace(shop, *begun(), state="running")
    page.goto(PAGE)
    enter(ready(page))
    press(page, "ArrowDown ArrowDown ArrowDown")
    focused = page.locator("tr:focus").get_attribute("id")
    grow(shop, 1)
    expect(page.locator("#summary")).to_contain_text("52")
    assert page.locator("tr:focus").get_attribute("id") == focused


VIEWS = ["", "transcript/", "graph/", "costs/"]


@pytest.mark.parametrize("address", ["/p/shop/traces/", *(f"{PAGE}{view}" for view in VIEWS)])
def test_a_hidden_tab_asks_for_nothing(page, shop, asked, address):
    save_trace(shop, *begun(), state="running")
    page.goto(address)
    expect(page.locator("[data-live]").first).to_be_attached()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away})")
    turn = "away => { window.away = away; document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(turn, True)
    asked.clear()
    page.wait_for_timeout(5_000)
    assert not [each.url for each in asked if "seen=" in each.url]
    page.evaluate(turn, False)
    until(
        page,
        "() => performance.getEntriesByType('resource').some(each => each.name.includes('seen='))",
    )


@pytest.mark.parametrize("view", ["", "graph/"])
def test_a_server_that_is_away_is_said_to_be_and_the_page_goes_on_by_itself(
    page, shop, complaints, view
):
    save_trace(shop, *begun(), state="running")
    page.goto(PAGE + view)
    expect(page.locator("[data-live]").first).to_be_attached()
    page.context.set_offline(True)
    expect(page.get_by_text("The server cannot be reached. Trying again.")).to_be_visible()
    grow(shop, 1)
    page.context.set_offline(False)
    expect(page.get_by_text("52", exact=False).first).to_be_visible()
    expect(page.locator("#status")).to_be_empty()
    lost = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError")
    complaints[:] = [each for each in complaints if not any(word in each for word in lost)]


def test_what_a_run_cost_ticks(page, shop):
    save_trace(shop, *begun(), state="running", known_cost=Decimal("0.1"))
    for view in VIEWS:
        page.goto(PAGE + view)
        cost = Decimal("0.1")
        for number in range(3):
            expect(page.locator("#main")).to_contain_text(f"${cost:.4f}")
            cost += Decimal("0.025")
            grow(shop, number, known_cost=cost)
        expect(page.locator("#main")).to_contain_text(f"${cost:.4f}")
        save_trace(shop, span(1, name="planner"), state="running", known_cost=Decimal("0.1"))
