"""An attribute is mapped: tried on a stored span, added, and known for the past after a job."""

import re

import pytest
from playwright.sync_api import expect

from agentscope.jobs.models import Job
from agentscope.jobs.write import ask
from agentscope.pipeline import examine
from agentscope.projects.mappings import add_mapping
from agentscope.projects.models import AttributeMapping
from agentscope.traces import again
from agentscope.traces.models import Span
from agentscope.vocabulary import Kind, Meaning
from tests.kit.jobs import end_jobs
from tests.ui.traces import TRACE_ID, save_trace, span

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MAPPINGS = "/p/shop/settings/mappings/"


@pytest.fixture
def stored(shop):
    attributes = {"acme.bot": "ada", "acme.in": "12"}
    save_trace(shop, span(1, meaning=Meaning(Kind.LLM), name="think", attributes=attributes))


def test_a_mapping_is_tried_added_and_known_for_the_past(page, stored, monkeypatch):
    monkeypatch.setattr(again, "SETTLED", again.SETTLED * 0)
    page.goto(MAPPINGS)
    pane = page.locator("#trial")
    page.get_by_label("One of the newest spans").select_option(index=1)
    expect(pane.get_by_role("row", name="kind")).to_be_visible()
    form = page.locator("form", has=page.get_by_role("button", name="Try"))
    form.get_by_label("Attribute").fill("acme.bot")
    form.get_by_label("Means").select_option("agent")
    expect(pane).to_contain_text("1 field of think would be read otherwise")
    differing = pane.get_by_role("row", name=re.compile("agent.*differs"))
    expect(differing).to_contain_text("ada ← acme.bot")
    assert not AttributeMapping.objects.exists()
    pane.get_by_role("button", name="Add this mapping").click()
    expect(page.get_by_role("cell", name="acme.bot", exact=True)).to_be_visible()
    page.get_by_role("button", name="Understand stored spans again").click()
    row = page.get_by_role("row", name="Understand stored spans again")
    expect(row).to_contain_text("waiting")
    end_jobs()
    expect(row).to_contain_text("1 span read, 1 changed")
    assert Job.objects.get().state == "done"
    assert Span.objects.get().agent == "ada"
    page.get_by_role("link", name="Changes").click()
    expect(page.get_by_role("table")).to_contain_text("Mapped the attribute acme.bot to agent")
    expect(page.get_by_label("About")).to_have_value("changes")


def understood_again(page):
    """Ask for it where a change is confirmed, let the job run, and see its end."""
    page.get_by_role("button", name="Understand stored spans again").click()
    expect(page.get_by_role("link", name="Jobs")).to_have_attribute("aria-current", "page")
    end_jobs()
    examine(Span.objects.get().project_id, TRACE_ID)
    expect(page.get_by_role("row", name="1 span read, 1 changed").first).to_be_visible()


def test_a_field_says_that_it_is_mapped_until_the_mapping_is_taken_back(page, stored, monkeypatch):
    monkeypatch.setattr(again, "SETTLED", again.SETTLED * 0)
    page.goto(f"{MAPPINGS}?newest={TRACE_ID.hex}-{1:016x}&attribute=service.name&field=user")
    expect(page.locator("#trial")).to_contain_text("service.name is on the span's resource")
    page.get_by_role("button", name="Add this mapping").click()
    understood_again(page)
    panel = f"/p/shop/traces/{TRACE_ID.hex}/?span={1:016x}"
    page.goto(panel)
    mapped = page.get_by_text("← resource service.name (mapping)")
    expect(mapped).to_be_visible()
    page.goto(MAPPINGS)
    page.get_by_role("button", name="Remove the mapping of service.name").click()
    expect(page.get_by_text("None yet")).to_be_visible()
    understood_again(page)
    page.goto(panel)
    expect(page.get_by_role("heading", name="think").first).to_be_visible()
    expect(mapped).to_have_count(0)
    assert Span.objects.get().user == ""


PAGES = ["", "mappings/", "jobs/", "changes/"]


@pytest.mark.parametrize("part", PAGES)
def test_nothing_runs_out_of_a_narrow_screen(page, shop, part):
    add_mapping(shop, "acme." + "very.long." * 15, "agent", "ada")
    ask(shop.pk, Job.Kind.UNDERSTAND, {}, "ada")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/p/shop/settings/{part}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_script_a_mapping_is_tried_and_added(browser, live_server, stored):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(MAPPINGS)
    form = page.locator("form", has=page.get_by_role("button", name="Try"))
    form.get_by_label("One of the newest spans").select_option(index=1)
    form.get_by_label("Attribute").fill("acme.in")
    form.get_by_label("Means").select_option("input_tokens")
    form.get_by_role("button", name="Try").click()
    expect(page.locator("#trial")).to_contain_text("12 ← acme.in")
    page.get_by_role("button", name="Add this mapping").click()
    expect(page.get_by_role("cell", name="acme.in", exact=True)).to_be_visible()
    assert AttributeMapping.objects.get().field == "input_tokens"
    context.close()
