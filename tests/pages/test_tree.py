"""The tree of a trace under the hands of a reader: mouse, keys, scrolling."""

import numpy as np
import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Flag, Kind, Meaning, Status
from tests.kit.forests import SHAPES, forest
from tests.pages.conftest import PATIENCE
from tests.ui.test_trace_tree import store
from tests.ui.traces import TRACE_ID, save_trace, span

pytestmark = pytest.mark.browser
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
MOST_ROWS = 2_000


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


def ready(page):
    expect(page.locator('tr[tabindex="0"]')).to_have_count(1)
    return page


@pytest.fixture
def tree(page, shop):
    save_trace(shop, *deep_run())
    page.goto(PAGE)
    return ready(page)


def shown(page):
    return page.locator("tbody tr:visible a.label").evaluate_all(
        "links => links.map(link => link.lastChild.textContent)"
    )


def row(page, name):
    return page.locator(f'tr[role=row]:has(a.label[title^="{name}"])').first


def expect_rows(page, *names):
    """Waits until the tree shows these rows."""
    expect(page.locator("tbody tr a.label")).to_have_text([f": {name}" for name in names])


def comes_to(page, look, wanted):
    """Waits until what a look at the page gives is what is wanted."""
    for _ in range(PATIENCE // 100):
        if look() == wanted:
            return
        page.wait_for_timeout(100)
    assert look() == wanted


def says(page, *names):
    comes_to(page, lambda: shown(page), list(names))


def expect_focus(page, name):
    """Waits until the row of this name, or a cell of it, has the focus."""
    expect(page.locator("tr:focus, tr:focus-within").locator("a.label")).to_have_attribute(
        "title", name
    )


def press(page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def enter(page) -> None:
    """The focus on the first row, as by Tab: it is the only stop in the tree."""
    page.locator('[role=treegrid] [tabindex="0"]').focus()


def test_closing_hides_what_is_beneath_and_remembers_inner_ones(tree):
    row(tree, "search").locator(".twist").click()
    says(tree, "planner", "search", "write")
    expect(row(tree, "search")).to_have_attribute("aria-expanded", "false")
    row(tree, "planner").locator(".twist").click()
    says(tree, "planner")
    row(tree, "planner").locator(".twist").click()
    says(tree, "planner", "search", "write")
    row(tree, "search").locator(".twist").click()
    says(tree, "planner", "search", "fetch", "parse", "write")
    expect(row(tree, "search")).to_have_attribute("aria-expanded", "true")


def test_what_is_open_and_selected_is_in_the_address(tree):
    row(tree, "write").locator("a.label").click()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    row(tree, "search").locator(".twist").click()
    says(tree, "planner", "search", "write")
    expect(row(tree, "write")).to_have_attribute("aria-selected", "true")
    row(tree, "search").locator("a.label").click()
    expect(tree.locator("#panel h2")).to_contain_text("search")
    tree.reload()
    says(tree, "planner", "search", "write")
    expect(row(tree, "search")).to_have_attribute("aria-selected", "true")
    tree.get_by_role("link", name="Close the panel").click()
    expect(tree.locator("#panel")).to_be_hidden()
    tree.reload()
    says(tree, "planner", "search", "write")
    assert "span=" not in tree.url


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
        ("PageDown", "write"),
        ("ArrowUp ArrowRight ArrowDown", "fetch"),
        ("ArrowLeft ArrowLeft ArrowLeft", "planner"),
    ]:
        press(tree, keys)
        expect_focus(tree, where)
    says(tree, "planner", "search", "write")
    expect(tree.locator('[role=treegrid] [tabindex="0"]')).to_have_count(1)


def test_cells_can_be_reached(tree):
    enter(tree)
    press(tree, "ArrowRight ArrowRight ArrowDown")
    expect_focus(tree, "search")
    assert tree.evaluate("document.activeElement.cellIndex") == 1
    press(tree, "Home ArrowLeft")
    expect(tree.locator("tr:focus")).to_have_count(1)


def test_enter_opens_the_panel_and_escape_closes_it(tree):
    enter(tree)
    press(tree, "ArrowDown Enter")
    expect(tree.locator("#panel h2")).to_contain_text("search")
    assert f"span={2:016x}" in tree.url
    expect(tree.locator('tr[aria-selected="true"]')).to_have_count(1)
    expect_focus(tree, "search")
    press(tree, "Escape")
    expect(tree.locator("#panel")).to_be_hidden()
    assert "span=" not in tree.url
    expect_focus(tree, "search")


def test_selecting_swaps_the_panel_only(tree):
    tree.evaluate("document.querySelector('[role=treegrid]').same = true")
    tree.get_by_role("link", name="fetch").click()
    expect(tree.locator("#panel h2")).to_contain_text("fetch")
    tree.get_by_role("link", name="write").click()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    assert tree.evaluate("document.querySelector('[role=treegrid]').same")
    tree.reload()
    expect(tree.locator("#panel h2")).to_contain_text("write")
    expect(tree.locator('tr[aria-selected="true"] a.label')).to_contain_text("write")


def test_a_span_that_is_not_there_is_said_to_be_missing(tree):
    tree.goto(f"{PAGE}?span={99:016x}")
    expect(tree.get_by_role("heading", name="This span is not here")).to_be_visible()
    tree.get_by_role("link", name="Close the panel").click()
    expect(tree.locator("#panel")).to_be_hidden()


def test_help_lists_every_key(tree):
    enter(tree)
    press(tree, "?")
    expect(tree.get_by_role("dialog")).to_be_visible()
    keys = tree.locator("dialog#help kbd").all_text_contents()
    names = {"↑", "↓", "→", "←", "Home", "End", "Page Up", "Page Down", "Enter", "Esc"}
    assert set(keys) == names | set("nNeEhH$/?[]")
    press(tree, "Escape")
    expect(tree.get_by_role("dialog")).to_be_hidden()


def scattered_run():
    """A wide team whose failures lie in closed agents, far from each other."""
    bad, agent = Meaning(Kind.TOOL, status=Status.ERROR), Meaning(Kind.AGENT)
    names = [f"agent {chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60)]
    run = [span(1, name="team", meaning=agent)]
    run += [span(n + 2, 1, name=names[n], meaning=agent) for n in range(60)]
    run += [span(100 + n, n + 2, name=f"tidy {names[n]}") for n in range(60)]
    return [*run, span(200, 40, name="lost", meaning=bad), span(201, 59, name="late", meaning=bad)]


def test_failures_are_found_in_branches_that_are_not_loaded_and_closed_ones(page, shop):
    save_trace(shop, *scattered_run())
    page.goto(PAGE)
    enter(ready(page))
    press(page, "e")
    expect_focus(page, "lost")
    expect(page.locator("#panel h2")).to_contain_text("lost")
    press(page, "ArrowLeft ArrowLeft")
    expect(page.get_by_role("link", name="lost")).to_have_count(0)
    for where in ("lost", "late", "lost"):
        press(page, "e")
        expect_focus(page, where)
    press(page, "E")
    expect_focus(page, "late")
    expect(page.locator('tr[aria-selected="true"]')).to_have_count(1)
    page.reload()
    expect(page.locator('tr[aria-selected="true"] a.label')).to_contain_text("late")


def test_without_findings_nobody_goes_to_one_but_to_dear_steps(page, shop):
    store(shop, SHAPES["team"](2_000))
    page.goto(PAGE)
    enter(ready(page))
    press(page, "n")
    status = page.locator("#status")
    expect(status).to_have_text("There is no other one.")
    expect(status).to_be_in_viewport()
    press(page, "$")
    expect(status).to_be_hidden()
    expect(page.locator("tr:focus[data-agent]")).to_have_attribute("aria-level", "3")


@pytest.fixture
def giant(page, shop):
    """A hundred thousand rows, all open, at their top."""
    return all_open(page, shop, 100_001)


def all_open(page, shop, rows):
    """A page of a loop of so many rows, all open, at their top."""
    store(shop, SHAPES["loop"](rows))
    page.goto(PAGE)
    fold = page.locator("tr[data-fold]").first.get_attribute("id")
    page.goto(f"{PAGE}?open={fold}")
    parts = page.locator("tr[data-fold][id^=p]").evaluate_all("rows => rows.map(row => row.id)")
    page.goto(f"{PAGE}?open={'.'.join([fold, *parts])}")
    return ready(page)


def until(page, script):
    """Waits until a script says so; scripts of the test are no scripts of the page."""
    for _ in range(PATIENCE // 100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never: {script}")


def on_screen(page):
    """The positions of the rows that the screen shows, top to bottom."""
    return page.evaluate(
        """() => [...document.querySelectorAll("tbody tr[role=row]")]
            .filter(row => row.getBoundingClientRect().bottom > 60)
            .filter(row => row.getBoundingClientRect().top < innerHeight)
            .map(row => Number(row.ariaRowIndex) - 1)"""
    )


def total(page):
    return int(page.locator("[role=treegrid]").get_attribute("aria-rowcount")) - 1


def test_scrolling_through_a_hundred_thousand_rows_shows_the_right_ones(giant):
    rows = total(giant)
    assert rows > 100_000
    height = giant.evaluate("document.documentElement.scrollHeight")
    most = 0
    for part in (0.03, 0.25, 0.5, 0.51, 0.9, 1.0, 0.1, 0.0):
        giant.evaluate(f"scrollTo(0, {height * part})")
        until(
            giant,
            """() => { const box = document.querySelector("tbody").getBoundingClientRect();
                const middle = document.elementFromPoint(300, innerHeight / 2);
                return Boolean(middle?.closest("tr[role=row]")) || box.top > innerHeight / 2; }""",
        )
        seen = on_screen(giant)
        assert seen == list(range(seen[0], seen[0] + len(seen)))
        assert abs(seen[len(seen) // 2] - part * rows) < 0.02 * rows
        most = max(most, giant.locator("tr").count())
    assert most <= MOST_ROWS
    assert abs(giant.evaluate("document.documentElement.scrollHeight") - height) < 0.01 * height


def test_a_very_high_screen_is_filled_from_its_top(giant):
    giant.set_viewport_size({"width": 1280, "height": 3_000})
    for part in (0.5, 0.2):
        giant.evaluate(f"scrollTo(0, {part} * document.documentElement.scrollHeight)")
        until(
            giant,
            """() => [100, 1500, 2600].every(y =>
                document.elementFromPoint(300, y)?.closest("tr[role=row]"))""",
        )
        seen = on_screen(giant)
        assert seen == list(range(seen[0], seen[0] + len(seen)))
    place = giant.locator("tr[role=row]").nth(100)
    position = int(place.get_attribute("aria-rowindex"))
    place.locator("td").nth(1).click()
    press(giant, "ArrowDown PageDown")
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", str(position + 11))
    expect(giant.locator("tr:focus")).to_be_in_viewport()


def test_keys_go_through_a_hundred_thousand_rows_and_keep_the_focus(giant):
    enter(giant)
    press(giant, "End")
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", str(total(giant) + 1))
    press(giant, "PageUp PageUp ArrowUp")
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", str(total(giant) - 20))
    press(giant, "Home")
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", "2")
    press(giant, " ".join(["PageDown"] * 30))
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", "302")
    expect(giant.locator("tr:focus")).to_be_in_viewport()
    assert giant.locator("tr").count() <= MOST_ROWS
    press(giant, "e")
    expect(giant.locator("tr:focus a.label")).to_have_count(1)
    expect(giant.locator("tr:focus")).to_have_attribute("aria-rowindex", str(total(giant) + 1))


def test_on_a_narrow_screen_the_columns_reach_its_edge_beside_a_gap(giant):
    giant.set_viewport_size({"width": 390, "height": 800})
    expect(giant.locator(".gap").first).to_be_attached()
    ends = "cells => cells.map(cell => cell.getBoundingClientRect().right)"
    edge = max(giant.locator("thead th:visible").evaluate_all(ends))
    assert edge == pytest.approx(390, abs=2)


def noted(page, shop):
    """Agents within agents that call `search_orders`, which fails, has a wrong clock and much
    plumbing below."""
    hidden = 158
    parents = [-1, 0, 1, 2, *[3] * (hidden + 1)]
    kind = [Kind.AGENT] * 3 + [Kind.TOOL] + [Kind.CHAIN] * hidden + [Kind.TOOL]
    names = ("search_orders", "RunnableLambda")
    said = {"name": [1] * 4 + [2] * hidden + [1], "kind": kind, "tool": [0] * 3 + [1] + [0] * 159}
    status, flags = np.zeros(len(parents), np.uint8), np.zeros(len(parents), np.int32)
    status[3], flags[3] = Status.ERROR, Flag.CLOCK_SUSPECT | Flag.CONFLICT
    store(shop, forest(parents, names, status=status, flags=flags, **said))
    page.goto(f"{PAGE}?open=all")
    return ready(page)


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_narrow_screen_a_name_is_read_whole_beside_what_is_said_of_it(page, shop, width):
    tree = noted(page, shop)
    tree.set_viewport_size({"width": width, "height": 800})
    labels = tree.locator("tr[role=row] .label")
    assert labels.count() == 5
    told = tree.locator("tr[data-failed] .name").last
    for words in ("failed", "+158 folded"):
        expect(told.get_by_text(words)).to_be_in_viewport(ratio=1)
    for label in labels.all():
        shown, whole = label.evaluate("label => [label.clientWidth, label.scrollWidth]")
        assert whole <= shown
        expect(label).to_be_in_viewport(ratio=1)
    heights = "rows => rows.map(row => row.getBoundingClientRect().height)"
    assert len(set(tree.locator("tbody tr").evaluate_all(heights))) == 1


def test_the_focus_stays_in_the_tree_when_its_row_is_scrolled_away(giant):
    enter(giant)
    giant.evaluate("scrollTo(0, 500000)")
    expect(giant.locator("#gap-above")).to_have_count(1)
    expect(giant.locator("tr:focus")).to_have_count(1)
    press(giant, "ArrowDown")
    expect(giant.locator("tr:focus")).to_be_in_viewport()


def test_twenty_thousand_levels_are_gone_down(page, shop):
    store(shop, SHAPES["deep"](20_000))
    page.goto(PAGE)
    enter(ready(page))
    press(page, "ArrowDown ArrowRight End")
    expect(page.locator("tr:focus")).to_have_attribute("aria-level", "20001")
    press(page, "ArrowLeft")
    expect(page.locator("tr:focus")).to_have_attribute("aria-level", "20000")
