"""A ledger verifies, by both verifiers, after all that may happen to what it tells of."""

import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from agentscope.budgets.models import Answer
from agentscope.budgets.witness import tell_answers
from agentscope.budgets.write import KEPT, forget_answers
from agentscope.ledger.export import export
from agentscope.ledger.models import Content
from agentscope.ledger.write import checkpoint, erase
from agentscope.packs.proof import own_key, prove
from agentscope.projects.changes import note_change
from agentscope.projects.write import create_project
from agentscope.supervisor.binaries import postgres_programs
from agentscope.traces.models import Span, Trace
from agentscope.traces.retention import drop_expired
from agentscope.traces.write import save_spans
from tests.kit.postgres import ROOT
from tests.kit.spans import TRACE, understood, wire_span

LONG_AGO_NS = 0
RESTORED = f"restored_{os.getpid()}"


@pytest.fixture
def shop(db):
    """A project with changes, an answer that is old, and a checkpoint."""
    found = create_project("shop")
    for number in range(3):
        note_change("price", found.pk, "ann", f"Set the price {number} times.", {"after": "1.5"})
    said = {"decision": "allow", "asked": {}, "said": {}, "project_id": found.pk}
    Answer.objects.create(at=timezone.now() - KEPT - timedelta(hours=1), **said)
    tell_answers()
    checkpoint(found.pk)
    return found


@pytest.fixture
def both(shop, tmp_path):
    """What both verifiers say; they say the same."""

    def say(key=None):
        verdict = prove(shop.pk, [key or own_key()]).verdict
        export(shop.pk, tmp_path)
        done = subprocess.run(
            [sys.executable, "-I", tmp_path / "verifier.py", tmp_path, "--key", key or own_key()],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == bool(verdict.fault), done.stdout + done.stderr
        return verdict

    return say


def test_after_content_was_erased(shop, both):
    erase(shop.pk, [2, 3], "ben", "asked for by ann")
    verdict = both()
    assert (verdict.fault, verdict.erased) == (None, 2)


def test_after_what_it_tells_of_was_dropped_by_retention(shop, both, settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    save_spans(shop.pk, understood(wire_span(1, trace_id=TRACE, start_ns=LONG_AGO_NS)))
    Trace.objects.update(last_seen_at=timezone.now() - timedelta(days=40))
    drop_expired()
    forget_answers()
    assert not Span.objects.exists()
    assert not Answer.objects.exists()
    assert Content.objects.filter(project_id=shop.pk).count() == 5
    verdict = both()
    assert (verdict.fault, verdict.entries) == (None, 5)


def test_after_the_key_was_replaced(shop, both, settings):
    first = own_key()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the installation"
    note_change("price", shop.pk, "ann", "Set it once more.", {})
    checkpoint(shop.pk)
    verdict = both(first)
    assert (verdict.fault, verdict.keys) == (None, [first, own_key()])
    assert verdict.checkpoints == 2


def test_after_the_key_was_replaced_who_knows_only_the_new_one_is_told(shop, both, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the installation"
    note_change("price", shop.pk, "ann", "Set it once more.", {})
    assert "not known" in both(own_key()).fault.reason


@contextmanager
def another_database():
    """The address of a new, empty database on the same server."""
    server = os.environ["DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {RESTORED}")
        try:
            yield of_database(RESTORED)
        finally:
            admin.execute(f"drop database {RESTORED} with (force)")


def of_database(name):
    """The address of a database of the tests' server."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def run(*words, **environment):
    """What a program prints."""
    done = subprocess.run(
        list(map(str, words)),
        capture_output=True,
        text=True,
        env=os.environ | {"AGENTSCOPE_EMBEDDED": "1"} | environment,
        cwd=ROOT,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_after_it_was_restored_from_a_dump_into_another_database(shop, tmp_path):
    programs, dump, pack = postgres_programs(), tmp_path / "dump", tmp_path / "pack"
    here = of_database(connection.settings_dict["NAME"])
    with another_database() as there:
        run(programs / "pg_dump", "--format=custom", "--file", dump, here)
        run(programs / "pg_restore", "--no-owner", "--dbname", there, dump)
        audit = (sys.executable, "manage.py", "audit")
        said = run(*audit, "verify", "shop", "--key", own_key(), DATABASE_URL=there)
        assert "5 entries verified" in said
        assert "All is well." in said
        run(*audit, "export", "shop", pack, DATABASE_URL=there)
    said = run(sys.executable, "-I", pack / "verifier.py", pack, "--key", own_key())
    assert "5 entries verified" in said
    assert "All is well." in said
