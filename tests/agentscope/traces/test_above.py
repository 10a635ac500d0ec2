"""What lies above a row, by steps of doubling, is what a climb from parent to parent finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.above import nearest, outermost


@st.composite
def forests(draw: st.DrawFn) -> list[tuple[int, bool]]:
    """Rows in reading order: the parent of each, and whether it is marked."""
    size = draw(st.integers(0, 40))
    parents = [draw(st.integers(-1, row - 1)) for row in range(size)]
    return [(parent, draw(st.booleans())) for parent in parents]


def climb(rows: list[tuple[int, bool]], at: int) -> list[int]:
    """The marked rows from one upwards, itself included."""
    found = []
    while at >= 0:
        found += [at] * rows[at][1]
        at = rows[at][0]
    return found


@given(forests())
def test_the_nearest_and_the_outermost_are_those_of_a_climb(rows):
    parent = np.array([above for above, _ in rows], np.int64)
    marked = np.array([mark for _, mark in rows], bool)
    ways = [climb(rows, at) for at in range(len(rows))]
    assert nearest(parent, marked).tolist() == [way[0] if way else -1 for way in ways]
    assert outermost(parent, marked).tolist() == [way[-1] if way else -1 for way in ways]


def test_a_chain_of_many_is_climbed():
    size = 50_000
    parent, marked = np.arange(-1, size - 1), np.zeros(size, bool)
    marked[3] = True
    assert nearest(parent, marked).tolist() == [-1] * 3 + [3] * (size - 3)
