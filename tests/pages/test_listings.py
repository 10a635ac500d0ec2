"""Traces, sessions and agents in a browser: what their lists are filtered and arranged by."""

import re

import pytest
from playwright.sync_api import expect

from agentscope.pipeline import add_up_sessions, examine, roll_up_days
from agentscope.traces.models import Trace
from tests.kit.corpus import WIRE, Case, replay
from tests.kit.searching import call, store, tool, trace_id

pytestmark = pytest.mark.browser
RUNS = ("langgraph-openinference", "openai-agents-openinference", "pydantic-ai-logfire")
TRACES = "/p/shop/traces/"
SCRIPTS = {"我想查询订单的状态。": "订单", "أين طلبي رقم خمسة": "طلبي", "Где мой Заказ?": "заказ"}
SESSIONS, AGENTS = "/p/shop/sessions/", "/p/shop/agents/?range=all"
SESSION = f"{SESSIONS}sess-langgraph-openinference/"
AGENT = "/p/shop/agents/supervisor/?range=all"


@pytest.fixture
def runs(shop):
    for name in RUNS:
        replay(Case(WIRE / name), shop.pk)
    add_up_sessions()
    roll_up_days()


def test_from_the_list_to_a_session_to_an_agent_and_back(page, runs):
    page.goto("/p/shop/traces/")
    page.get_by_role("link", name="Sessions", exact=True).click()
    expect(page.get_by_role("link", name="sess-openai-agents-openinference")).to_be_visible()
    page.get_by_role("link", name="sess-langgraph-openinference").click()
    expect(page.get_by_role("heading", name="sess-langgraph-openinference")).to_be_visible()
    expect(page.get_by_text("Waiting for people", exact=True)).to_be_visible()
    page.get_by_role("link", name="supervisor", exact=True).click()
    expect(page.get_by_role("heading", name="supervisor")).to_be_visible()
    expect(page.get_by_text("No other agent.")).not_to_be_visible()
    page.get_by_role("link", name="researcher", exact=True).click()
    expect(page.get_by_role("cell", name="hands over to it")).to_be_visible()


def test_the_course_is_drawn_within_its_frame(page, runs):
    page.goto(SESSION)
    frame = page.locator(".course").bounding_box()
    for bar in page.locator(".course .stretch").all():
        box = bar.bounding_box()
        assert frame["x"] - 1 <= box["x"] <= frame["x"] + frame["width"] + 1
    assert page.locator(".course [data-look=worked]").count() >= 2
    assert page.locator(".course [data-look=waited]").count() >= 1


def test_filters_work_without_script(browser, live_server, runs):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(SESSIONS)
    page.get_by_label("Session contains").fill("langgraph")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("row")).to_have_count(2)  # the head, and one session
    page.goto("/p/shop/agents/")
    page.get_by_label("Time").select_option("Any time")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("link", name="supervisor", exact=True)).to_be_visible()
    context.close()


def test_nothing_runs_out_of_a_narrow_screen(page, runs):
    for width in (390, 720):
        page.set_viewport_size({"width": width, "height": 844})
        for address in (SESSIONS, SESSION, AGENTS, AGENT):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize(("table", "file"), [("Traces", "session.csv"), ("Agents", "agents.csv")])
def test_what_a_page_offers_as_a_file_is_one(page, runs, table, file):
    page.goto(SESSION)
    with page.expect_download() as started:
        page.get_by_role("region", name=table).get_by_role("link", name="CSV").click()
    assert started.value.suggested_filename == file


def test_an_agent_shows_its_versions_and_its_days(page, runs):
    page.goto(AGENT)
    versions = page.get_by_role("region", name="Versions")
    for words in ("Errors a run", "Cost a run"):
        expect(versions.get_by_role("columnheader", name=words, exact=True)).to_be_visible()
    days = page.get_by_role("region", name="Cost by day")
    expect(days.get_by_role("figure", name="Cost by day")).to_be_visible()
    days.get_by_text("The same as a table").click()
    expect(days.get_by_role("columnheader", name="Day, UTC")).to_be_visible()


@pytest.fixture
def said(shop):
    """A call of a model in each of three scripts, and one of a tool."""
    for number, text in enumerate(SCRIPTS, 1):
        store(call(number, text, name=f"asking {number}", exact=True), project=shop.pk)
    store(tool(4, arguments={"colour": "blue"}, name="looking", exact=True), project=shop.pk)
    for number in range(1, 5):
        examine(shop.pk, trace_id(number))


