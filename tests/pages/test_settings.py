"""An attribute is mapped: tried on a stored span, added, and known for the past after a job."""

import re

import pytest
from playwright.sync_api import expect

from agentscope.jobs.models import Job
from agentscope.pipeline import run_jobs
from agentscope.projects.models import AttributeMapping
from agentscope.traces import again
from agentscope.traces.models import Span
from agentscope.vocabulary import Kind, Meaning
from tests.ui.traces import save_trace, span

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
    run_jobs()
    expect(row).to_contain_text("1 span read, 1 changed")
    assert Job.objects.get().state == "done"
    assert Span.objects.get().agent == "ada"
    page.get_by_role("link", name="Changes").click()
    expect(page.get_by_role("table")).to_contain_text("Mapped the attribute acme.bot to agent")
