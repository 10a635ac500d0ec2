import pytest
from playwright.sync_api import expect

from tests.ui.traces import save_trace, small_run

pytestmark = pytest.mark.browser
LIST = "/p/shop/traces/"


def test_a_first_trace_appears_without_reload_and_opens(page, shop):
    page.goto(LIST)
    expect(page.get_by_role("heading", name="Send a first trace")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    save_trace(shop, *small_run())
    link = page.get_by_role("link", name="planner")
    expect(link).to_be_visible()
    expect(page.get_by_label("Name contains")).to_be_visible()
    assert page.evaluate("window.sameDocument")
    link.click()
    expect(page.get_by_role("treegrid")).to_be_visible()


def test_news_leave_the_focus_where_it_is(page, shop):
    first = save_trace(shop, *small_run())
    page.goto(LIST)
    page.get_by_role("link", name="planner").focus()
    type(first).objects.filter(trace_id=first.trace_id).update(errors=3)
    expect(page.get_by_text("3 failed")).to_be_visible()
    expect(page.get_by_role("link", name="planner")).to_be_focused()


def test_a_filter_filters_at_once_and_stays_in_the_address(page, shop):
    save_trace(shop, *small_run())
    page.goto(LIST)
    page.get_by_label("Outcome").select_option("With errors")
    expect(page.get_by_text("No trace matches these filters")).to_be_visible()
    assert "status=error" in page.url
    page.reload()
    expect(page.get_by_text("No trace matches these filters")).to_be_visible()


def test_back_leads_to_the_list_as_it_was(page, shop):
    save_trace(shop, *small_run())
    page.goto(LIST)
    page.get_by_label("Outcome").select_option("With errors")
    expect(page.get_by_text("No trace matches these filters")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="planner")).to_be_visible()
    assert page.get_by_label("Outcome").input_value() == ""


def test_a_hidden_tab_asks_nothing(page, shop):
    page.goto(LIST)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    # Chromium fetches the icon when it likes to, which may be only now.
    assert [url for url in asked if "/static/" not in url] == []


def test_snippets_can_be_copied(page, shop, live_server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LIST)
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert live_server.url in page.evaluate("navigator.clipboard.readText()")


def test_a_lost_server_is_said(page, shop, complaints):
    page.goto(LIST)
    page.route("**/traces/**", lambda route: route.abort())
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    complaints.clear()
