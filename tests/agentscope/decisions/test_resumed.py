"""Which run goes on from which, and from which state of it."""

from itertools import permutations
from uuid import UUID

import pytest

from agentscope.decisions.resumed import (
    Continuation,
    State,
    by_state,
    continuations,
    joined,
    waits,
)
from agentscope.findings.earlier import Ended
from agentscope.traces.grow import grow
from tests.kit.costs import uuid
from tests.kit.drawing import drawn
from tests.kit.resumed import Run, tell

A, B, C = (UUID(int=number) for number in (1, 2, 3))
WELL, PAUSED = int(Ended.WELL), int(Ended.PAUSED)


def test_a_run_goes_on_from_the_last_state_of_another():
    states = [State(A, 1, WELL, (7, 8, 9)), State(B, 2, WELL, (9, 10))]
    assert by_state(B, states) == [Continuation(A, True, False, 3, 3)]
    assert by_state(A, states) == [Continuation(B, False, False, 3, 3)]


def test_one_that_goes_on_from_an_older_state_is_a_fork():
    states = [State(A, 1, WELL, (7, 8, 9)), State(B, 2, WELL, (8, 11))]
    assert by_state(B, states) == [Continuation(A, True, True, 2, 3)]


def test_the_same_beginning_is_the_same_question_unless_the_first_one_waits():
    same = (7, 8)
    assert by_state(B, [State(A, 1, WELL, same), State(B, 2, WELL, (7, 9))]) == []
    paused = [State(A, 1, PAUSED, same), State(B, 2, WELL, (7, 9))]
    assert by_state(B, paused) == [Continuation(A, True, True, 1, 2)]


def test_unknown_states_tell_nothing():
    assert by_state(B, [State(A, 1, WELL, (7, 0)), State(B, 2, WELL, (0, 7))]) == []
    assert by_state(C, [State(A, 1, WELL, (7,))]) == []


def test_the_nearest_earlier_run_is_the_one_gone_on_from_in_any_order():
    states = [State(A, 1, WELL, (7, 8)), State(B, 2, WELL, (7, 8)), State(C, 3, WELL, (8, 9))]
    expected = [Continuation(B, True, False, 2, 2)]
    assert all(by_state(C, list(order)) == expected for order in permutations(states))


def test_a_trace_is_told_once_and_a_state_says_more_than_a_link():
    known = Continuation(A, True, True, 1, 2)
    assert joined(C, [known], [A, B, C], [B]) == [
        known,
        Continuation(B, True),
        Continuation(B, False),
    ]


def test_an_interrupt_waits_for_the_next_call():
    spans = drawn("agent a\n  tool ask status=3\n  llm go\n  tool again status=3")
    tree = grow(spans)
    end = int(tree.end_ns[1])
    assert waits(tree) == {1: int(tree.start_ns[2]) - end}


def test_nothing_waits_where_nobody_was_asked():
    assert waits(grow(drawn("agent a\n  llm m"))) == {}


@pytest.mark.django_db
@pytest.mark.parametrize("order", [[1, 2], [2, 1]])
def test_runs_of_a_session_know_each_other_by_their_checkpoints(order: list[int]):
    first = Run(1).think("a", continues="c1").think("b", continues="c2").think("c", continues="c3")
    fork = Run(2, at=60).think("d", continues="c2")
    tell(first, fork, order=order)
    assert continuations(7, uuid(2), []) == [Continuation(uuid(1), True, True, 2, 3)]
    assert continuations(7, uuid(1), []) == [Continuation(uuid(2), False, True, 2, 3)]


@pytest.mark.django_db
def test_a_link_leads_both_ways():
    tell(Run(1).think("Done."), Run(2, at=60, session="", links=[1]).think("More."))
    assert Continuation(uuid(1), True) in continuations(7, uuid(2), [uuid(1)])
    assert Continuation(uuid(2), False) in continuations(7, uuid(1), [])
    assert continuations(8, uuid(1), []) == []
