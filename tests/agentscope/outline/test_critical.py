"""The critical path covers a run once, and goes through what ended last."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.critical import critical
from agentscope.vocabulary import Flag
from tests.kit.forests import SECOND, SHAPES, START, forest, told


def timed(parents, times, **said):
    """A tree of spans with these first and last seconds."""
    start = START + np.array([first for first, _ in times]) * SECOND
    end = START + np.array([last for _, last in times]) * SECOND
    tree = forest(parents, start_ns=start, end_ns=end, **said)
    for row in range(len(tree)):
        tree.last_ns[row] = end[row : int(tree.end[row])].max()
    return tree


def path(tree, begin, end):
    """Rows, with the seconds of each by itself."""
    found = critical(tree, START + begin * SECOND, START + end * SECOND)
    rows, own = found.rows.tolist(), (found.own_ns // SECOND).tolist()
    return dict(zip(rows, own, strict=True)), found.idle_ns // SECOND


def test_of_two_that_ran_side_by_side_the_one_that_ended_last_counts():
    tree = timed([-1, 0, 0], [(0, 12), (1, 9), (2, 11)])
    assert path(tree, 0, 12) == ({0: 3, 2: 9}, 0)


def test_one_after_the_other_both_count():
    tree = timed([-1, 0, 0], [(0, 10), (0, 4), (5, 10)])
    assert path(tree, 0, 10) == ({0: 1, 1: 4, 2: 5}, 0)


def test_of_those_that_ended_together_the_one_that_began_last_counts():
    tree = timed([-1, 0, 0], [(0, 9), (1, 9), (4, 9)])
    assert path(tree, 0, 9) == ({0: 4, 2: 5}, 0)


def test_what_outlives_its_parent_decides_the_end():
    tree = timed([-1, 0], [(0, 4), (3, 10)])
    assert path(tree, 0, 10) == ({0: 3, 1: 7}, 0)


def test_between_roots_nothing_runs():
    tree = timed([-1, -1], [(0, 4), (6, 10)])
    assert path(tree, 0, 10) == ({0: 4, 1: 4}, 2)


def test_a_wrong_clock_decides_nothing():
    flags = [0, int(Flag.CLOCK_SUSPECT)]
    tree = timed([-1, 0], [(0, 10), (1, 10)], flags=flags)
    assert path(tree, 0, 10) == ({0: 10}, 0)


@st.composite
def any_times(draw):
    said = draw(told())
    rows = len(said.tree)
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    first = chance.integers(0, 20, rows)
    return timed(
        said.tree.parent.tolist(),
        list(zip(first, first + chance.integers(0, 9, rows), strict=True)),
    )


@given(any_times())
def test_the_path_covers_the_run_once(tree):
    begin, end = int(tree.start_ns.min()), int(tree.last_ns.max())
    found = critical(tree, begin, end)
    assert int(found.own_ns.sum()) + found.idle_ns == end - begin
    assert (found.own_ns >= 0).all()
    assert (found.end_ns > found.begin_ns).all(), "what takes no time is not on the path"
    assert (np.diff(found.rows) > 0).all()


@given(any_times())
def test_rows_of_the_path_lie_in_rows_of_the_path_and_in_their_times(tree):
    found = critical(tree, int(tree.start_ns.min()), int(tree.last_ns.max()))
    on_path = set(found.rows.tolist())
    assert {parent for row in on_path if (parent := int(tree.parent[row])) >= 0} <= on_path
    assert (found.begin_ns >= tree.start_ns[found.rows]).all()
    assert (found.end_ns <= tree.last_ns[found.rows]).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_deep_and_wide_traces_have_a_path(shape):
    tree = SHAPES[shape](20_000)
    begin, end = int(tree.start_ns.min()), int(tree.last_ns.max())
    found = critical(tree, begin, end)
    assert int(found.own_ns.sum()) + found.idle_ns == end - begin
