"""What is stored of a user or a session is erased, and is taken as a file before that."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from agentscope.projects.changes import note_change
from agentscope.projects.models import Member, Project
from agentscope.projects.roles import Role
from agentscope.traces.models import Trace
from agentscope.vocabulary import Content, Message, Part
from tests.kit.costs import agent, call, settle, store, uuid
from tests.kit.jobs import begin_job, end_jobs
from tests.pages.test_login import ada, say_password  # noqa: F401
from tests.pages.test_long_names import LONG, OVER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ERASURES = "/p/shop/settings/storage/erasures/"
LEDGER = "/p/shop/audit/ledger/"
ANN, SESSION = "ann@example.com", "checkout-1"


@pytest.fixture
def told(ada, monkeypatch):  # noqa: F811
    """A trace of Ann in a session, one of Bob, and a change that names her."""
    monkeypatch.setattr("agentscope.redaction.stored.SETTLED", timedelta(0))
    Member.objects.update(role=Role.OWNER)
    shop = Project.objects.get()
    for number, who, session in ((1, ANN, SESSION), (2, "bob@example.com", "checkout-2")):
        said = Content(input_messages=[Message("user", [Part("text", text=f"I am {who}.")])])
        store(
            shop.pk,
            agent(number, 1, "planner", session=session),
            call(number, 2, 1, "0.5", user=who, content=said),
        )
    settle()
    note_change("view", shop.pk, "ben", f"Saved the view “{ANN}, {SESSION}”.", {})
    return shop


@pytest.fixture
def shown(page: Page, told: None) -> Page:
    """The page of erasures, as its owner sees it."""
    page.goto(ERASURES)
    say_password(page)
    expect(page.get_by_role("heading", name="Erase a user or a session")).to_be_visible()
    return page


def fill(part, of, said):
    """Say who is meant."""
    part.get_by_label("What it is").select_option(of)
    part.get_by_label("Its name, as spans have it").fill(said)


@pytest.mark.parametrize(("of", "said"), [("user", ANN), ("session", SESSION)])
def test_what_was_counted_and_confirmed_is_gone_and_the_ledger_says_who_and_why(shown, of, said):
    asks = shown.get_by_role("region", name="Erase a user or a session")
    fill(asks, of, said)
    asks.get_by_label("Why").fill("she asked")
    asks.get_by_role("button", name="Count what would go").click()
    part = shown.locator("#erasure")
    expect(part).to_contain_text("It is being counted what would go.")
    end_jobs()
    expect(part).to_contain_text("This would go:")
    for words in ("1 trace", "2 spans"):
        expect(part.get_by_role("listitem").get_by_text(words, exact=True)).to_be_visible()
    assert Trace.objects.count() == 2

    part.get_by_role("button", name="Erase for good").click()
    expect(part).to_contain_text("It is being erased.")
    expect(shown.get_by_text("Asked for")).to_contain_text(re.compile(r"by ada: she asked\s*$"))
    expect(shown.get_by_text("Confirmed")).to_contain_text("by ada.")
    begin_job(3)
    expect(part).to_contain_text("at traces, ")
    expect(part.get_by_role("progressbar")).to_have_attribute("value", re.compile(r"^\d+$"))
    end_jobs()
    expect(part).to_contain_text("This was erased:")
    expect(part.get_by_text("1 trace", exact=True)).to_be_visible()
    expect(part.get_by_role("button")).to_have_count(0)
    expect(shown.locator("main")).not_to_contain_text(said)  # without a reload
    assert shown.request.get(f"/p/shop/traces/{uuid(1).hex}/").status == 404
    assert shown.request.get(f"/p/shop/traces/{uuid(2).hex}/").status == 200

    shown.goto(LEDGER)
    entries = shown.locator("table.entries")
    expect(entries).not_to_contain_text(said)
    expect(entries.get_by_role("row", name=f"Asked for a {of} to be erased")).to_contain_text("ada")
    tombstone = entries.get_by_role("row", name="Erased by ada")
    expect(tombstone).to_contain_text("as entry")
    shown.get_by_role("link", name=f"Erased a {of}: 1 trace, 2 spans").click()
    expect(shown.locator("main")).to_contain_text("she asked")
    shown.goto(LEDGER)
    shown.get_by_role("button", name="Verify", exact=True).click()
    end_jobs()
    expect(shown.locator("#verified")).to_contain_text("All is well")


def test_what_was_counted_may_stay(shown):
    asks = shown.get_by_role("region", name="Erase a user or a session")
    fill(asks, "user", ANN)
    asks.get_by_label("Why").fill("she asked")
    asks.get_by_role("button", name="Count what would go").click()
    end_jobs()
    shown.get_by_role("button", name="Do not erase").click()
    expect(shown.get_by_text("Nothing was erased.")).to_be_visible()
    assert Trace.objects.count() == 2


@pytest.mark.parametrize(("of", "said"), [("user", ANN), ("session", SESSION)])
def test_the_data_of_a_person_is_a_file_and_holds_nobody_elses(shown, of, said, tmp_path):
    part = shown.get_by_role("region", name="Export the data of a user or a session")
    fill(part, of, said)
    with shown.expect_download() as download:
        part.get_by_role("button", name="Download a zip").click()
    assert re.fullmatch(rf"{of}-[0-9a-f]{{12}}\.zip", download.value.suggested_filename)
    download.value.save_as(tmp_path / "taken.zip")
    with ZipFile(tmp_path / "taken.zip") as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert sorted(files) == [f"{uuid(1).hex}.jsonl", f"{uuid(1).hex}.otlp.jsonl", "README.txt"]
    assert "bob" not in "".join(files.values())
    steps = [json.loads(line) for line in files[f"{uuid(1).hex}.jsonl"].splitlines()]
    assert [step["name"] for step in steps] == ["work", "work"]
    assert steps[1]["user"] == ANN
    assert f"I am {ANN}." in json.dumps(steps[1]["content"])
    shown.goto(LEDGER)
    row = shown.get_by_role("row", name=f"Exported the data of a {of}: 1 trace")
    expect(row).to_contain_text("ada")
    expect(shown.locator("main")).not_to_contain_text(f"data of {said}")


def test_nothing_runs_over_on_a_phone_however_long_it_is(shown):
    shown.set_viewport_size({"width": 390, "height": 844})
    asks = shown.get_by_role("region", name="Erase a user or a session")
    fill(asks, "user", LONG)
    asks.get_by_label("Why").fill(f"asked-by-{LONG}")
    asks.get_by_role("button", name="Count what would go").click()
    for _ in range(2):  # while it is being counted, and then
        assert shown.evaluate(OVER) == []
        end_jobs()
        expect(shown.locator("#erasure")).to_contain_text("This would go:")
    shown.goto(ERASURES)
    expect(shown.get_by_role("row", name="asked-by-")).to_be_visible()
    assert shown.evaluate(OVER) == []
