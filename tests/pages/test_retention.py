"""How long a project keeps what: it is seen what would go, saved, and told; a trace is held."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agentscope.retention.models import Hold, Periods
from agentscope.traces.models import Trace
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import end_jobs
from tests.pages.test_long_names import LONG, OVER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STORAGE = "/p/shop/settings/storage/"
LEDGER = "/p/shop/audit/ledger/"
TRACE = f"/p/shop/traces/{uuid(1).hex}/"


@pytest.fixture
def told(shop, settings, monkeypatch):
    """Two traces of Ann, the second of which is twenty days old. All is kept for ever."""
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    monkeypatch.setattr("agentscope.redaction.stored.SETTLED", timedelta(0))
    for number in (1, 2):
        store(shop.pk, agent(number, 1, "planner"), call(number, 2, 1, "0.5", user="ann"))
    settle()
    old = timezone.now() - timedelta(days=20)
    ended = {"started_at": old, "end_ns": int(old.timestamp()) * 10**9}
    assert Trace.objects.filter(trace_id=uuid(2)).update(**ended) == 1
    return shop


def test_a_period_is_changed_once_it_was_seen_what_would_go(page, told):
    page.goto(STORAGE)
    expect(
        page.get_by_text("Now payload goes never, and the rest of a trace never.")
    ).to_be_visible()
    page.get_by_label("Days for payload").fill("30")
    page.get_by_label("Days for metadata").fill("10")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_text("Payload cannot be kept longer than the metadata")).to_be_visible()
    page.get_by_label("Days for payload").fill("7")
    page.get_by_role("button", name="Show what would go").click()
    seen = page.get_by_role("region", name="What would go")
    expect(seen).to_contain_text(
        "Payload would go after 7 days, and the rest of a trace after 10 days."
    )
    expect(seen).to_contain_text("1 trace with 2 spans would go as a whole")
    expect(seen).to_contain_text("What went cannot be brought back.")
    assert not Periods.objects.exists()

    seen.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Days for payload")).to_have_value("")
    page.get_by_label("Days for payload").fill("7")
    page.get_by_role("button", name="Show what would go").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.get_by_text("Now payload goes after 7 days,")).to_be_visible()
    expect(page.get_by_label("Days for payload")).to_have_value("7")
    page.goto(LEDGER)
    page.get_by_role("link", name="Keeps payload for 7 days").click()
    expect(page.get_by_role("row", name=re.compile("payload_days.*7"))).to_be_visible()


def test_a_trace_is_held_against_an_erasure_and_let_go(page, told):
    page.goto(TRACE)
    page.get_by_role("link", name="Legal hold …").click()
    page.get_by_label("Why").fill("the <lawsuit> of May")
    page.get_by_role("button", name="Hold the trace").click()
    expect(page).to_have_url(re.compile(TRACE))
    note = page.get_by_text("legal hold", exact=True).locator("xpath=..")
    expect(note).to_contain_text("by somebody: the <lawsuit> of May")

    page.goto(f"{STORAGE}erasures/")
    ask(page, "ann")
    expect(page.get_by_text("One of the traces is on legal hold: lift it first.")).to_be_visible()
    page.goto(STORAGE)
    page.get_by_role("link", name="1 trace on legal hold").click()
    page.get_by_role("row", name="the <lawsuit> of May").get_by_role("link", name="Lift").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lift the legal hold?")
    page.get_by_label("Why").fill("settled")
    page.get_by_role("button", name="Lift the hold").click()
    expect(page.get_by_role("link", name="Legal hold …")).to_be_visible()
    expect(note).to_have_count(0)
    page.goto(LEDGER)
    expect(page.get_by_role("link", name=f"trace {uuid(1).hex}: settled")).to_be_visible()


def test_what_was_held_since_it_was_counted_is_not_erased(page, told):
    page.goto(f"{STORAGE}erasures/")
    ask(page, "ann")
    expect(page.get_by_text("It is being counted what would go.")).to_be_visible()
    end_jobs()
    expect(page.get_by_text("2 traces", exact=True)).to_be_visible()
    Hold.objects.create(project_id=told.pk, trace_id=uuid(1), reason="a lawsuit", who="bob")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("alert")).to_contain_text("Until then nothing is erased.")
    assert Trace.objects.count() == 2


def ask(page, user):
    """Ask what an erasure would remove."""
    form = page.get_by_role("region", name="Erase a user or a session")
    form.get_by_label("Its name, as spans have it").fill(user)
    form.get_by_label("Why").fill("she asked")
    form.get_by_role("button", name="Count what would go").click()


def test_nothing_runs_over_on_a_phone_however_long_it_is(page, told):
    Hold.objects.create(project_id=told.pk, trace_id=uuid(1), reason=LONG, who=LONG[:100])
    page.set_viewport_size({"width": 390, "height": 844})
    for address in (STORAGE, f"{STORAGE}holds/", TRACE, f"{TRACE}hold/"):
        page.goto(address)
        assert page.evaluate(OVER) == [], address
