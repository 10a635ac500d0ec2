"""The items of a decision in the words of a pack."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from agentscope.packs.page import PARTS, decision, words
from agentscope.packs.said import SaidOf
from agentscope.records.models import Record

ITEM = {"what": "approval", "name": "ask bob", "basis": "declared"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"words": "approved", "by": "bob", "at": "2026-11-25T12:00:02Z"},
            "ask bob, approved, by bob, 2026-11-25 12:00:02 UTC",
        ),
        ({"at": "2026-11-28T00:25:59.622682Z"}, "ask bob, 2026-11-28 00:25:59 UTC"),
        ({"at": "2026-11-28T01:25:59+01:00"}, "ask bob, 2026-11-28 00:25:59 UTC"),
        ({"at": "one day"}, "ask bob, one day"),
        ({"what": "finding", "name": "personal_data"}, "personal data"),
        ({"what": "tool", "name": "ask_bob"}, "ask_bob"),
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


def test_a_decision_begins_with_the_sentence_that_its_page_has():
    parts: dict[str, list[object]] = {name: [] for name in PARTS}
    yes = {**ITEM, "words": "approved", "by": "bob"}
    found = Record(
        trace_id=UUID(int=1), span_id=1, at=datetime(2026, 11, 28, 0, 25, 59, 622682, UTC),
        agent="refunder", end_user="<ann>", session="S", effects=["refund"], rejected=2,
        outcome="done", authority="approved", body={**parts, "authority": [yes]}, digest=b"",
    )  # fmt: skip
    page = render_to_string("packs/decision.html", decision(found, SaidOf()))
    assert (
        "<h3>refunder, for &lt;ann&gt; in session S, called refund after a yes by bob; "
        "2 alternatives rejected.</h3>" in page
    )
    assert '<p class="quiet">2026-11-28 00:25:59 UTC. Trace' in page
