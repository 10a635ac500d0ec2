import pytest
from playwright.sync_api import expect

from agentscope.pipeline import examine
from tests.kit.searching import call, store, tool, trace_id
from tests.ui.traces import save_trace, small_run

pytestmark = pytest.mark.browser
LIST = "/p/shop/traces/"


def test_a_first_trace_appears_without_reload_and_opens(page, shop):
    page.goto(LIST)
    expect(page.get_by_role("heading", name="Send a first trace")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    save_trace(shop, *small_run())
    link = page.get_by_role("link", name="planner", exact=True)
    expect(link).to_be_visible()
    expect(page.get_by_label("Search", exact=True)).to_be_visible()
    assert page.evaluate("window.sameDocument")
    link.click()
    expect(page.get_by_role("treegrid")).to_be_visible()


def test_news_leave_the_focus_where_it_is(page, shop):
    first = save_trace(shop, *small_run())
    page.goto(LIST)
    page.get_by_role("link", name="planner", exact=True).focus()
    type(first).objects.filter(trace_id=first.trace_id).update(errors=3)
    expect(page.get_by_text("3 failed")).to_be_visible()
    expect(page.get_by_role("link", name="planner", exact=True)).to_be_focused()


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
    expect(page.get_by_role("link", name="planner", exact=True)).to_be_visible()
    assert page.get_by_label("Outcome").input_value() == ""


def test_a_hidden_tab_asks_nothing(page, shop, asked):
    page.goto(LIST)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    asked.clear()
    page.wait_for_timeout(2500)
    # Chromium fetches the icon when it likes to, which may be only now.
    assert [each.url for each in asked if "/static/" not in each.url] == []


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


def said(shop) -> None:
    """A call of a model, and one of a tool."""
    store(call(1, "Where is my blue parcel?", name="asking", exact=True), project=shop.pk)
    store(tool(2, arguments={"colour": "blue"}, name="looking", exact=True), project=shop.pk)
    for number in (1, 2):
        examine(shop.pk, trace_id(number))


def test_a_search_leads_to_the_step_that_said_it(page, shop):
    said(shop)
    page.goto(LIST)
    box = page.get_by_label("Search", exact=True)
    box.fill("parcel")
    box.press("Enter")
    sight = page.get_by_role("link", name="input Where is my blue parcel?")
    expect(sight).to_be_visible()
    expect(page.get_by_role("link", name="looking", exact=True)).to_have_count(0)
    assert "q=parcel" in page.url
    sight.click()
    expect(page.get_by_role("treegrid")).to_be_visible()
    assert f"span={1:016x}" in page.url


def test_facets_filter_and_a_view_keeps_it(page, shop):
    said(shop)
    page.goto(LIST)
    page.get_by_role("link", name="Facets").click()
    page.get_by_role("link", name="look_up 1").click()
    expect(page.get_by_role("link", name="asking", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name", exact=True).fill("Look-ups")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Look-ups")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.get_by_role("link", name="asking", exact=True)).to_be_visible()
    page.goto(f"{LIST}views/Look-ups/")
    expect(page.get_by_role("link", name="looking", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="asking", exact=True)).to_have_count(0)


def test_columns_are_chosen_on_the_page(page, shop):
    said(shop)
    page.goto(f"{LIST}?q=blue")
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Tokens").uncheck()
    page.get_by_label("Tools").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Tools")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Tokens")).to_have_count(0)
    assert "q=blue" in page.url
