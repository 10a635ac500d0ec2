"""Entries are found by what people look for, the newest first, by their position."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from agentscope.audit.kinds import CHANGES, GROUPS, OTHER, kind_words, kinds_of
from agentscope.audit.read import (
    Filters,
    checkpoints,
    covering,
    entries,
    entry,
    erasers,
    people,
)
from agentscope.ledger.write import append, checkpoint, erase
from agentscope.projects.changes import note_change
from tests.agentscope.ledger.test_tampering import tamper

pytestmark = pytest.mark.django_db
SHOP, OTHER_SHOP = 1, 2
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def shop():
    """What four people did on four days, and somebody in another project."""
    told = [
        ("budget", "ann", "Budget “day” was made.", {"limit": "25.00"}),
        ("price", "ben", "Set the price of 100 % cocoa.", {"before": "1", "after": "2"}),
        ("budget", "ann", "Budget “day” was changed.", {}),
        ("unheard_of", "cleo", "Did what no version knows.", {"said": 'a "quoted" \\ word'}),
    ]
    for day, (kind, who, what, details) in enumerate(told):
        with time_machine.travel(NOON + timedelta(days=day), tick=False):
            note_change(kind, SHOP, who, what, details)
    note_change("budget", OTHER_SHOP, "dora", "Budget “hers” was made.", {})


def found(**said):
    """The positions of what is found."""
    return [each.position for each in entries(SHOP, Filters(**said), None, 10).found]


@pytest.mark.parametrize(
    ("said", "positions"),
    [
        ({}, [5, 4, 3, 2]),
        ({"itself": True}, [5, 4, 3, 2, 1]),
        ({"group": "budgets"}, [4, 2]),
        ({"group": "ledger"}, [1]),
        ({"group": CHANGES}, [4, 3, 2]),
        ({"group": OTHER}, [5]),
        ({"kind": "price"}, [3]),
        ({"kind": "ledger.opened"}, [1]),
        ({"who": "ann"}, [4, 2]),
        ({"who": "an"}, []),
        ({"who": "dora"}, []),
        ({"text": "DAY"}, [4, 2]),
        ({"text": "100 %"}, [3]),
        ({"text": "1_0"}, []),
        ({"text": 'a "quoted" \\ w'}, [5]),
        ({"text": "25.00"}, [2]),
        ({"since": NOON + timedelta(days=1)}, [5, 4, 3]),
        ({"until": NOON + timedelta(days=1)}, [2]),
        ({"since": NOON + timedelta(days=1), "until": NOON + timedelta(days=3)}, [4, 3]),
        ({"who": "ann", "group": "budgets", "text": "changed"}, [4]),
    ],
)
def test_entries_are_found(shop, said, positions):
    assert found(**said) == positions


def test_the_salt_is_not_looked_through(shop):
    salt = entry(SHOP, 2).said["salt"]
    assert found(text=salt) == []


def test_pages_follow_each_other_by_position(shop):
    first = entries(SHOP, Filters(), None, 2)
    second = entries(SHOP, Filters(), first.further, 2)
    assert [each.position for each in (*first.found, *second.found)] == [5, 4, 3, 2]
    assert (first.further, second.further) == (4, None)


def test_a_text_is_looked_for_in_so_many_entries_at_a_time(shop, monkeypatch):
    monkeypatch.setattr("agentscope.audit.read.LOOKED_THROUGH", 2)
    looks, before = [], 10**18
    while before is not None:
        looked = entries(SHOP, Filters(text="day", itself=True), before, 10)
        looks.append(([each.position for each in looked.found], looked.is_cut))
        before = looked.further
    assert looks == [([4], True), ([2], True), ([], False)]


def test_a_look_for_a_text_ends_where_the_period_begins(shop, monkeypatch):
    monkeypatch.setattr("agentscope.audit.read.LOOKED_THROUGH", 2)
    since = Filters(text="day", since=NOON + timedelta(days=3))
    assert (entries(SHOP, since, None, 10).further, found(text="day")) == (4, [4])


def test_a_clock_that_was_set_back_hides_nothing(shop):
    with time_machine.travel(NOON + timedelta(days=2, hours=13), tick=False):
        note_change("budget", SHOP, "ann", "Budget “day” was deleted.", {})
    assert found(until=NOON + timedelta(days=3)) == [6, 4, 3, 2]
    assert found(since=NOON + timedelta(days=2, hours=14)) == [5]


def test_what_was_erased_says_who_erased_it(shop):
    erase(SHOP, [2, 3], "ben", "asked for by ann")
    gone = entry(SHOP, 2)
    assert (gone.text, gone.said) == (None, {})
    told = erasers(SHOP, [2, 3, 4])
    assert {position: each.said["who"] for position, each in told.items()} == {2: "ben", 3: "ben"}
    assert erasers(SHOP, []) == {}


def test_what_somebody_made_of_an_entry_is_read_as_nothing(shop):
    tamper("update ledger_content set text = '[1]' where position = 2")
    tamper("update ledger_content set text = '1' where position = 3")
    assert (entry(SHOP, 2).said, entry(SHOP, 3).said) == ({}, {})
    assert found(text="day") == [4]


def test_people_are_those_of_the_project_each_once(shop):
    append(SHOP, "job", {"what": "nobody did it"})
    assert people(SHOP) == ["ann", "ben", "cleo"]
    assert people(3) == []


def test_checkpoints_the_newest_first_and_the_first_that_covers_an_entry(shop):
    checkpoint(SHOP)
    note_change("budget", SHOP, "ann", "Budget “day” was deleted.", {})
    checkpoint(SHOP)
    assert [each.position for each in checkpoints(SHOP, limit=5)] == [6, 5]
    assert [each.position for each in checkpoints(SHOP, before=6, limit=5)] == [5]
    assert covering(SHOP, 2).position == 5
    assert covering(SHOP, 6).position == 6
    assert covering(SHOP, 7) is None


def test_each_kind_is_in_one_group_and_has_words():
    kinds = [kind for group in GROUPS.values() for kind in group.kinds]
    assert len(kinds) == len(set(kinds))
    assert kind_words("rule") == "Alerts"
    assert kind_words("unheard_of") == "unheard of"
    assert kinds_of("nonsense") == ()
    assert not {"login", "export", "ledger.opened"} & set(kinds_of(CHANGES))
