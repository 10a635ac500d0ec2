"""When a trace worked, and when it only waited for people."""

import pytest

from agentscope.traces.grow import grow
from agentscope.traces.waiting import times
from agentscope.vocabulary import Flag, Kind, Status
from tests.kit.drawing import SECOND, shuffled, spans
from tests.kit.spans import NOON

WAITING = Status.WAITING


def span(kind, start, end, parent=0, **said):
    """A span from and until so many seconds after noon; `end` 0: still open."""
    return {
        "kind": kind,
        "start_ns": NOON + start * SECOND,
        "end_ns": NOON + end * SECOND if end else 0,
        "parent_id": parent,
    } | said


def found(*said, seed=0):
    """Stretches of work and of waiting in seconds after noon, and seconds waited."""
    seen = times(grow(shuffled(spans(*said), seed)))
    seconds = [[(ns - NOON) // SECOND for ns in column] for column in (seen.worked, seen.waited)]
    return (*seconds, seen.waiting_ns // SECOND)


def test_it_works():
    run = [span(Kind.AGENT, 0, 10), span(Kind.HUMAN, 2, 5, 1), span(Kind.LLM, 6, 9, 1)]
    assert found(*run) == ([0, 2, 5, 10], [2, 5], 3)


def test_nothing_waits_where_nobody_is_asked():
    assert found(span(Kind.AGENT, 0, 4), span(Kind.LLM, 1, 3, 1)) == ([0, 4], [], 0)


@pytest.mark.parametrize("seed", range(3))
def test_two_who_wait_at_once_are_not_counted_twice(seed):
    run = [
        span(Kind.AGENT, 0, 10),
        span(Kind.HUMAN, 1, 5, 1),
        span(Kind.HUMAN, 3, 7, 1),
        span(Kind.HUMAN, 3, 6, 3),  # the same question, told once more inside
    ]
    assert found(*run, seed=seed) == ([0, 1, 7, 10], [1, 7], 6)


def test_work_beside_a_question_is_work():
    run = [span(Kind.AGENT, 0, 10), span(Kind.HUMAN, 1, 5, 1), span(Kind.LLM, 2, 4, 1)]
    assert found(*run) == ([0, 1, 2, 4, 5, 10], [1, 2, 4, 5], 2)


def test_a_tool_that_asks_waits():
    run = [span(Kind.AGENT, 0, 9), span(Kind.TOOL, 1, 8, 1), span(Kind.HUMAN, 1, 7, 2)]
    assert found(*run) == ([0, 1, 7, 9], [1, 7], 6)


def test_after_an_interrupt_the_next_call_ends_the_wait():
    run = [
        span(Kind.CHAIN, 0, 20),
        span(Kind.TOOL, 1, 2, 1, status=WAITING),
        span(Kind.TOOL, 12, 13, 1),
    ]
    assert found(*run) == ([0, 1, 12, 20], [1, 12], 11)


def test_a_run_that_an_interrupt_ended_waits_since_its_end():
    run = [span(Kind.CHAIN, 0, 3), span(Kind.TOOL, 1, 2, 1, status=WAITING)]
    assert found(*run) == ([0, 1, 2, 3], [1, 2, 3], 1)


def test_an_open_question_waits_since_it_was_asked():
    assert found(span(Kind.AGENT, 0, 0), span(Kind.HUMAN, 2, 0, 1)) == ([0, 2], [2], 0)


def test_a_gap_between_two_roots_is_no_work():
    assert found(span(Kind.AGENT, 0, 1), span(Kind.AGENT, 500, 502)) == ([0, 1, 500, 502], [], 0)


def test_impossible_times_do_not_count():
    odd = span(Kind.LLM, 0, 10**6, flags=Flag.CLOCK_SUSPECT)
    assert found(span(Kind.AGENT, 0, 1), odd) == ([0, 1], [], 0)
