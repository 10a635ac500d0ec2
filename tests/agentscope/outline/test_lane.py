"""The lane is true to time within work, and draws rests short."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.lane import GAP_WIDTH, MOST_GAPS_WIDTH, Lane, lane
from agentscope.vocabulary import Kind
from tests.agentscope.outline.test_critical import timed
from tests.kit.forests import SECOND, START

MINUTE = 60


def seconds(shown):
    return [((begin - START) // SECOND, (end - START) // SECOND) for begin, end in shown.gaps]


def shown(tree, end, live=False, begin=0):
    return lane(tree, START + begin * SECOND, START + end * SECOND, live)


def test_a_long_rest_is_a_gap():
    tree = timed([-1, 0, 0], [(0, 7300), (0, 50), (7250, 7300)], kind=[Kind.AGENT] * 3)
    assert seconds(shown(tree, 7300)) == [(50, 7250)]


def test_what_runs_is_no_gap_though_it_has_quiet_children():
    tree = timed([-1, 0], [(0, 7300), (0, 50)], kind=[Kind.TOOL, Kind.OTHER])
    assert seconds(shown(tree, 7300)) == []


def test_waiting_for_a_person_is_a_gap():
    tree = timed(
        [-1, 0, 0], [(0, 7300), (0, 100), (100, 7300)], kind=[Kind.AGENT, Kind.LLM, Kind.HUMAN]
    )
    assert seconds(shown(tree, 7300)) == [(100, 7300)]


@pytest.mark.parametrize(("rest", "gaps"), [(30, 0), (31, 1)])
def test_a_short_rest_is_part_of_the_work(rest, gaps):
    tree = timed([-1, -1], [(0, 10), (10 + rest, 20 + rest)])
    assert len(shown(tree, 20 + rest).gaps) == gaps


def test_a_small_part_of_the_whole_is_no_gap():
    tree = timed([-1, -1], [(0, 10_000), (10_400, 20_000)])
    assert seconds(shown(tree, 20_000)) == []
    assert seconds(shown(tree, 12_000, begin=9_000)) == [(10_000, 10_400)]


def test_what_is_open_runs_on_while_the_run_is_live():
    tree = timed([-1], [(0, 10)])
    tree.end_ns[0] = 0
    assert seconds(shown(tree, 500, live=True)) == []
    assert seconds(shown(tree, 500)) == [(0, 500)]


@st.composite
def lanes(draw):
    edges = sorted(draw(st.sets(st.integers(1, 10**6), min_size=0, max_size=24)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    return Lane(START, START + 10**6 + 1, tuple((START + a, START + b) for a, b in pairs))


@given(lanes(), st.lists(st.integers(-5, 10**6 + 5), min_size=2))
def test_a_later_time_is_never_further_to_the_left(shown, times):
    places = [shown.at(START + time) for time in sorted(times)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


@given(lanes())
def test_the_ends_are_at_the_edges_and_work_is_drawn_to_scale(shown):
    assert (shown.at(shown.begin_ns), round(shown.at(shown.end_ns), 9)) == (0.0, 1.0)
    times, places = shown.knots
    widths = np.diff(places)[::2]
    lasts = np.diff(times)[::2]
    scale = widths.sum() / lasts.sum()
    assert np.allclose(widths, lasts * scale)
    wide = min(GAP_WIDTH, MOST_GAPS_WIDTH / max(len(shown.gaps), 1))
    assert np.allclose(np.diff(places)[1::2], wide)
