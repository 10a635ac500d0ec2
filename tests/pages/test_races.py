"""Slow answers and hasty readers: what was asked for last is what the page shows in the end."""

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from agentscope.vocabulary import Kind, Meaning
from tests.pages.conftest import PATIENCE
from tests.pages.test_live_views import TRACE, begun, more, turn
from tests.pages.test_tree import PAGE, all_open, deep_run, enter, press, ready, row, until
from tests.ui.traces import save_trace, span

pytestmark = pytest.mark.browser
NOTHING_NEW = 204


class Slow:
    """Answers that the browser hears of only when `come` says so, though the server gave them at
    once."""

    def __init__(self, page: Page, part: str) -> None:
        self.page = page
        self.held: list[tuple[Route, APIResponse]] = []
        page.route(lambda url: part in url, self.hold)

    def hold(self, route: Route) -> None:
        answer = route.fetch()
        if answer.status == NOTHING_NEW:
            route.fulfill(response=answer)
        else:
            self.held.append((route, answer))

    def wait(self, count: int = 1) -> None:
        """Until so many requests were answered."""
        for _ in range(PATIENCE // 50):
            if len(self.held) >= count:
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"{len(self.held)} of {count} requests came")

    def come(self) -> None:
        for route, answer in self.held:
            route.fulfill(response=answer)
        self.held.clear()


@pytest.fixture
def tree(page, shop):
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    return ready(page)


@pytest.fixture
def many(page, shop):
    """Thousands of rows, all open, at their top."""
    return all_open(page, shop, 3_001)


def test_what_was_closed_just_before_scrolling_is_closed(many):
    slow = Slow(many, "toggle=")
    part = many.locator("tr[data-fold][id^=p]").first
    name = part.get_attribute("id")
    part.locator(".twist").click()
    slow.wait()
    many.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    many.wait_for_timeout(300)
    slow.come()
    expect(many.locator("#gap-above")).to_have_count(1)
    many.evaluate("scrollTo(0, 0)")
    expect(many.locator(f"#{name}")).to_have_attribute("aria-expanded", "false")


def test_two_branches_closed_in_haste_are_both_closed(page, shop):
    agents = [span(1, name="lead", meaning=Meaning(Kind.AGENT))]
    for number in (2, 3):
        agents.append(span(number, 1, name=f"agent {number}", meaning=Meaning(Kind.AGENT)))
        agents += [span(number * 10 + each, number, name=f"{number} {each}") for each in (1, 2)]
    save_trace(shop, *agents)
    page.goto(f"{PAGE}?open={2:016x}.{3:016x}")
    ready(page)
    slow = Slow(page, "toggle=")
    row(page, "agent 2").locator(".twist").click()
    slow.wait()
    row(page, "agent 3").locator(".twist").click()
    page.wait_for_timeout(200)
    slow.come()
    slow.wait()
    slow.come()
    expect(row(page, "agent 2")).to_have_attribute("aria-expanded", "false")
    expect(row(page, "agent 3")).to_have_attribute("aria-expanded", "false")
    page.reload()
    expect(row(page, "agent 2")).to_have_attribute("aria-expanded", "false")
    expect(row(page, "agent 3")).to_have_attribute("aria-expanded", "false")


def test_a_slow_panel_leaves_what_was_closed_meanwhile_in_the_address(tree):
    slow = Slow(tree, f"span={5:016x}")
    row(tree, "write").locator("a.label").click()
    slow.wait()
    row(tree, "search").locator(".twist").click()
    expect(row(tree, "search")).to_have_attribute("aria-expanded", "false")
    slow.come()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    assert f"span={5:016x}" in tree.url
    assert f"shut={2:016x}" in tree.url


def test_a_slow_tree_leaves_the_span_that_was_selected_meanwhile_in_the_address(tree):
    slow = Slow(tree, "toggle=")
    row(tree, "search").locator(".twist").click()
    slow.wait()
    row(tree, "write").locator("a.label").click()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    slow.come()
    expect(row(tree, "search")).to_have_attribute("aria-expanded", "false")
    assert f"span={5:016x}" in tree.url
    assert f"shut={2:016x}" in tree.url
    expect(row(tree, "write")).to_have_attribute("aria-selected", "true")


