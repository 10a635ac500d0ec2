"""The API's documentation in a browser, under its content security policy."""

import pytest
from playwright.sync_api import expect

from agentscope.api.urls import urlpatterns

METHODS = ("get", "post", "put", "patch", "delete")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("shop")
def test_every_address_is_listed_and_can_be_tried(page):
    page.goto("/api/docs/")
    views = [each.callback for each in urlpatterns if "v1/" in str(each.pattern)]
    listed = [name for view in views for name in METHODS if hasattr(view.view_class, name)]
    expect(page.locator(".opblock-summary-path")).to_have_count(len(listed))
    page.locator("#operations-traces-list_traces .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status")).to_contain_text(
        "200"
    )
