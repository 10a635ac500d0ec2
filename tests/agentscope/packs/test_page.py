"""The items of a decision in the words of a pack."""

import pytest

from agentscope.packs.page import words

ITEM = {"what": "approval", "name": "ask bob", "basis": "declared"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"words": "approved", "by": "bob", "at": "2026-11-25T12:00:02Z"},
            "ask bob, approved, by bob, 2026-11-25T12:00:02Z",
        ),
        ({"words": "allow", "times": 3}, "ask bob, allow, 3 times, at last"),
        ({"words": "allow", "times": 1}, "ask bob, allow"),
        ({"effect": True, "usd": "0"}, "ask bob, changes something"),
        ({"usd": "0.5"}, "ask bob, $0.5"),
        ({"usd": "0.5", "unpriced": 1}, "ask bob, $0.5, and 1 call has no price"),
        ({"usd": "0.5", "unpriced": 2}, "ask bob, $0.5, and 2 calls have no price"),
        ({"unpriced": 2}, "ask bob, cost unknown"),
    ],
)
def test_who_when_and_at_what_cost_is_told(said, told):
    assert words(ITEM | said).told == told
