"""The API's documentation in a browser, under its content security policy."""

import pytest
from playwright.sync_api import expect

from agentscope.api.urls import urlpatterns

STEP = 400  # pixels: of so many addresses Swagger UI draws those that are near what is seen
METHODS = ("get", "post", "put", "patch", "delete")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("shop")
def test_every_address_is_listed_and_can_be_tried(page):
    page.goto("/api/docs/")
    views = [each.callback for each in urlpatterns if "v1/" in str(each.pattern)]
    listed = [name for view in views for name in METHODS if hasattr(view.view_class, name)]
    expect(page.locator(".opblock").first).to_be_visible()
    assert len(seen_by_scrolling(page, len(listed))) == len(listed)
    tried = page.locator("#operations-traces-list_traces .opblock-summary-control")
    while not tried.count() and page.evaluate("scrollY") > 0:
        page.mouse.wheel(0, -STEP)
        page.wait_for_timeout(100)
    tried.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status")).to_contain_text(
        "200"
    )


def seen_by_scrolling(page, wanted):
    """The ids of the addresses on the way down, and up and down again if it was drawn too late."""
    seen = set()
    for step in (STEP, -STEP) * 10:
        last = -1
        while len(seen) < wanted and (at := page.evaluate("scrollY")) != last:
            last = at
            for _ in range(5):  # what is drawn pushes down what is beneath
                seen |= {*page.locator(".opblock").evaluate_all("all => all.map(each => each.id)")}
                page.mouse.wheel(0, step)
                page.wait_for_timeout(100)
    return seen
