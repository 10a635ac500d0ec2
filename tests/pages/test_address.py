"""All that a reader of a run chose is in the address: for a reload, for back and forward, for who
has no JavaScript."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from agentscope.pipeline import examine
from tests.pages.test_tree import PAGE, ready, row
from tests.ui.test_decision import guarded_run
from tests.ui.traces import TRACE_ID, save_trace

pytestmark = pytest.mark.browser
LIST = "/p/shop/traces/"
MANY = {"show"}  # parameters that stand in an address once for each choice
STATE = """() => ({
    rows: [...document.querySelectorAll("tbody tr[role=row]")].map((row) => [
        row.id, row.ariaExpanded, row.ariaSelected, "hit" in row.dataset,
        row.querySelector(".lane").getAttribute("style")]),
    chosen: [...document.querySelectorAll("#sought [aria-current]")].map((it) => it.textContent),
    panel: document.querySelector("#panel h2")?.textContent,
    words: document.querySelector("#find-words").value,
})"""


@pytest.fixture
def run(shop) -> None:
    """An agent whose first try is turned down, and whose second one calls a tool."""
    save_trace(shop, *guarded_run())
    examine(shop.pk, TRACE_ID)


@pytest.fixture
def plain(browser: Browser, live_server, run) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def repeated(page: Page) -> list[str]:
    """Links in which a parameter stands twice."""
    links = page.locator("a[href]").evaluate_all("all => all.map(it => it.getAttribute('href'))")
    return [link for link in links if is_repeated(link)]


def is_repeated(link: str) -> bool:
    names = Counter(name for name, _ in parse_qsl(urlsplit(link).query) if name not in MANY)
    return any(times > 1 for times in names.values())


def test_a_reload_gives_the_same_page(page, run):
    page.goto(f"{PAGE}?q=order")
    expect(page.locator("#inside")).to_contain_text("Searched what 5 of 5 spans say")
    row(ready(page), "search").locator("a.label").click()
    expect(page.locator("#panel h2")).to_contain_text("search")
    for link in ("Critical path", "To the selected span", "Tools"):
        page.locator("#sought").get_by_role("link", name=link).click()
        expect(page.locator("#panel h2")).to_contain_text("search")
    expect(page.locator("#sought")).to_contain_text("match")
    row(page, "desk").locator(".twist").click()
    expect(row(page, "desk")).to_have_attribute("aria-expanded", "false")
    before = page.evaluate(STATE)
    assert before["words"] == "order"
    page.reload()
    assert page.evaluate(STATE) == before
    assert repeated(page) == []


def test_back_and_forward_go_from_page_to_page_as_they_were_left(page, run):
    page.goto(f"{LIST}?status=ended")
    page.get_by_role("link", name="desk", exact=True).click()
    ready(page)
    page.get_by_role("searchbox", name="Find in this run").fill("again")
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-hit]")).to_have_count(1)
    row(page, "search").locator("a.label").click()
    expect(page.locator("#panel h2")).to_contain_text("search")
    page.get_by_role("link", name="Transcript", exact=True).click()
    expect(page).to_have_url(re.compile("transcript/"))
    page.go_back()
    expect(page.locator("#panel h2")).to_contain_text("search")
    expect(page.locator("tr[data-hit]")).to_have_count(1)
    page.go_back()
    expect(page.locator("tr[data-hit]")).to_have_count(0)
    expect(page.locator("#panel")).to_be_hidden()
    page.go_back()
    expect(page.get_by_role("link", name="desk", exact=True)).to_be_visible()
    assert "status=ended" in page.url
    for _ in range(3):
        page.go_forward()
    expect(page.locator("main h1")).to_have_text("desk")
    assert "transcript/" in page.url


READABLE = {
    "": "again",
    f"?span={4:016x}": "I have to look.",
    "transcript/": "Where is my order?",
    "graph/": "desk",
    "costs/": "desk",
    "compare/": "No run like this one is near",
    "retries/": "Retries",
    "lineage/": "Where hosts and addresses came from",
}


@pytest.mark.parametrize("view", READABLE)
def test_without_script_each_view_is_readable(plain, view):
    plain.goto(PAGE + view)
    expect(plain.locator("main").get_by_text(READABLE[view]).first).to_be_visible()
    assert repeated(plain) == []


def test_without_script_rows_hits_and_panels_are_reached_by_links(plain):
    plain.goto(PAGE)
    plain.get_by_role("searchbox", name="Find in this run").fill("order")
    plain.get_by_role("button", name="Find").click()
    plain.get_by_role("link", name="Search on").click()
    expect(plain.locator("tr[data-hit]")).not_to_have_count(0)
    for name in ("Next hit", "Previous hit"):
        plain.get_by_role("link", name=name).click()
        expect(plain.locator('tr[aria-selected="true"][data-hit]')).to_have_count(1)
        expect(plain.locator("#panel h2")).to_be_visible()
    row(plain, "desk").locator(".twist").click()
    expect(row(plain, "desk")).to_have_attribute("aria-expanded", "false")
    assert repeated(plain) == []
    row(plain, "desk").locator(".twist").click()
    row(plain, "search").locator("a.label").click()
    expect(plain.locator("#panel h2")).to_contain_text("search")
    assert repeated(plain) == []
    plain.get_by_role("link", name="Close the panel").click()
    expect(plain.locator("#panel")).to_be_hidden()
    assert "q=order" in plain.url
