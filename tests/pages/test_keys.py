"""The views of a run by keyboard alone: each stop is seen, and each leads somewhere and back."""

import pytest
from playwright.sync_api import Page, expect

from agentscope.pipeline import examine
from tests.pages.test_tree import PAGE, deep_run, enter, expect_focus, press, ready, says
from tests.ui.test_decision import guarded_run
from tests.ui.traces import TRACE_ID, save_trace

pytestmark = pytest.mark.browser
MOST_STOPS = 120
# The element that has the focus, and how its outline, or the line of a picture, is drawn.
STOP = """() => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const drawn = at.closest("svg") ? at.querySelector("rect, .line") : null;
    const width = drawn ? getComputedStyle(drawn).strokeWidth
        : getComputedStyle(at).outlineStyle !== "none" && getComputedStyle(at).outlineWidth;
    return [at.outerHTML.slice(0, 160), parseFloat(width), at.checkVisibility()];
}"""


@pytest.fixture
def run(shop) -> None:
    """An agent whose first try is turned down, and whose second one calls a tool."""
    save_trace(shop, *guarded_run())
    examine(shop.pk, TRACE_ID)


def stops(page: Page) -> list[tuple[str, float, bool]]:
    """What Tab goes through, from the top to the end of the page."""
    found: list[tuple[str, float, bool]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return found
        found.append(stop)
    pytest.fail("Tab never leaves the page")


VIEWS = ["", f"?span={4:016x}", "graph/", "transcript/", "costs/", "compare/", "?q=search"]


@pytest.mark.parametrize("view", VIEWS)
def test_each_stop_of_the_keyboard_is_seen(page, run, view):
    page.goto(PAGE + view)
    found = stops(page)
    assert len(found) > 10
    assert [html for html, width, is_visible in found if not (width >= 2 and is_visible)] == []
    assert "Skip to the content" in found[0][0]


def test_the_skip_link_leads_past_the_masthead(page, run):
    page.goto(PAGE)
    press(page, "Tab Enter Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_brackets_open_and_close_all_and_the_focus_stays_in_the_tree(page, shop):
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    enter(ready(page))
    press(page, "ArrowDown ]")
    says(page, "planner")
    expect_focus(page, "planner")
    page.reload()
    says(page, "planner")
    enter(ready(page))
    press(page, "[")
    says(page, "planner", "search", "fetch", "parse", "write")
    expect_focus(page, "planner")
    press(page, "ArrowDown ArrowLeft")
    says(page, "planner", "search", "write")
    assert "open=all" in page.url


def test_the_help_gives_the_focus_back(page, shop):
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    enter(ready(page))
    press(page, "ArrowDown ?")
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Escape")
    expect_focus(page, "search")
    expect(page.locator("#panel")).to_be_hidden()
    button = page.get_by_role("button", name="Keys")
    button.focus()
    press(page, "Enter")
    page.get_by_role("dialog").get_by_role("button", name="Close").press("Enter")
    expect(button).to_be_focused()


def test_from_the_box_to_a_hit_and_through_the_tabs_by_keys(page, run):
    page.goto(PAGE)
    enter(ready(page))
    press(page, "/")
    expect(page.get_by_role("searchbox", name="Find in this run")).to_be_focused()
    page.keyboard.type("again")
    press(page, "Enter")
    expect(page.locator("tr[data-hit]")).not_to_have_count(0)
    enter(ready(page))
    press(page, "h Enter")
    expect(page.locator("#panel h2")).to_contain_text("again")
    for name in ("Transcript", "Graph", "Costs", "Tree"):
        page.get_by_role("navigation", name="Views of this run").get_by_role(
            "link", name=name
        ).press("Enter")
        expect(page.locator("#panel h2")).to_contain_text("again")


@pytest.mark.parametrize(
    ("view", "link"),
    [("graph/", "a.node >> nth=0"), ("transcript/", ".turn a[data-select] >> nth=1")],
)
def test_a_span_is_chosen_in_each_view_by_enter_and_left_by_escape(page, run, view, link):
    page.goto(PAGE + view)
    page.locator(link).focus()
    press(page, "Enter")
    expect(page.locator("#panel[data-span]:not([data-span=''])")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert "span=" not in page.url
