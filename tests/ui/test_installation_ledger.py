"""The ledger of the installation has the pages that a project's has, for those who run it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from agentscope.ledger.models import Anchored
from agentscope.ledger.write import checkpoint
from agentscope.projects.changes import INSTALLATION, changes_of, note_change
from agentscope.projects.models import Member
from agentscope.projects.write import create_organisation, create_project
from tests.kit.jobs import end_jobs
from tests.ui.test_audit import page, words

LEDGER = "/installation/ledger/"
CHECKPOINTS = f"{LEDGER}checkpoints/"
BANK = "&lt;b&gt;bank"
TAB = f'<a href="{LEDGER}">Installation</a>'


@pytest.fixture
def told(project):
    """What was done in the installation, and what was in a project."""
    create_organisation("<b>Acme", "ann")
    note_change("login", INSTALLATION, "ben", "Logged in by password", {"address": "10.0.0.7"})
    note_change("view", project.pk, "cleo", "Saved the view of the shop", {})
    return project


@pytest.fixture
def root(client, production, alice):
    """Somebody who runs the installation, and owns a project."""
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    return alice


def test_it_tells_what_belongs_to_no_project(client, embedded, told):
    shown = page(client, LEDGER)
    read = words(shown)
    assert "Ledger of the installation" in read
    assert "ann Made the organisation <b>Acme Members 2" in read
    assert "ben Logged in by password Logins 3" in read
    assert "<b>Acme" not in shown
    assert "of the shop" not in read
    assert "evidence pack" not in read
    assert f'href="{LEDGER}3/"' in shown


def test_it_is_filtered_as_any_other(client, embedded, told):
    read = words(page(client, LEDGER, group="logins"))
    assert "Logged in by password" in read
    assert "Acme" not in read
    assert "No entry matches" in page(client, LEDGER, who="cleo")
    assert "ben" in words(page(client, LEDGER, q="10.0.0.7"))


def test_nothing_was_done_yet(client, embedded, project):
    assert "Whatever people change in the installation is written here" in page(client, LEDGER)


def test_an_entry_opens_to_its_proof(client, embedded, told):
    shown = page(client, f"{LEDGER}3/")
    assert "This entry holds by itself" in words(shown)
    assert "address 10.0.0.7" in words(shown)
    assert f'href="{LEDGER}2/">The entry before' in shown
    assert client.get(f"{LEDGER}4/").status_code == 404


def test_it_is_verified_and_says_what_was_found(client, root, told):
    assert client.post(f"{LEDGER}verify/").headers["Location"] == LEDGER
    assert "Waiting for a worker." in words(page(client, LEDGER))
    end_jobs()
    read = words(page(client, LEDGER))
    assert "All is well: entries 1 to 3 follow each other" in read
    assert "asked for by alice" in read
    assert "were not verified yet" in words(page(client, "/p/shop/audit/ledger/"))


def test_no_more_jobs_are_taken_than_wait(client, embedded, told, monkeypatch):
    monkeypatch.setattr("agentscope.jobs.write.MOST_UNFINISHED", 0)
    assert client.post(f"{LEDGER}verify/").headers["Location"] == LEDGER


def test_its_checkpoints_are_listed_and_it_is_taken_away(client, embedded, told, settings):
    settings.AGENTSCOPE_ANCHOR_PATH = "/kept.jsonl"
    signed = checkpoint(INSTALLATION)
    Anchored.objects.create(project_id=INSTALLATION, position=3, anchor="file", reason="disk full")
    shown = page(client, CHECKPOINTS)
    assert signed.hash in shown
    assert "1 newer checkpoint is not there: disk full" in words(shown)
    assert json.loads(client.get(f"{CHECKPOINTS}3/").content) == signed._asdict()
    assert f'href="{CHECKPOINTS}"' in page(client, "/p/shop/problems/")
    answer = client.post(f"{LEDGER}take/")
    file = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(file.read("ledger/entries.jsonl").splitlines()) == 4
    assert changes_of(INSTALLATION, None, 1)[0].what.startswith("Exported the ledger: 4 entries")


def test_who_runs_the_installation_is_led_there(client, root, project):
    assert TAB in page(client, "/p/shop/audit/ledger/")
    assert TAB in page(client, "/p/shop/audit/decisions/")


def test_who_has_no_project_is_led_there_too(client, root, project):
    Member.objects.filter(user=root).delete()
    assert f'href="{LEDGER}"' in page(client, "/")


@pytest.mark.parametrize("address", [LEDGER, f"{LEDGER}1/", CHECKPOINTS])
def test_its_pages_lead_back_to_the_project(client, embedded, told, address):
    create_project("<b>bank")
    assert f'<a href="/">{BANK}</a>' in page(client, address)
    page(client, "/p/shop/audit/ledger/")
    assert '<a href="/">shop</a>' in page(client, address)
    assert client.get("/")["Location"] == "/p/shop/traces/"


def test_those_of_a_project_and_of_who_has_none_lead_nowhere_else(client, root, told):
    assert '<a href="/">' not in page(client, "/p/shop/audit/ledger/1/")
    Member.objects.filter(user=root).delete()
    assert '<a href="/">' not in page(client, f"{LEDGER}1/")


def test_others_are_not_and_find_nothing(client, production, project, alice):
    client.force_login(alice)
    assert TAB not in page(client, "/p/shop/audit/ledger/")
    assert client.get(LEDGER).status_code == 404
