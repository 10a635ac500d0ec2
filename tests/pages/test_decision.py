"""A decision in a browser: read it, go to what was rejected and back."""

import pytest
from playwright.sync_api import expect

from agentscope.pipeline import examine
from tests.ui.test_decision import PAGE, guarded_run
from tests.ui.traces import TRACE_ID, save_trace

pytestmark = pytest.mark.browser


@pytest.fixture
def guarded(shop):
    save_trace(shop, *guarded_run())
    examine(shop.pk, TRACE_ID)


def test_from_a_decision_to_what_was_rejected_and_back(page, guarded):
    page.goto(PAGE)
    page.get_by_role("link", name="model call: again").click()
    panel = page.get_by_role("complementary", name="Selected span")
    expect(panel.get_by_role("heading", name="The decision")).to_be_visible()
    rejected = panel.locator("dt", has_text="Rejected").locator("xpath=following-sibling::dd[1]")
    expect(rejected).to_contain_text("Spent in vain: $0.0035")
    rejected.get_by_role("link", name="try").click()
    expect(page.locator('tr[aria-selected="true"]')).to_contain_text("rejected, $0.0035")
    panel.locator("p.gone").get_by_role("link", name="again").click()
    expect(page.locator('tr[aria-selected="true"]')).to_contain_text("again")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rejected_work_is_struck_through_in_every_theme(page, guarded, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(PAGE)
    label = page.locator("tr[data-rejected] .label")
    expect(label).to_have_css("text-decoration-line", "line-through")
    expect(page.locator("tr[data-rejected]")).to_have_count(1)


def test_a_decision_fits_a_narrow_screen(page, guarded):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{PAGE}?span={4:016x}")
    section = page.locator("section.decision")
    expect(section).to_be_visible()
    assert section.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_without_colours_it_is_told_all_the_same(page, guarded):
    page.emulate_media(forced_colors="active")
    page.goto(f"{PAGE}?span={2:016x}")
    expect(page.locator("tr[data-rejected] .label")).to_have_css(
        "text-decoration-line", "line-through"
    )
    expect(page.locator("section.decision")).to_contain_text("In its place")
