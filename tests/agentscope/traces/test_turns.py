"""Turns that are put together from records of logs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.turns import gather_turns
from agentscope.vocabulary import Flag, Kind
from tests.kit.drawing import spans

MADE = int(Flag.FROM_LOGS)


def turn(number, start, **said):
    return {"span_id": number, "kind": Kind.AGENT, "start_ns": start, "end_ns": start} | said


def call(number, start, **said):
    return {"span_id": number, "kind": Kind.LLM, "start_ns": start, "end_ns": start + 5} | said


def gathered(*rows):
    """Parents and ends by span id."""
    told = spans(*({"flags": MADE, "parent_id": 0} | row for row in rows))
    gather_turns(told)
    parents = dict(zip(told.span_id.tolist(), told.parent_id.tolist(), strict=True))
    return parents, dict(zip(told.span_id.tolist(), told.end_ns.tolist(), strict=True))


def test_it_works():
    parents, ends = gathered(turn(1, 10), call(2, 12), call(3, 20), turn(4, 30), call(5, 31))
    assert parents == {1: 0, 2: 1, 3: 1, 4: 0, 5: 4}
    assert (ends[1], ends[4]) == (25, 36)


def test_what_comes_before_every_turn_stays_at_the_root():
    assert gathered(call(1, 5), turn(2, 10))[0] == {1: 0, 2: 0}


def test_a_turn_that_is_named_counts_more_than_the_last_one():
    assert gathered(turn(1, 10), turn(2, 20), call(3, 30, parent_id=1))[0][3] == 1


def test_spans_of_tracers_are_left_alone():
    parents, ends = gathered(turn(1, 10, flags=0), call(2, 12, flags=0))
    assert (parents, ends) == ({1: 0, 2: 0}, {1: 10, 2: 17})


@given(st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(order):
    rows = [turn(1, 10), call(2, 10), turn(3, 10), call(4, 30), call(5, 30)]
    assert gathered(*rows) == gathered(*(rows[at] for at in order))


def test_nothing_at_all():
    told = spans()
    gather_turns(told)
    assert np.array_equal(told.span_id, np.array([], np.int64))
