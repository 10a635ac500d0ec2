"""The views of one run in a browser: from its tree to transcript, graph and costs and back."""

import re

import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Content, ErrorClass, Kind, Message, Part, Status
from tests.kit.costs import call, span, tell, uuid

pytestmark = pytest.mark.browser
SECOND = 10**9
TRACE = f"/p/shop/traces/{uuid(1).hex}/"
LATE = {"status": Status.ERROR, "error_class": ErrorClass.TIMEOUT}


def says(role, text):
    return Message(role, [Part("text", text=text)])


def use(number, parent, result, **said):
    known = {"tool": "search", "name": "search", "content": Content({}, result=result)}
    return span(1, number, parent, number * SECOND, kind=Kind.TOOL, **known, **said)


def acting(number, name, parent, at):
    said = {"kind": Kind.AGENT, "agent": name, "name": name}
    return span(1, number, parent, at * SECOND, **said)


@pytest.fixture
def run(shop):
    """A lead that has a scout search, twice in vain; then a writer, and the lead again."""
    asked = Content(
        input_messages=[says("user", "Where is it warm?")],
        output_messages=[says("assistant", "I ask the scout.")],
    )
    found = Content(output_messages=[says("assistant", "It is warm in Lisbon.")])
    at = {number: {"after": number * SECOND} for number in range(1, 20)}
    tell(
        shop.pk,
        acting(1, "lead", 0, 1),
        call(1, 2, 1, "0.25", content=asked, name="chat", **at[2]),
        acting(3, "scout", 1, 3),
        use(4, 3, "", **LATE),
        use(5, 3, "", **LATE),
        call(1, 6, 3, "0.5", content=found, name="chat", **at[6]),
        acting(7, "writer", 0, 8),
        call(1, 8, 7, "0.125", name="chat", **at[9]),
        acting(9, "lead", 0, 11),
        call(1, 10, 9, "0.125", name="chat", **at[12]),
    )


def view(page, name):
    return page.get_by_role("navigation", name="Views of this run").get_by_role("link", name=name)


def panel(page):
    return page.get_by_role("complementary", name="Selected span")


# How the scout is selected on each view, and where it is then.
SELECTED = {
    "Tree": ("tr a.label >> text=scout", 'tr[aria-selected="true"] a.label'),
    "Transcript": (
        '.turn[aria-label*="scout"] > header a',
        '.turn[aria-current="true"] >> text=It is warm in Lisbon.',
    ),
    "Graph": (
        "a.node .name >> text=scout",
        ".node[aria-current] .name >> text=scout >> visible=true",
    ),
    "Costs": (".box >> text=scout", ".box[aria-current] >> text=scout"),
}


@pytest.mark.parametrize("first", SELECTED)
def test_a_span_selected_on_one_view_is_selected_on_all_others(page, run, first):
    page.set_viewport_size({"width": 1280, "height": 360})
    for second in (name for name in SELECTED if name != first):
        page.goto(TRACE)
        view(page, first).click()
        page.locator(SELECTED[first][0]).first.click()
        expect(page.locator(SELECTED[first][1]).first).to_be_in_viewport()
        name = panel(page).get_by_role("heading").first.inner_text()
        span = page.locator("#panel").get_attribute("data-span")
        view(page, second).click()
        expect(view(page, second)).to_have_attribute("aria-current", "page")
        expect(page.locator(SELECTED[second][1]).first).to_be_in_viewport()
        expect(page.locator("#panel")).to_have_attribute("data-span", span)
        if second == "Tree":
            expect(page.locator(f"#s-{span}")).to_have_attribute("aria-selected", "true")
        expect(panel(page).get_by_role("heading").first).to_have_text(name)
        assert page.locator(SELECTED[second][1]).count() == 1


def test_the_panel_of_a_view_leads_on_closes_and_leaves_the_view_alone(page, run):
    page.goto(f"{TRACE}transcript/?agent=scout")
    page.locator(".turn > header a[data-select]").first.click()
    expect(panel(page).locator("h2")).to_contain_text("chat")
    expect(page).to_have_url(re.compile(r"agent=scout&span="))
    expect(page.locator(".turn[aria-current]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel(page).locator("h2")).to_have_count(0)
    expect(page.locator("[data-spot][aria-current]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"agent=scout&?$"))


def test_without_scripts_a_view_selects_by_links(browser, live_server, run):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{TRACE}graph/")
    page.locator("a.node", has_text="scout").first.click()
    expect(page.locator(".node[aria-current]:visible")).to_contain_text("scout")
    expect(panel(page).locator("h2")).to_contain_text("scout")
    context.close()


def test_from_a_line_of_the_graph_to_the_spans_behind_it(page, run):
    page.goto(f"{TRACE}graph/")
    expect(page.get_by_text("lead, writer lead to each other in a circle")).to_be_visible()
    page.get_by_role("link", name="scout → search (calls it): 2 times").first.click()
    behind = page.get_by_role("region", name="scout → search")
    expect(behind.get_by_role("row")).to_have_count(3)
    behind.get_by_role("link", name="search").first.click()
    expect(panel(page).get_by_role("heading", name="search")).to_be_visible()
    expect(page.locator(".call[aria-current]:visible")).to_contain_text("search")


def test_the_graph_by_keyboard(page, run):
    page.goto(f"{TRACE}graph/")
    page.locator("a.node").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".node[aria-current]:visible")).to_contain_text("lead")
    expect(panel(page).locator("h2")).to_contain_text("lead")


def test_everything_in_the_graph_has_a_name_and_a_role(page, run):
    page.goto(f"{TRACE}graph/")
    expect(page.get_by_role("group", name="Agents and tools of this run")).to_be_visible()
    for link in page.locator("svg.graph:visible a").all():
        assert link.evaluate("link => link.textContent.trim() || link.getAttribute('aria-label')")
        assert link.evaluate("link => link.tabIndex") == 0
    expect(page.get_by_role("region", name="Graph of agents and tools, scrolls")).to_be_visible()


def test_the_transcript_folds_sub_agents_and_shows_one_agent(page, run):
    page.goto(f"{TRACE}transcript/")
    expect(page.get_by_text("It is warm in Lisbon.")).to_be_visible()
    page.locator("details.sub > summary").click()
    expect(page.get_by_text("It is warm in Lisbon.")).to_be_hidden()
    expect(page.get_by_text("Where is it warm?")).to_be_visible()
    page.get_by_role("navigation", name="Whose turns").get_by_role("link", name="scout").click()
    expect(page.get_by_text("It is warm in Lisbon.")).to_be_visible()
    expect(page.get_by_text("Where is it warm?")).to_have_count(0)


@pytest.mark.parametrize("name", ["", "graph/", "transcript/", "costs/"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(page, run, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(TRACE + name)
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0
