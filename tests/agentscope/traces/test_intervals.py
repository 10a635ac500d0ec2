"""Stretches of time against counting moments one by one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agentscope.traces.intervals import fewer, flat, length, pairs, union, without

STRETCHES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def moments(stretches):
    return {at for start, end in stretches for at in range(start, end)}


@given(STRETCHES)
def test_a_union_covers_the_same_moments_once(stretches):
    found = union(stretches)
    assert moments(found) == moments(stretches)
    assert length(found) == len(moments(stretches))
    assert all(one[1] < other[0] for one, other in pairwise(found))


@given(STRETCHES, STRETCHES)
def test_what_is_left_is_outside_of_the_holes(stretches, holes):
    found = without(union(stretches), union(holes))
    assert moments(found) == moments(stretches) - moments(holes)
    assert length(found) == len(moments(found))


@given(STRETCHES, st.integers(1, 4))
def test_fewer_cover_all_of_them_and_keep_the_widest_gaps(stretches, most):
    whole = union(stretches)
    found = fewer(whole, most)
    assert len(found) == min(len(whole), most)
    assert moments(found) >= moments(whole)


@given(STRETCHES)
def test_a_column_gives_back_what_went_in(stretches):
    assert pairs(flat(stretches)) == stretches
    assert pairs([*flat(stretches), 7]) == stretches
