"""Each span once, whatever came of it; nothing of others; numbers within reason."""

from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from agentscope.traces.load import MOST_TOKENS, load_spans
from agentscope.traces.tree import UNKNOWN
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Flag, Kind, Meaning, Usage
from tests.kit.spans import NOON, TRACE, understood, wire_span

pytestmark = pytest.mark.django_db

ID = UUID(bytes=TRACE)


def test_it_works():
    said = Meaning(
        kind=Kind.LLM,
        model="gpt-4o",
        usage=Usage(input=10, output=0),
        reported_cost=Decimal("0.000001000001"),
    )
    save_spans(7, [(wire_span(3, parent_id=b"\xff" * 8, name="chat"), said)])
    spans = load_spans(7, ID)
    assert (spans.span_id.tolist(), spans.parent_id.tolist()) == ([3], [-1])
    assert (spans.kind.tolist(), spans.model, spans.name) == ([Kind.LLM], ["gpt-4o"], ["chat"])
    assert (spans.input_tokens.tolist(), spans.cache_read_tokens.tolist()) == ([10], [UNKNOWN])
    assert spans.reported_cost.tolist() == [1_000_001]


def test_no_spans():
    assert len(load_spans(7, ID)) == 0


def test_nothing_of_other_projects_and_traces():
    save_spans(7, understood(wire_span(1)))
    save_spans(8, understood(wire_span(2)))
    save_spans(7, understood(wire_span(3, trace_id=bytes(15) + b"\1")))
    assert load_spans(7, ID).span_id.tolist() == [1]


@pytest.mark.parametrize("ends", [NOON, NOON + 10**9])
def test_copies_that_disagree_about_their_start_are_one_span_in_conflict(ends):
    copies = [
        wire_span(1, name="one", end_ns=ends),
        wire_span(1, name="other", start_ns=NOON - 5000, end_ns=NOON + 5),
    ]
    for copy in copies:
        save_spans(7, understood(copy))
    spans = load_spans(7, ID)
    assert spans.name == ["one" if ends > NOON + 5 else "other"]
    assert spans.flags.tolist() == [int(Flag.CONFLICT)]


def test_an_open_copy_gives_way_to_the_ended_one_without_a_conflict():
    save_spans(7, understood(wire_span(1, name="ended")))
    save_spans(7, understood(wire_span(1, name="open", start_ns=NOON - 5000, end_ns=0)))
    spans = load_spans(7, ID)
    assert (spans.name, spans.flags.tolist()) == (["ended"], [0])


def test_numbers_that_cannot_be_are_unknown():
    said = Meaning(usage=Usage(input=MOST_TOKENS + 1), reported_cost=Decimal(10**9))
    save_spans(7, [(wire_span(1), said)])
    spans = load_spans(7, ID)
    assert (spans.input_tokens.tolist(), spans.reported_cost.tolist()) == ([UNKNOWN], [UNKNOWN])


def test_another_order():
    save_spans(7, understood(*(wire_span(number) for number in (1, 2, 3))))
    spans = load_spans(7, ID).follow(np.array([2, 3, 1]))
    assert spans.span_id.tolist() == [2, 3, 1]
