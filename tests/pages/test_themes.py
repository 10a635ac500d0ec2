import pytest
from playwright.sync_api import expect

from tests.kit.forests import SHAPES
from tests.ui.test_trace_tree import store
from tests.ui.traces import TRACE_ID, save_trace, small_run, span

pytestmark = pytest.mark.browser
LIST = "/p/shop/traces/"
PAGE = f"{LIST}{TRACE_ID.hex}/"
SPAN = f"{PAGE}?span={2:016x}"


def background(page):
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_the_theme_is_the_systems_until_chosen_and_then_stays(page, shop):
    page.emulate_media(color_scheme="dark")
    page.goto(LIST)
    dark = background(page)
    button = page.get_by_role("button", name="Change the theme")
    button.click()
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert background(page) != dark
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "light"
    button.click()
    assert background(page) == dark
    button.click()
    assert page.locator("html").get_attribute("data-theme") is None


@pytest.mark.parametrize("address", [LIST, PAGE, SPAN, "/login/"])
@pytest.mark.parametrize("width", [390, 720])
def test_nothing_runs_out_of_a_narrow_screen(page, shop, address, width):
    save_trace(shop, *small_run(), name="a name that is much longer than the screen is wide " * 4)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_panel_is_a_sheet_on_a_narrow_screen(page, shop):
    save_trace(shop, *small_run())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(PAGE)
    page.get_by_role("link", name="chat").click()
    expect(page.locator("#panel").get_by_text("How many cats?").first).to_be_in_viewport()
    page.get_by_role("link", name="Close the panel").click()
    expect(page.locator("#panel").get_by_text("How many cats?").first).to_be_hidden()


def test_without_script_all_is_readable(browser, live_server, shop):
    save_trace(shop, *small_run())
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(LIST)
    page.locator('a[title="planner"]').click()
    page.get_by_role("link", name="chat").click()
    expect(page.locator("#panel").get_by_text("How many cats?").first).to_be_visible()
    expect(page.get_by_role("button", name="Change the theme")).to_be_hidden()
    context.close()


def test_forced_colours_still_tell_the_selected_row(page, shop):
    save_trace(shop, *small_run())
    page.emulate_media(forced_colors="active")
    page.goto(SPAN)
    outlines = page.locator("[role=treegrid] > tbody > tr").evaluate_all(
        "rows => rows.map(row => getComputedStyle(row).outlineStyle)"
    )
    assert outlines == ["none", "solid", "none"]


@pytest.mark.parametrize("width", [390, 1280])
def test_what_a_deep_row_hides_can_be_opened_beside_the_panel(page, shop, width):
    agents = [
        span(2 * number, 2 * number - 2, name=f"invoke_agent agent-{chr(96 + number)}")
        for number in range(1, 20)
    ]
    beside = [span(2 * number + 1, 2 * number, name="think") for number in range(1, 20)]
    save_trace(shop, *agents, *beside)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{PAGE}?span={38:016x}&shut={36:016x}")
    twist = page.locator(f"#s-{36:016x} a.twist")
    assert twist.evaluate("link => link.clientWidth") >= 16
    twist.click()
    expect(page.locator(f"#s-{38:016x}")).to_have_attribute("aria-selected", "true")


def test_without_script_the_tree_opens_closes_and_is_gone_through(browser, live_server, shop):
    store(shop, SHAPES["loop"](3_000))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(PAGE)
    for fold in ("r2", "p1"):
        page.locator(f"tr[id^={fold}] a.twist").first.click()
        expect(page.locator(f"tr[id^={fold}]").first).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="rows below").click()
    page.get_by_role("link", name="rows above").click()
    page.locator("tr[id^=p1] a.twist").first.click()
    expect(page.locator("tbody tr[role=row]")).not_to_have_count(0)
    assert "shut=p1-" in page.url or "toggle=p1-" in page.url
    context.close()
