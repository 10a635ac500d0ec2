"""Finding in a run, filtering and zooming, in a browser."""

import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Content, Kind, Meaning, Status
from tests.ui.traces import TRACE_ID, save_trace, span

pytestmark = pytest.mark.browser
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"
WIDE_LETTERS = "".join(chr(ord(letter) + 0xFEE0) for letter in "lisbon")


@pytest.fixture
def run(page, shop):
    """A lead with a scout, whose second tool says "lisbon" and whose last one failed."""
    said = Meaning(Kind.TOOL, tool="look", content=Content(result="Lisbon is warm"))
    failed = Meaning(Kind.TOOL, tool="fetch", status=Status.ERROR)
    save_trace(
        shop,
        span(1, name="lead", meaning=Meaning(Kind.AGENT, agent="lead")),
        span(2, 1, name="scout", meaning=Meaning(Kind.AGENT, agent="scout")),
        span(3, 2, name="walk", meaning=Meaning(Kind.TOOL, tool="walk")),
        span(4, 2, name="look", meaning=said),
        span(5, 1, name="fetch", meaning=failed),
    )
    page.goto(PAGE)
    return page


def shown(page):
    return page.locator("tbody tr a.label").evaluate_all(
        "links => links.map(link => link.lastChild.textContent)"
    )


def hits(page):
    return page.locator("tr[data-hit] a.label").evaluate_all(
        "links => links.map(link => link.lastChild.textContent)"
    )


def test_a_search_goes_on_by_itself_and_marks_its_rows(run):
    run.get_by_role("searchbox", name="Find in this run").fill("lisbon")
    run.keyboard.press("Enter")
    expect(run.locator("#inside")).to_contain_text("Searched what 5 of 5 spans say, 1 hit there")
    expect(run.locator("tr[data-hit]")).to_have_count(1)
    assert hits(run) == ["look"]
    expect(run.locator("#sought .hits")).to_contain_text("1 hit")
    assert "q=lisbon" in run.url


def test_hits_are_reached_by_link_and_by_key_through_closed_rows(run):
    run.goto(f"{PAGE}?q=lisbon&shut={2:016x}")
    expect(run.locator("tr", has_text="scout")).to_contain_text("1 hit")
    run.get_by_role("link", name="Next hit").click()
    expect(run.locator('tr[aria-selected="true"]')).to_contain_text("look")
    expect(run.locator("#panel h2")).to_contain_text("look")
    run.locator("tbody tr").first.locator("td").first.click(position={"x": 5, "y": 5})
    run.keyboard.press("h")
    expect(run.locator('tr[aria-selected="true"]')).to_contain_text("look")


def test_a_filter_leaves_out_and_brings_back_and_keeps_what_was_closed(run):
    run.locator("tr", has_text="scout").locator(".twist").click()
    expect(run.locator("tbody tr")).to_have_count(3)
    run.get_by_role("link", name="Errors 1").click()
    expect(run.locator("tbody tr")).to_have_count(2)
    assert shown(run) == ["lead", "fetch"]
    expect(run.locator("#sought")).to_contain_text("1 matches, 3 rows left out")
    assert "show=errors" in run.url
    run.reload()
    assert shown(run) == ["lead", "fetch"]
    run.get_by_role("link", name="Show all").click()
    expect(run.locator("tbody tr")).to_have_count(3)
    assert "show=" not in run.url


def test_one_agent_is_chosen_at_once(run):
    run.get_by_label("Of one agent").select_option("scout")
    expect(run.locator("#sought")).to_contain_text("match")
    assert "show=agent" in run.url


def test_dragging_over_the_head_of_the_lane_zooms(run):
    head = run.locator("th[data-knots]")
    box = head.bounding_box()
    run.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 5)
    run.mouse.down()
    run.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 5)
    run.mouse.up()
    expect(run.get_by_role("link", name="Whole run")).to_be_visible()
    assert "zoom=" in run.url
    run.get_by_role("link", name="Whole run").click()
    expect(run.get_by_role("link", name="Whole run")).to_have_count(0)
    assert "zoom=" not in run.url


def test_the_critical_path_is_drawn_on_demand(run):
    expect(run.locator(".way")).to_have_count(0)
    run.get_by_role("link", name="Critical path").click()
    expect(run.locator("#sought")).to_contain_text("decided when")
    assert run.locator(".way").count() > 0


def test_what_went_wrong_leads_to_its_span(run):
    causes = run.get_by_role("region", name="What went wrong")
    causes.get_by_text("1 error that did not stop what lies above").click()
    causes.get_by_role("link", name="fetch").click()
    expect(run.locator("#panel h2")).to_contain_text("fetch")


@pytest.mark.parametrize("words", ["LISBON", "lisbon warm", '"is warm"', WIDE_LETTERS])
def test_case_width_and_order_do_not_matter(run, words):
    run.get_by_role("searchbox", name="Find in this run").fill(words)
    run.keyboard.press("Enter")
    expect(run.locator("tr[data-hit]")).to_have_count(1)
    assert hits(run) == ["look"]


@pytest.mark.parametrize("words", ["%", "lisb_n", '"warm is"', "里斯本"])
def test_no_word_is_a_pattern(run, words):
    run.get_by_role("searchbox", name="Find in this run").fill(words)
    run.keyboard.press("Enter")
    expect(run.locator("#inside")).to_contain_text("Searched what 5 of 5 spans say, 0 hits there")
    expect(run.locator("tr[data-hit]")).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(run, width):
    run.set_viewport_size({"width": width, "height": 800})
    run.goto(f"{PAGE}?q=lisbon&show=tools&path=critical&zoom=1-900")
    assert run.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_a_growing_run_says_later_is_found_without_asking_again(page, shop):
    lead = span(1, name="lead", meaning=Meaning(Kind.AGENT, agent="lead"))
    save_trace(shop, lead, state="running")
    page.goto(f"{PAGE}?q=lisbon")
    expect(page.locator("#inside")).to_contain_text("Searched what 1 of 1 spans say, 0 hits there")
    expect(page.locator("#inside a")).to_have_count(0)
    said = Meaning(Kind.TOOL, tool="look", content=Content(result="Lisbon is warm"))
    save_trace(shop, span(4, 1, name="look", meaning=said), state="running", spans=2)
    expect(page.locator("#inside")).to_contain_text("1 hit there")
    expect(page.locator("tr[data-hit]")).to_have_count(1)


def test_a_search_keeps_the_span_that_is_selected_by_now(run):
    run.locator("a.label", has_text="look").click()
    expect(run.locator("#panel h2")).to_contain_text("look")
    run.get_by_role("searchbox", name="Find in this run").fill("warm")
    run.keyboard.press("Enter")
    expect(run.locator("#inside")).to_contain_text("1 hit there")
    expect(run.locator("#panel h2")).to_contain_text("look")
    run.keyboard.press("Escape")
    expect(run.locator("#panel")).not_to_have_attribute("data-shown", "")
    run.get_by_role("button", name="Find", exact=True).click()
    expect(run.locator("#inside")).to_contain_text("1 hit there")
    assert "span" not in run.url


def test_the_lane_does_not_lead_to_a_span_that_was_selected_before(run):
    run.goto(f"{PAGE}?span={4:016x}")
    way = run.get_by_role("link", name="To the selected span")
    expect(way).to_be_visible()
    run.locator("a.label", has_text="walk").click()
    expect(way).to_have_count(0)
