import pytest
from playwright.sync_api import expect

from agentscope.traces.models import Trace
from agentscope.vocabulary import Kind, Meaning, Status
from tests.ui.traces import TRACE_ID, save_trace, small_run, span
from ui import stretches

pytestmark = pytest.mark.browser
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"


def deep_run():
    """planner ▸ (search ▸ (fetch, parse), write); parse failed."""
    failed = Meaning(Kind.TOOL, status=Status.ERROR)
    return [
        span(1, name="planner", meaning=Meaning(Kind.AGENT, agent="planner")),
        span(2, 1, name="search"),
        span(3, 2, name="fetch"),
        span(4, 2, name="parse", meaning=failed),
        span(5, 1, name="write"),
    ]


@pytest.fixture
def tree(page, shop):
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    expect(page.locator('tr[tabindex="0"]')).to_have_count(1)
    return page


def shown(page):
    return page.locator("tbody tr:visible a.label").evaluate_all(
        "links => links.map(link => link.lastChild.textContent)"
    )


def focused(page):
    return page.evaluate(
        "document.activeElement.closest('tr')?.querySelector('a.label')?.lastChild.textContent"
    )


def press(page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def enter(page) -> None:
    """The focus on the first row, as by Tab: it is the only stop in the tree."""
    page.locator('[role=treegrid] [tabindex="0"]').focus()


def test_collapsing_hides_what_is_beneath_and_remembers_inner_ones(tree):
    twist = tree.locator("tr:has(a.label:text-is('search')) .twist, tr .twist").nth(1)
    twist.click()
    assert shown(tree) == ["planner", "search", "write"]
    tree.locator(".twist").first.click()
    assert shown(tree) == ["planner"]
    tree.locator(".twist").first.click()
    assert shown(tree) == ["planner", "search", "write"]
    twist.click()
    assert shown(tree) == ["planner", "search", "fetch", "parse", "write"]


def test_the_keyboard_walks_the_tree(tree):
    enter(tree)
    for keys, where in [
        ("ArrowDown ArrowDown", "fetch"),
        ("ArrowLeft", "search"),
        ("ArrowLeft", "search"),
        ("ArrowDown", "write"),
        ("Home", "planner"),
        ("End", "write"),
        ("PageUp", "planner"),
    ]:
        press(tree, keys)
        assert focused(tree) == where, keys
    assert shown(tree) == ["planner", "search", "write"]
    expect(tree.locator('[role=treegrid] [tabindex="0"]')).to_have_count(1)


def test_cells_can_be_reached(tree):
    enter(tree)
    press(tree, "ArrowRight ArrowRight ArrowDown")
    assert tree.evaluate("document.activeElement.cellIndex") == 1
    assert focused(tree) == "search"
    press(tree, "Home ArrowLeft")
    assert tree.evaluate("document.activeElement.tagName") == "TR"


def test_all_can_be_opened_and_collapsed(tree):
    enter(tree)
    press(tree, "]")
    assert shown(tree) == ["planner"]
    press(tree, "[")
    assert len(shown(tree)) == 5


def test_failures_are_found_even_under_collapsed_rows(tree):
    enter(tree)
    press(tree, "] n")
    assert focused(tree) == "parse"
    assert len(shown(tree)) == 4 or "parse" in shown(tree)


def test_enter_opens_the_panel_and_escape_closes_it(tree):
    enter(tree)
    press(tree, "ArrowDown Enter")
    expect(tree.locator("#panel h2")).to_contain_text("search")
    assert f"span={2:016x}" in tree.url
    expect(tree.locator('tr[aria-selected="true"]')).to_have_count(1)
    assert focused(tree) == "search"
    press(tree, "Escape")
    expect(tree.locator("#panel")).to_be_hidden()
    assert "span=" not in tree.url
    assert focused(tree) == "search"


def test_selecting_swaps_the_panel_only(tree):
    tree.evaluate("document.querySelector('[role=treegrid]').same = true")
    tree.get_by_role("link", name="fetch").click()
    expect(tree.locator("#panel h2")).to_contain_text("fetch")
    tree.get_by_role("link", name="write").click()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    assert tree.evaluate("document.querySelector('[role=treegrid]').same")
    tree.reload()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    expect(tree.locator('tr[aria-selected="true"] a')).to_contain_text("write")


def test_a_span_that_is_not_there_is_said_to_be_missing(tree):
    tree.goto(f"{PAGE}?span={99:016x}")
    expect(tree.get_by_role("heading", name="This span is not here")).to_be_visible()
    tree.get_by_role("link", name="Close the panel").click()
    expect(tree.locator("#panel")).to_be_hidden()


def test_help_lists_the_keys(tree):
    enter(tree)
    press(tree, "?")
    expect(tree.get_by_role("dialog")).to_be_visible()
    press(tree, "Escape")
    expect(tree.get_by_role("dialog")).to_be_hidden()


def test_news_of_a_running_trace_leave_what_the_reader_did(page, shop):
    save_trace(shop, *deep_run(), state="running")
    page.goto(PAGE)
    page.locator("tr .twist").nth(1).click()
    page.get_by_role("link", name="write").click()
    expect(page.locator("#panel h2")).to_contain_text("write")
    generation = Trace.objects.get(trace_id=TRACE_ID).generation
    late = [span(6, 2, name="late"), span(7, 1, name="answer")]
    save_trace(shop, *late, state="running", spans=7, generation=generation + 1)
    expect(page.get_by_role("link", name="answer")).to_be_visible()
    assert shown(page) == ["planner", "search", "write", "answer"]
    assert focused(page) == "write"
    expect(page.locator('tr[aria-selected="true"] a')).to_contain_text("write")


def test_left_out_rows_load_when_opened(page, shop, monkeypatch):
    monkeypatch.setattr(stretches, "FIRST_ROWS", 3)
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    assert shown(page) == ["planner", "search", "write"]
    expect(page.get_by_text("2 more · 1 failed")).to_be_visible()
    enter(page)
    press(page, "ArrowDown ArrowRight")
    expect(page.get_by_role("link", name="parse")).to_be_visible()
    assert shown(page) == ["planner", "search", "fetch", "parse", "write"]
    assert focused(page) == "search"
    press(page, "ArrowLeft")
    assert shown(page) == ["planner", "search", "write"]


def test_siblings_that_were_left_out_load_in_place(page, shop, monkeypatch):
    monkeypatch.setattr(stretches, "FIRST_ROWS", 2)
    save_trace(shop, *small_run())
    page.goto(PAGE)
    assert shown(page) == ["planner", "chat"]
    page.get_by_role("link", name="1 more").click()
    expect(page.get_by_role("link", name="count")).to_be_visible()
    assert shown(page) == ["planner", "chat", "count"]
