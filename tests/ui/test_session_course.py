"""The course of a session as a picture."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.sessions.course import course
from agentscope.traces.models import Trace
from tests.kit.spans import NOON
from ui.session_course import IDLE, WAITED, WORKED, Line, lanes

SECOND = 10**9
DAY = 86_400


def trace(number, worked, waited=()):
    """A trace that worked and waited in these seconds after noon."""
    ns = [[NOON + at * SECOND for at in times] for times in (worked, waited)]
    every = [*ns[0], *ns[1]]
    return Trace(
        trace_id=UUID(int=number),
        start_ns=min(every),
        end_ns=max(every),
        worked=ns[0],
        waited=ns[1],
        state="ended",
    )


def looks(bars):
    return [bar.look for bar in bars]


def test_days_without_work_are_drawn_short_and_said():
    traces = [trace(1, [0, 10]), trace(2, [3 * DAY, 3 * DAY + 10])]
    line = Line(course(traces))
    first, gap, second = line.bars
    assert looks(line.bars) == [WORKED, IDLE, WORKED]
    assert first.width == pytest.approx(second.width)
    assert gap.width < first.width / 4
    assert gap.words == "idle 2 d 23 h"
    assert [lane.before for lane in lanes(traces, line, 1)] == ["", "2 d 23 h"]


def test_waiting_for_an_answer_is_told_from_doing_nothing():
    traces = [trace(1, [0, 10], [10]), trace(2, [DAY, DAY + 10])]
    line = Line(course(traces))
    assert looks(line.bars) == [WORKED, WAITED, WORKED]
    assert [lane.is_interrupted for lane in lanes(traces, line, 1)] == [True, False]


def test_each_trace_has_its_own_bars_on_the_line_of_all():
    traces = [trace(1, [0, 10]), trace(2, [5, 8, 9, 15], [8, 9])]
    first, second = lanes(traces, Line(course(traces)), 4)
    assert [(bar.look, bar.start) for bar in first.bars] == [(WORKED, 0)]
    assert looks(second.bars) == [WORKED, WORKED, WAITED]
    assert second.bars[0].start == pytest.approx(100 * 5 / 15, abs=0.01)
    assert (first.number, second.number, second.before) == (4, 5, "")


TIMES = st.lists(st.integers(0, 10**6), min_size=2, max_size=8, unique=True).map(
    lambda times: sorted(times)[: len(times) // 2 * 2]
)


@given(st.lists(TIMES, min_size=1, max_size=6))
def test_the_line_is_always_filled_from_end_to_end(runs):
    traces = [trace(number, worked) for number, worked in enumerate(runs, start=1)]
    line = Line(course(traces))
    assert sum(bar.width for bar in line.bars) == pytest.approx(100, abs=0.01 * len(line.bars))
    assert all(0 <= bar.start <= bar.start + bar.width <= 100.01 for bar in line.bars)
    for lane in lanes(traces, line, 1):
        assert all(0 <= bar.start <= bar.start + bar.width <= 100.01 for bar in lane.bars)


def test_a_trace_without_times_has_no_bars():
    empty = Trace(trace_id=UUID(int=1), start_ns=0, end_ns=0, state="idle")
    line = Line(course([empty]))
    assert line.bars == []
    assert lanes([empty], line, 1)[0].bars == []
