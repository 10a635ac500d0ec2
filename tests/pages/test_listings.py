"""Sessions and agents in a browser, with recorded runs."""

import pytest
from playwright.sync_api import expect

from agentscope.pipeline import add_up_sessions, roll_up_days
from tests.kit.corpus import WIRE, Case, replay

pytestmark = pytest.mark.browser
RUNS = ("langgraph-openinference", "openai-agents-openinference", "pydantic-ai-logfire")
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
