"""Circles in graphs."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.graph.loops import circles


def reached(start: int, following: dict[int, list[int]]) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for node in following.get(waiting.pop(), []):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30)


@given(EDGES)
def test_nodes_that_reach_each_other_are_one_circle_and_numbers_go_against_the_edges(pairs):
    following: dict[int, list[int]] = {}
    for source, target in pairs:
        following.setdefault(source, []).append(target)
    found = circles(9, following)
    for one in range(9):
        for other in range(9):
            together = other in reached(one, following) and one in reached(other, following)
            assert (found[one] == found[other]) is together
    assert all(found[source] >= found[target] for source, target in pairs)


def test_a_long_chain_is_no_recursion():
    assert len(set(circles(20_000, {at: [at + 1] for at in range(19_999)}))) == 20_000
