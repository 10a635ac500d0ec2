"""What was asked and answered while the steps of two traces were the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.compare import contents as module
from agentscope.compare.contents import (
    ANSWERED,
    ASKED,
    Contents,
    Keys,
    OtherContent,
    beside,
    contents,
)
from agentscope.compare.read import compared
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind
from tests.kit.drawing import SECOND, spans

LEAD = {"parent_id": 0, "kind": Kind.AGENT, "agent": "lead", "name": "lead"}


def run(*tools: str, lasted: int = SECOND) -> Tree:
    """An agent, row 0, that calls tools."""
    rows = [
        {
            "parent_id": 1,
            "kind": Kind.TOOL,
            "tool": tool,
            "name": tool,
            "start_ns": number * SECOND,
            "end_ns": number * SECOND + lasted,
        }
        for number, tool in enumerate(tools, 1)
    ]
    return grow(spans(LEAD | {"start_ns": SECOND, "end_ns": 99 * SECOND}, *rows))


def told(left: Tree, right: Tree, keys: dict[int, Keys], others: dict[int, Keys]) -> Contents:
    along = compared(left, right).along
    return contents(along, beside(along), keys, others)


def test_what_was_asked_differs():
    found = told(run("a", "b"), run("a", "b"), {1: (7, 8), 2: (9, 0)}, {1: (7, 8), 2: (5, 0)})
    assert found.first == OtherContent(2, 2, ASKED)
    assert (found.looked_at, found.unknown) == (3, 1)


def test_the_same_was_asked_and_answered_otherwise():
    found = told(run("a"), run("a"), {1: (7, 8)}, {1: (7, 9)})
    assert found.first == OtherContent(1, 1, ANSWERED, was_asked_alike=True)


def test_unknown_contents_do_not_differ():
    assert told(run("a"), run("a"), {1: (0, 8)}, {1: (7, 0)}).first is None
    assert told(run("a"), run("a"), {}, {1: (7, 1)}).unknown == 2


def test_an_answer_is_told_when_it_comes():
    """What all of a run answered is known at its end, after what led to it."""
    keys, others = {0: (1, 2), 1: (7, 8)}, {0: (1, 3), 1: (7, 9)}
    found = told(run("a"), run("a"), keys, others).first
    assert found == OtherContent(1, 1, ANSWERED, was_asked_alike=True)


def test_calls_side_by_side_are_compared_whatever_their_order():
    both = [run("a", "a", lasted=5 * SECOND) for _ in range(2)]
    assert told(*both, {1: (7, 8), 2: (9, 8)}, {1: (9, 8), 2: (7, 8)}).first is None
    apart = [run("a", "a") for _ in range(2)]
    assert told(*apart, {1: (7, 8), 2: (9, 8)}, {1: (9, 8), 2: (7, 8)}).first


def test_what_is_not_looked_at_is_counted(monkeypatch):
    monkeypatch.setattr(module, "MOST_READ", 2)
    found = told(run("a", "b", "c"), run("a", "b", "c"), {3: (1, 0)}, {3: (2, 0)})
    assert (found.first, found.looked_at, found.left_out) == (None, 2, 2)


@given(st.lists(st.integers(0, 3), min_size=4, max_size=4), st.permutations(range(1, 5)))
def test_side_by_side_only_what_is_there_matters(asked, order):
    left, right = (run(*"aaaa", lasted=9 * SECOND) for _ in range(2))
    keys = {row: (key, 0) for row, key in zip(range(1, 5), asked, strict=True)}
    others = {row: keys[at] for row, at in zip(range(1, 5), order, strict=True)}
    assert told(left, right, keys, others).first is None


def test_rows_are_beside_each_other_in_order_of_time():
    pairs = beside(compared(run("a", "b"), run("a", "b")).along)
    assert np.array_equal(pairs.left, [0, 1, 2])
