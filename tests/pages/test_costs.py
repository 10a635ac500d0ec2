import pytest
from playwright.sync_api import expect

from agentscope.vocabulary import Kind
from tests.kit.costs import DAY_NS, agent, call, span, tell

pytestmark = pytest.mark.browser
COSTS = "/p/shop/costs/?since=2026-11-25&until=2026-11-26"


@pytest.fixture
def told(shop):
    """A planner that asks a searcher, and a writer on the day after."""
    tell(
        shop.pk,
        agent(1, 1, "planner"),
        call(1, 2, 1, "0.5", name="think"),
        span(1, 3, 1, kind=Kind.TOOL, tool="search"),
        agent(1, 4, "searcher", 3),
        call(1, 5, 4, "0.25", name="look"),
        agent(2, 1, "writer", after=DAY_NS),
        call(2, 2, 1, "0.1", after=DAY_NS),
    )
    return shop


def test_from_the_legend_down_to_a_call(page, told):
    page.goto(COSTS)
    page.locator(".legend").get_by_role("link", name="searcher").click()
    expect(page.get_by_title("Remove this filter")).to_contain_text("searcher")
    page.get_by_role("navigation", name="Ways to look at it").get_by_role(
        "link", name="Calls"
    ).click()
    page.get_by_role("link", name="look").click()
    expect(page.get_by_role("treegrid")).to_be_visible()
    expect(page.locator("[data-span='0000000000000005']")).to_be_visible()


def test_a_box_of_a_path_looks_into_it(page, told):
    page.goto(COSTS + "&view=paths")
    page.locator(".icicle").get_by_role("link", name="planner").click()
    expect(page.get_by_title("Remove this filter")).to_contain_text("planner")
    expect(page.locator(".icicle .box")).to_have_count(2)


def test_a_choice_shows_at_once_and_stays_in_the_address(page, told):
    page.goto(COSTS)
    page.get_by_label("Group by").select_option("model")
    expect(page.get_by_role("columnheader", name="Model", exact=True)).to_be_visible()
    assert "by=model" in page.url


def test_what_if(page, told):
    page.goto(COSTS + "&view=what-if")
    page.get_by_label("The same calls on").fill("openai/gpt-4o")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("columnheader", name="On openai/gpt-4o")).to_be_visible()


@pytest.mark.parametrize("view", ["groups", "paths", "calls", "what-if"])
def test_nothing_overflows_a_small_screen(page, told, view: str):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{COSTS}&view={view}")
    expect(page.get_by_role("navigation", name="Ways to look at it")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_which_agent_spent_it_in_three_clicks_without_script(browser, live_server, told):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(COSTS)
    page.get_by_role("link", name="calls of searcher").click()
    page.get_by_role("link", name="look", exact=True).click()
    panel = page.get_by_role("complementary", name="Selected span")
    expect(panel.get_by_role("heading", name="look")).to_be_visible()
    expect(panel.get_by_text("$0.25").first).to_be_visible()
    context.close()


def test_the_form_works_without_script(browser, live_server, told):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(COSTS)
    page.get_by_label("Group by").select_option("tool")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Tool", exact=True)).to_be_visible()
    context.close()


def test_back_and_reload_show_what_was_shown(page, told):
    page.goto(COSTS)
    page.get_by_label("Group by").select_option("model")
    expect(page.get_by_role("columnheader", name="Model", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Group by")).to_have_value("model")
    page.go_back()
    expect(page.get_by_role("columnheader", name="Agent", exact=True)).to_be_visible()
    expect(page.get_by_label("Group by")).to_have_value("agent")


def test_a_box_has_the_colour_of_its_agent_in_the_legend(page, told):
    page.goto(COSTS + "&view=paths")
    colour = "node => getComputedStyle(node).getPropertyValue('--series')"
    for name in ("planner", "searcher", "writer"):
        legend = page.locator(".legend a").filter(has_text=name).locator("i")
        box = page.locator(".icicle .box").filter(has_text=name)
        assert legend.evaluate(colour) == box.evaluate(colour)
