"""Sums over rows that began within a time are those of a walk through all rows."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings import blocks
from agentscope.findings.blocks import Blocks, first_in
from agentscope.traces.grow import grow
from agentscope.traces.tree import UNKNOWN, Tree
from tests.kit.courses import Script

ROWS = st.lists(st.tuples(st.integers(0, 20), st.integers(-1, 9), st.integers(0, 9)), min_size=1)


@pytest.fixture(autouse=True, scope="module")
def small_blocks() -> Iterator[None]:
    """Blocks of three rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "SIZE", 3)
        yield


def told(drawn: list[tuple[int, int, int]]) -> Tree:
    """A tree whose rows began at such times, cost so much and used so many tokens."""
    script = Script()
    for _ in drawn:
        script.think("well")
    tree = grow(script.spans())
    tree.start_ns, tree.cost, tree.billed_input = (
        np.array(column, np.int64) for column in zip(*drawn, strict=True)
    )
    return tree


@given(ROWS, st.data())
def test_sums_are_those_of_a_walk(drawn, data):
    first = data.draw(st.integers(0, len(drawn)))
    stop = data.draw(st.integers(first, len(drawn)))
    start = data.draw(st.integers(0, 20))
    end = data.draw(st.integers(start, 20))
    inside = [row for row in drawn[first:stop] if start <= row[0] <= end]
    costs = [cost for _, cost, _ in inside]
    expected = (
        sum(tokens for _, _, tokens in inside),
        sum(cost for cost in costs if cost != UNKNOWN),
        costs.count(UNKNOWN),
    )
    assert Blocks(told(drawn)).between((first, stop), start, end) == expected


@given(st.sets(st.integers(0, 30)), st.integers(0, 30), st.integers(0, 30))
def test_the_first_row_is_the_least_of_those_inside(rows, first, stop):
    expected = min((row for row in rows if first <= row < stop), default=None)
    assert first_in(np.array(sorted(rows), np.int64), first, stop) == expected
