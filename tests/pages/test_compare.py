"""Two runs beside each other, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Kind
from tests.kit.costs import agent, call, span, tell, uuid

pytestmark = pytest.mark.browser
SECOND = 10**9
LIST, PAGE = "/p/shop/traces/", f"/p/shop/traces/{uuid(2).hex}/"


@pytest.fixture
def two_runs(shop):
    """A run that searched, and after it one that fetched and cost more."""
    for trace, tool, usd in ((1, "search", "0.25"), (2, "fetch", "1.5")):
        said = {"kind": Kind.TOOL, "tool": tool, "name": tool}
        tell(
            shop.pk,
            agent(trace, 1, "lead", after=trace * SECOND),
            call(trace, 2, 1, usd, after=trace * SECOND),
            span(trace, 3, 1, 5 * SECOND, **said),
        )


def test_from_a_run_to_the_one_before_and_to_the_span_where_they_part(page, two_runs):
    page.goto(PAGE)
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", name="Of the same name")).to_be_visible()
    page.get_by_role("row", name="$0.2500").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(f"with={uuid(1).hex}"))
    whole = page.get_by_role("row", name="Cost $1.50 $0.2500 +$1.25")
    expect(whole).to_be_visible()
    parting = page.get_by_role("region", name="Where they part")
    expect(parting.get_by_text("this run goes on with fetch")).to_be_visible()
    parting.get_by_role("link", name="search").first.click()
    expect(page.locator("#panel h2")).to_contain_text("search")


def test_steps_are_sorted_by_links_and_fit_on_a_phone(page, two_runs):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{PAGE}compare/?with={uuid(1).hex}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    expect(page.get_by_text("only here", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Time ±").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Time ±")


def test_from_the_list_to_a_run_beside_the_one_before(page, two_runs):
    page.goto(LIST)
    page.locator(f"#t-{uuid(2).hex} a.vs").click()
    expect(page.get_by_role("heading", name="Where they part")).to_be_visible()
