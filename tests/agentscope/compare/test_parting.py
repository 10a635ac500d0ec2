"""Where two traces part."""

from functools import partial
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given

from agentscope.compare.parting import BEFORE, MOST, NONE, Parting
from agentscope.compare.read import compared
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind
from tests.kit.drawing import SECOND, drawn, spans
from tests.kit.forests import SHAPES, told
from tests.kit.work import work_of


def tree_of(text: str) -> Tree:
    return grow(drawn(dedent(text)))


def parted(left: Tree, right: Tree) -> Parting | None:
    return compared(left, right).parting


def name(tree: Tree, row: int) -> str:
    return "" if row == NONE else tree.row(row).text("name")


def agent(*steps: str) -> Tree:
    return tree_of("agent lead\n" + "\n".join(f"  tool {step}" for step in steps))


def test_the_first_step_that_is_another_one():
    left, right = agent("plan", "search", "write"), agent("plan", "fetch", "write")
    found = parted(left, right)
    assert found
    assert (name(left, found.left), name(right, found.right)) == ("search", "fetch")
    assert found.same == 2, "the agent itself and the plan"
    shown = [(name(left, each.left), name(right, each.right)) for each in found.around]
    assert shown == [("lead", "lead"), ("plan", "plan"), ("search", "fetch"), ("write", "write")]
    assert [each.is_same for each in found.around] == [True, True, False, True]


def test_one_that_ends_earlier():
    left, right = agent("plan"), agent("plan", "write")
    found = parted(left, right)
    assert found
    assert (found.left, name(right, found.right)) == (NONE, "write")


def test_nothing_differs():
    assert parted(agent("plan", "write"), agent("plan", "write")) is None


def test_of_several_agents_the_one_that_parts_first():
    base = """
        agent lead
          agent scout
            tool {0}
          tool {1}
    """
    left, right = tree_of(base.format("search", "write")), tree_of(base.format("fetch", "send"))
    found = parted(left, right)
    assert found
    assert (name(left, found.left), found.agents) == ("search", 2)


def test_agents_side_by_side_do_not_disturb_each_other():
    def run(*starts: int) -> Tree:
        rows = [{"parent_id": 0, "span_id": 1, "kind": Kind.AGENT, "agent": "lead", "name": "lead"}]
        for number, (each, start) in enumerate(zip("abab", starts, strict=True), 2):
            said = {"agent": each, "kind": Kind.TOOL, "tool": f"{each}{number}", "name": each}
            rows.append({"parent_id": 1, "span_id": number, "start_ns": start, **said})
        return grow(spans(*rows))

    assert parted(run(10, 11, 12, 13), run(10, 30, 12, 31)) is None


def test_leaves_that_ran_side_by_side_have_no_order():
    def run(*tools: str, lasted: int) -> Tree:
        rows = [{"parent_id": 0, "kind": Kind.AGENT, "agent": "lead", "name": "lead"}]
        for number, tool in enumerate(tools, 1):
            times = {"start_ns": number * SECOND, "end_ns": number * SECOND + lasted}
            rows.append({"parent_id": 1, "kind": Kind.TOOL, "tool": tool, "name": tool, **times})
        return grow(spans(*rows))

    assert parted(run("a", "b", lasted=2 * SECOND), run("b", "a", lasted=2 * SECOND)) is None
    assert parted(run("a", "b", lasted=SECOND), run("b", "a", lasted=SECOND))
    one, other = run("a", "b", "c", lasted=9 * SECOND), run("c", "a", "b", lasted=9 * SECOND)
    assert parted(one, other) is None, "the first one runs on beside both others"


def test_plumbing_of_a_framework_is_no_difference():
    left = agent("search")
    right = tree_of("agent lead\n  chain RunnableSequence\n    tool search")
    assert parted(left, right) is None


def test_only_a_window_is_aligned_and_the_rest_is_counted():
    left, right = agent(*["x"] * 5, *["a"] * 100), agent(*["x"] * 5, *["b"] * 90)
    found = parted(left, right)
    assert found
    assert found.same == 6
    assert len([each for each in found.around if each.is_same]) == BEFORE
    assert (found.left_after, found.right_after) == (100 - MOST, 90 - MOST)


@given(told(), told())
def test_up_to_there_all_is_the_same_and_there_it_is_not(left, right):
    found = compared(left.tree, right.tree)
    along = found.along
    assert len(along.left_row) == len(along.right_row) == along.same.sum()
    for one, other in zip(along.left_row.tolist(), along.right_row.tolist(), strict=True):
        assert left.tree.row(one).kind == right.tree.row(other).kind
    assert (found.parting is None) == (
        (along.left.counts == along.same).all() and (along.right.counts == along.same).all()
    )
    if found.parting:
        assert found.parting.left != NONE or found.parting.right != NONE
        rows = [pair.left for pair in found.parting.around if pair.left != NONE]
        assert rows == sorted(set(rows), key=rows.index), "each step once"


@given(told(), told())
def test_the_other_way_round_it_is_the_same_place(left, right):
    one, other = parted(left.tree, right.tree), parted(right.tree, left.tree)
    assert (one is None) == (other is None)
    if one and other:
        assert (one.path, one.same, one.left, one.right) == (
            *(other.path, other.same, other.right, other.left),
        )


@given(told())
def test_a_trace_does_not_part_from_itself(one):
    found = compared(one.tree, one.tree)
    assert found.parting is None
    assert np.array_equal(found.along.left_row, found.along.right_row)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_work_grows_with_the_spans_and_no_faster(shape):
    trees = [(shape(size), shape(size - 1)) for size in (2_000, 8_000)]
    small, large = (work_of(partial(compared, *both)).instructions for both in trees)
    assert large < 4.6 * small
