"""What people change has a kind that is known, and that says what it is of."""

import ast
from pathlib import Path

import pytest

from agentscope.ledger.kinds import OWN_KINDS
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import verify
from agentscope.projects.changes import INSTALLATION, KINDS, changes_of, note_change
from agentscope.projects.write import create_project

ROOT = Path(__file__).parents[3]


def noted_kinds():
    """The kinds of all changes that the code notes, each with its place."""
    for folder in ("agentscope", "ingest", "ui"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note_change":
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.args[0])


def test_every_kind_of_change_is_known():
    found = list(noted_kinds())
    assert len(found) > 40
    assert [(place, kind) for place, kind in found if kind.strip("'") not in KINDS] == []


def test_no_kind_is_both_of_people_and_of_the_ledger_itself():
    assert set(KINDS).isdisjoint(OWN_KINDS)
    assert all(kind.startswith("ledger.") for kind in OWN_KINDS)


def test_every_kind_is_in_the_documentation():
    page = (ROOT / "docs/audit.md").read_text()
    assert [kind for kind in (*KINDS, *OWN_KINDS) if f"`{kind}`" not in page] == []


@pytest.mark.django_db
def test_what_belongs_to_no_project_is_in_a_ledger_of_its_own():
    shop = create_project("shop")
    note_change("login", INSTALLATION, "ann", "Logged in.", {"address": "127.0.0.1"})
    assert [change.what for change in changes_of(INSTALLATION, None, 9)] == ["Logged in."]
    assert changes_of(shop.pk, None, 9) == []
    assert verify(StoredLedger(INSTALLATION)).fault is None
