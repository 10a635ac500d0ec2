"""The row of pages on a narrow screen, where it scrolls."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

pytestmark = pytest.mark.browser
NAMES = [
    *("Traces", "Sessions", "Agents", "Costs", "Findings"),
    *("Alerts", "Budgets", "Prices", "Audit", "Problems", "Settings"),
]
ROUNDING = 1  # px
NARROW: ViewportSize = {"width": 360, "height": 800}


def is_in_view(page: Page) -> bool:
    row = page.get_by_role("navigation", name="Pages", exact=True).bounding_box()
    here = page.locator('.masthead [aria-current="page"]').bounding_box()
    assert row
    assert here
    end = row["x"] + row["width"]
    return row["x"] - ROUNDING <= here["x"] and here["x"] + here["width"] <= end + ROUNDING


def walk(page: Page) -> None:
    """Through all pages by their links; each shows where one is."""
    page.goto("/p/shop/traces/")
    links = page.get_by_role("navigation", name="Pages", exact=True).get_by_role("link")
    assert links.all_inner_texts() == NAMES
    for name in NAMES:
        page.get_by_role("navigation", name="Pages", exact=True).get_by_role(
            "link", name=name
        ).click()
        expect(page.locator('.masthead [aria-current="page"]')).to_have_text(name)
        assert is_in_view(page), name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_the_current_page_is_in_view(page, shop):
    page.set_viewport_size(NARROW)
    walk(page)


def test_without_script_too(browser, live_server, shop):
    context = browser.new_context(
        base_url=live_server.url, viewport=NARROW, java_script_enabled=False
    )
    shown = context.new_page()
    shown.goto("/p/shop/settings/")
    assert is_in_view(shown)
    shown.get_by_role("link", name="Problems", exact=True).click()
    expect(shown.locator('.masthead [aria-current="page"]')).to_have_text("Problems")
    assert is_in_view(shown)
    context.close()