def test_a_panel_that_was_closed_before_another_one_came_stays_closed(tree):
    row(tree, "search").locator("a.label").click()
    expect(tree.locator("#panel h2")).to_contain_text("search")
    slow = Slow(tree, f"span={5:016x}")
    row(tree, "write").locator("a.label").click()
    slow.wait()
    tree.keyboard.press("Escape")
    expect(tree.locator("#panel")).to_be_hidden()
    slow.come()
    tree.wait_for_timeout(300)
    expect(tree.locator("#panel")).to_be_hidden()
    assert "span=" not in tree.url


def test_a_panel_that_comes_after_a_jump_is_not_in_the_address(tree):
    slow = Slow(tree, f"?span={5:016x}")
    row(tree, "write").locator("a.label").click()
    slow.wait()
    press(tree, "e")
    expect(tree.locator("#panel h2")).to_contain_text("parse")
    slow.come()
    tree.wait_for_timeout(300)
    expect(tree.locator("#panel h2")).to_contain_text("parse")
    assert f"span={4:016x}" in tree.url


def test_a_screen_that_grows_is_filled(many):
    many.set_viewport_size({"width": 1280, "height": 300})
    many.locator("tbody tr[role=row]").nth(60).evaluate("row => row.scrollIntoView()")
    many.wait_for_timeout(300)
    many.set_viewport_size({"width": 1280, "height": 2000})
    until(
        many,
        """() => [...document.querySelectorAll(".gap")]
            .map(gap => gap.getBoundingClientRect())
            .every(({top, bottom}) => top > innerHeight || bottom < 0)""",
    )


def test_after_going_back_to_a_place_of_the_page_the_keys_work(tree):
    row(tree, "search").locator("a.label").click()
    expect(tree.locator("#panel h2")).to_contain_text("search")
    tree.evaluate("location.hash = 'tree'")
    tree.go_back()
    tree.wait_for_timeout(500)
    ready(tree)
    enter(tree)
    press(tree, "ArrowDown")
    expect(tree.locator("tr:focus")).to_have_count(1)


@pytest.fixture
def workers(shop):
    return begun(shop)


CHOSEN = {
    "graph/": ("a.node .name >> text=worker {}", ".node[aria-current] .name"),
    "transcript/": ('.turn[aria-label*="worker {}"] > header a', ".turn[aria-current] strong"),
    "costs/": (".table a[data-select] >> text=worker {}", ".table tr[aria-current]"),
}


@pytest.mark.parametrize("view", CHOSEN)
def test_news_that_come_late_leave_the_mark_where_the_reader_went_meanwhile(page, workers, view):
    link, marked = CHOSEN[view]
    page.goto(TRACE + view)
    page.locator(link.format("a")).first.click()
    expect(page.locator("#panel h2")).to_be_visible()
    slow = Slow(page, "seen=")
    more(workers, turn(600, 1, "0.25", "Late."))
    slow.wait()
    page.locator(link.format("b")).first.click()
    expect(page.locator(marked).first).to_contain_text("worker b")
    slow.come()
    expect(page.locator(".headline")).to_contain_text("$1.75")
    expect(page.locator(marked).first).to_contain_text("worker b")


@pytest.mark.parametrize("view", CHOSEN)
def test_the_span_that_was_chosen_last_is_shown_and_a_closed_panel_stays_closed(
    page, workers, view
):
    link, _ = CHOSEN[view]
    page.goto(TRACE + view)
    page.locator(link.format("a")).first.click()
    expect(page.locator("#panel h2")).to_be_visible()
    slow = Slow(page, "span=")
    page.locator(link.format("b")).first.click()
    slow.wait()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    slow.come()
    page.wait_for_timeout(300)
    expect(page.locator("#panel")).to_be_hidden()
    assert "span=" not in page.url
