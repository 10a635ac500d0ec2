"""The API's documentation in a browser, under its content security policy."""

import pytest
from playwright.sync_api import expect

from agentscope.api.urls import urlpatterns

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.usefixtures("shop")
def test_every_address_is_listed_and_can_be_tried(page):
    page.goto("/api/docs/")
    listed = [each for each in urlpatterns if "v1/" in str(each.pattern)]
    expect(page.locator(".opblock-summary-path")).to_have_count(len(listed))
    page.locator("#operations-traces-list_traces .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response .response-col_status")).to_contain_text(
        "200"
    )