def rows_of_traces(page):
    """The rows of the list of traces."""
    return page.locator(".traces tbody tr")


def search(page, text):
    """Write into the box, and search."""
    box = page.get_by_label("Search", exact=True)
    box.fill(text)
    box.press("Enter")


def test_what_was_said_is_found_in_any_script(page, said):
    page.goto(TRACES)
    for number, word in enumerate(SCRIPTS.values(), 1):
        search(page, word)
        expect(page.locator(".sight mark")).to_have_text(re.compile(word, re.IGNORECASE))
        expect(page.get_by_role("link", name=f"asking {number}", exact=True)).to_be_visible()
        expect(rows_of_traces(page)).to_have_count(1)


def test_a_wrong_condition_is_said_and_filters_nothing(page, said):
    page.goto(TRACES)
    search(page, "colour > blue")
    expect(page.get_by_role("alert")).to_contain_text("blue is no number")
    expect(rows_of_traces(page)).to_have_count(4)
    expect(page.get_by_role("link", name="Save as a view")).to_have_count(0)
    search(page, "colour = blue")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(rows_of_traces(page)).to_have_count(0)
    search(page, "gen_ai.tool.name = look_up")
    expect(rows_of_traces(page)).to_have_count(1)


def test_facets_narrow_a_search(page, said):
    page.goto(f"{TRACES}?q=exact=true")
    page.get_by_role("link", name="Facets", exact=True).click()
    facets = page.get_by_role("region", name="Facets")
    expect(facets).to_contain_text("Counts are of the traces on this page.")
    facets.get_by_role("link", name="gpt-4o 3").click()
    expect(rows_of_traces(page)).to_have_count(3)
    expect(facets.get_by_role("link", name="gpt-4o 3")).to_have_attribute("aria-current", "true")
    facets.get_by_role("link", name="gpt-4o 3").click()
    expect(rows_of_traces(page)).to_have_count(4)
    assert "q=exact" in page.url


def test_a_view_is_made_renamed_and_deleted(page, said):
    views = page.get_by_role("navigation", name="Saved views")
    page.goto(f"{TRACES}?q=name~looking")
    views.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name", exact=True).fill("Looks")
    page.get_by_role("button", name="Save").click()
    expect(views.get_by_role("link", name="Looks")).to_have_attribute("aria-current", "page")
    views.get_by_role("link", name="Rename or delete").click()
    page.get_by_label("Name", exact=True).fill("Look-ups")
    page.get_by_role("button", name="Rename").click()
    expect(views.get_by_role("link", name="Look-ups")).to_have_attribute("aria-current", "page")
    views.get_by_role("link", name="All", exact=True).click()
    expect(rows_of_traces(page)).to_have_count(4)
    views.get_by_role("link", name="Look-ups").click()
    expect(rows_of_traces(page)).to_have_count(1)
    views.get_by_role("link", name="Rename or delete").click()
    page.get_by_role("button", name="Delete this view").click()
    expect(rows_of_traces(page)).to_have_count(4)
    expect(views.get_by_role("link")).to_have_text(["All"])


def test_columns_and_density_are_chosen(page, said):
    page.goto(f"{TRACES}?status=ok")
    usual = rows_of_traces(page).first.bounding_box()["height"]
    page.locator("summary", has_text="Columns").click()
    page.get_by_label("Agents").uncheck()
    page.get_by_label("Models").check()
    page.get_by_label("Rows close together").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_role("columnheader", name="Models")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Agents")).to_have_count(0)
    assert rows_of_traces(page).first.bounding_box()["height"] < usual
    assert "status=ok" in page.url


def test_a_row_comes_and_changes_by_itself(page, said, shop):
    page.goto(f"{TRACES}?q=errors>1")
    expect(page.get_by_text("No trace matches these filters")).to_be_visible()
    Trace.objects.filter(trace_id=trace_id(4)).update(errors=2)
    expect(page.get_by_text("2 failed")).to_be_visible()
    Trace.objects.filter(trace_id=trace_id(4)).update(errors=3)
    expect(page.get_by_text("3 failed")).to_be_visible()
