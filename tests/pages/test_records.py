"""Decisions in a browser: filter them, read one, follow it to its steps, and print it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.test_axe import open_page, violations  # noqa: F401
from tests.ui.records import LIST, NOON, PAGE, REFUND, record_of, refunded

pytestmark = pytest.mark.browser
RUN = PAGE.split("/audit/")[0]


@pytest.fixture
def decided(shop):
    """A refund that is derived from its run, and two other decisions."""
    refunded(shop)
    record_of(shop, 1, agent="writer", at=NOON, findings=["exact_repeat"])
    record_of(shop, 2, **{**REFUND, "agent": "buyer", "effects": ["buy"], "people": ["eve"]})


def test_from_the_list_to_a_decision_to_its_step_and_back(page, decided):
    page.goto("/p/shop/traces/")
    page.get_by_role("navigation", name="Pages", exact=True).get_by_role(
        "link", name="Audit"
    ).click()
    decisions = page.get_by_role("region", name="Decisions")
    expect(decisions.get_by_role("row")).to_have_count(4)  # with the head
    page.get_by_label("Tool with effects").fill("ref*")
    page.get_by_label("Tool with effects").press("Enter")
    expect(decisions.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("effect=ref"))
    page.get_by_role("link", name="refunder", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "refunder, for ann in session S, called refund after a yes by bob"
    )
    authority = page.get_by_role("region", name="By what authority")
    authority.get_by_role("link", name="ask bob").click()
    expect(page.locator('tr[aria-selected="true"]')).to_contain_text("ask bob")
    page.get_by_role("link", name="The whole decision that this is part of").click()
    expect(page.get_by_role("region", name="What it did")).to_contain_text("refund")


def test_who_approved_is_a_filter_behind_the_others(page, decided):
    page.goto(LIST)
    page.get_by_text("More filters").click()
    page.get_by_label("Approved or turned down by").select_option("eve")
    decisions = page.get_by_role("region", name="Decisions")
    expect(decisions.get_by_role("row")).to_have_count(2)
    expect(decisions).to_contain_text("buyer, for ann in session S, called buy")
    page.get_by_role("link", name="Clear the filters").click()
    expect(decisions.get_by_role("row")).to_have_count(4)


def test_filters_work_without_script(browser, live_server, decided):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    shown = context.new_page()
    shown.goto(LIST)
    shown.get_by_label("Agent", exact=True).select_option("writer")
    shown.get_by_role("button", name="Filter").click()
    expect(shown.get_by_role("row")).to_have_count(2)
    context.close()


def test_the_list_is_a_file(page, decided):
    page.goto(f"{LIST}?agent=writer")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == "decisions.csv"


def test_on_paper_it_is_whole_and_leads_on(page, decided):
    page.set_viewport_size({"width": 720, "height": 1000})
    page.goto(PAGE)
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".masthead", ".actions", "button"):
        assert not [each for each in page.locator(hidden).all() if each.is_visible()], hidden
    expect(page.get_by_text("Addresses are of http")).to_be_visible()
    link = page.get_by_role("region", name="What it did").get_by_role("link", name="refund").first
    said = link.evaluate(AFTER)
    assert "traces/" in said
    assert f"{5:016x}" in said
    for plain in page.locator(":is(h1, .crumbs) a").all():
        assert plain.evaluate(AFTER) == "none"
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    paper = "document.documentElement, null"
    assert lightness(page.evaluate(f"getComputedStyle({paper}).backgroundColor")) > 0.9


def test_on_paper_the_list_says_when_exactly(page, decided):
    page.set_viewport_size({"width": 720, "height": 1000})
    page.goto(LIST)
    page.emulate_media(media="print")
    said = page.locator("time").first.evaluate(AFTER)
    assert said.endswith('UTC"')
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_filtered_by_stands_in_a_row_also_where_a_label_takes_two_lines(page, decided):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{LIST}?person=bob")
    fields = page.locator(".rest .field > :is(input, select)")
    places = fields.evaluate_all("all => all.map((it) => it.getBoundingClientRect().bottom)")
    assert len(places) == 8
    assert len(set(places)) == 1


# What an element is followed by.
AFTER = "it => getComputedStyle(it, '::after').content"
# What is scrolled on a screen would be cut on paper.
CUT = """() => [...document.querySelectorAll("main, main *")].filter((each) =>
    getComputedStyle(each).overflow !== "visible" && !each.matches(".visually-hidden, .pill") &&
    (each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)
).map((each) => each.outerHTML.slice(0, 100))"""


def lightness(colour: str) -> float:
    """Of a colour as browsers compute it: oklch(0.995 …)."""
    return float(colour.removeprefix("oklch(").split()[0])


def test_it_is_printed(page, decided):
    page.goto(PAGE)
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [390, 720])
def test_nothing_runs_out_of_a_narrow_screen(page, decided, width):
    page.set_viewport_size({"width": width, "height": 844})
    for address in (LIST, PAGE):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_axe_finds_nothing(open_page: Page, decided, subtests):  # noqa: F811
    for address in (LIST, f"{LIST}?agent=nobody", PAGE):
        with subtests.test(address):
            open_page.goto(address)
            assert violations(open_page) == ""
