"""What a decision is called in a pack, and what lists show of it, are proven with its text."""

import json
from base64 import b64encode

import pytest

from agentscope.ledger.held import held_in
from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.write import append
from agentscope.packs.asked import Asked
from agentscope.packs.write import make
from agentscope.projects.write import create_project
from agentscope.records.models import Record
from agentscope.records.witness import mark, told_of
from agentscope.traces.models import Trace
from tests.agentscope.packs.test_pack import lines, remanifest, verified
from tests.kit.corpus import cases, replay

NAME = "openai-agents-openinference"


@pytest.fixture
def shop(db):
    """A project whose decisions the ledger tells of."""
    found = create_project("shop")
    replay(next(case for case in cases() if case.name == NAME), found.pk)
    rows = list(Record.objects.all())
    mark(append(found.pk, RECORDS, told_of(rows)).position, rows)
    return found


def packed(shop, tmp_path):
    make(Asked(shop), tmp_path / "pack", "ann")
    return tmp_path / "pack"


def test_all_decisions_are_those_of_the_ledger(shop, tmp_path):
    folder = packed(shop, tmp_path)
    code, told = verified(folder)
    count = Record.objects.count()
    assert (code, f"the ledger holds: {count}; of which" in told) == (0, True), told
    for each in lines(folder / "decisions.jsonl"):
        known = json.loads(each["text"])["listed"]
        assert {name: each[name] for name in known} == known


def test_the_ledger_tells_of_what_has_ended_before_it_is_packed(tmp_path, db):
    fresh = create_project("fresh")
    replay(next(case for case in cases() if case.name == NAME), fresh.pk)
    Trace.objects.update(state=Trace.State.ENDED)
    count = Record.objects.count()
    code, told = verified(packed(fresh, tmp_path))
    assert code == 0
    assert f"holds: {count}; of which no entry in this pack tells: 0." in told


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("agent", '"agent":"Refunds"', '"agent":"Billing"'),
        ("outcome", '"outcome":"done"', '"outcome":"failed"'),
        ("end_user", '"end_user":', '"end_user":"eve","was":'),
        ("at", '"at":"2', '"at":"3'),
    ],
)
def test_what_lists_show_is_not_changed_alone(name, before, after, shop, tmp_path):
    folder = packed(shop, tmp_path)
    remanifest("decisions.jsonl", before, after)(folder)
    code, told = verified(folder)
    assert (code, "All is well." in told) == (1, False)
    assert f"is not as its own text says: {name}." in told


def test_a_decision_is_not_given_the_name_of_another(shop, tmp_path):
    folder = packed(shop, tmp_path)
    first, second = (each["id"] for each in lines(folder / "decisions.jsonl")[:2])
    remanifest("decisions.jsonl", f'"id":"{first}"', f'"id":"{second}"')(folder)
    code, told = verified(folder)
    assert code == 1
    assert f"Decision {second} is not the one that entry 2 tells of." in told


def test_what_the_database_was_made_to_say_is_named_in_words_and_by_the_verifier(shop, tmp_path):
    Record.objects.filter(agent="Refunds").update(agent="Billing")
    folder = packed(shop, tmp_path)
    html = (folder / "index.html").read_text()
    assert "what lists say of it was changed: agent." in html
    assert "is not as its own text says: agent." in verified(folder)[1]


def test_the_page_says_which_entry_tells_of_a_decision(shop, tmp_path):
    html = (packed(shop, tmp_path) / "index.html").read_text()
    assert html.count(", in entry 2 of the ledger</small>") == Record.objects.count()
    assert "This is not the record" not in html
    Record.objects.update(recorded=None)
    make(Asked(shop), tmp_path / "untold", "ann")
    assert "does not tell yet" in (tmp_path / "untold" / "index.html").read_text()


@pytest.mark.parametrize(
    ("entry", "held"),
    [
        ("no JSON", set()),
        ('{"digests": 5}', set()),
        ('{"digests": "%", "ids": [1]}', set()),
        ({"ids": [7, 8]}, {("7", b"a" * 32), ("8", b"b" * 32)}),
        ({"records": ["a/b"]}, {("a/b", b"a" * 32)}),
        ({"records": {"a": 1}}, {("", b"a" * 32), ("", b"b" * 32)}),
    ],
)
def test_what_an_entry_holds(entry, held):
    digests = b64encode(b"a" * 32 + b"b" * 32).decode()
    text = entry if isinstance(entry, str) else json.dumps({"digests": digests, **entry})
    assert held_in(text) == held
