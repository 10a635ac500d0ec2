"""Bodies have one spelling, and hold no more than is told."""

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from agentscope.records.body import canonical
from agentscope.records.item import Item, digest_of, usd
from agentscope.records.units import MOST, MOST_ITEMS
from agentscope.traces.tree import UNKNOWN
from tests.agentscope.records.drawn import records_of, said

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ITEMS = st.builds(
    Item,
    what=TEXTS,
    name=TEXTS,
    why=TEXTS,
    effect=st.booleans(),
    unpriced=st.integers(0, 2**31),
    input=st.builds(digest_of, TEXTS),
)


@given(items=st.lists(ITEMS), at=TEXTS, until=st.none() | TEXTS)
def test_a_body_is_spelled_as_the_standard_says(items, at, until):
    body = {"at": at, "until": until, "did": [item.body for item in items], "left": {}}
    assert canonical(body) == rfc8785.dumps(body)


def test_what_is_unknown_is_not_written():
    assert Item("tool", "pay").body == {"what": "tool", "name": "pay", "basis": "declared"}
    assert (usd(UNKNOWN), usd(0, unpriced=2), usd(0), usd(25 * 10**10)) == ("", "", "0", "0.25")


def test_the_digest_of_a_text_is_that_of_its_bytes_and_of_all_else_of_its_json():
    assert digest_of("é") == {
        "sha256": "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c",
        "size": 2,
    }
    assert digest_of({"b": 1, "a": [2]}) == digest_of('{"a":[2],"b":1}')
    assert digest_of("") is digest_of(None) is digest_of([]) is None


def test_what_is_left_out_is_counted_and_what_changed_something_is_not():
    lines = "  tool find\n" * (MOST_ITEMS + 7) + "  handoff on\n" * 60 + "  tool pay\n" * 3
    (record,) = records_of(f"agent desk\n  llm act\n{lines}" + "  llm again\n" * 20)
    assert said(record, "knew", "what").count(("read",)) == MOST_ITEMS
    assert len(record.body["did"]) == MOST_ITEMS
    assert said(record, "did", "effect").count((True,)) == 3
    assert record.body["left"] == {"knew": 7, "did": 63 - MOST_ITEMS, "calls": 21 - 8}


def test_how_many_records_of_a_trace_are_left_out_is_told_with_the_first():
    idle, busy = "agent a\n  llm act\n", "agent b\n  llm act\n  tool pay\n"
    first, *_, last = found = records_of(idle * MOST + busy * 2)
    assert len(found) == MOST
    assert [record.effects for record in found].count(["pay"]) == 2
    assert (first.body["left"], last.body["left"]) == ({"records": 2}, {})
