"""What the steps of two traces came to, beside each other."""

from textwrap import dedent

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentscope.compare.lines import LEFT, ORDERS, RIGHT, Line, ordered
from agentscope.compare.read import compared
from agentscope.compare.steps import Step
from agentscope.compare.sums import AMOUNTS, Work
from agentscope.costs.times import own_times
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind
from tests.kit.drawing import SECOND, drawn, shuffled
from tests.kit.forests import told


def tree_of(text: str, seed: int = 0) -> Tree:
    return grow(shuffled(drawn(dedent(text)), seed))


def said(left: str, right: str) -> dict[tuple[str, str], Line]:
    """Path and name of each step → what it came to."""
    found = compared(tree_of(left), tree_of(right))
    return {(each.step.path, each.step.name): each for each in found.lines}


def whole(tree: Tree) -> list[int]:
    """AMOUNTS of a trace, as its own columns say them."""
    roots = tree.parent == -1
    columns = tree.sum_cost, tree.sum_unpriced, tree.sum_input, tree.sum_output, tree.sum_errors
    sums = [int(column[roots].sum()) for column in columns]
    return [len(tree), *sums, int(own_times(tree).sum())]


def amounts(work: Work) -> list[int]:
    return [getattr(work, name) for name in AMOUNTS]


@given(told(), told())
def test_all_lines_together_are_the_totals_of_both_traces(left, right):
    found = compared(left.tree, right.tree)
    assert amounts(found.left_total) == whole(left.tree)
    assert amounts(found.right_total) == whole(right.tree)
    for name in AMOUNTS:
        both = getattr(found.left_total, name) - getattr(found.right_total, name)
        assert sum(each.more(name) for each in found.lines) == both


@given(told(), told())
def test_the_other_way_round_everything_is_the_other_way_round(left, right):
    one = compared(left.tree, right.tree).lines
    other = compared(right.tree, left.tree).lines
    assert one == [Line(each.step, each.right, each.left) for each in other]


@given(told(), st.integers(0, 9))
def test_a_trace_beside_itself_has_no_difference(one, seed):
    for each in compared(one.tree, one.tree).lines:
        assert each.left == each.right


def test_the_order_of_arrival_does_not_matter():
    text = """
        agent lead
          llm chat 10+5 @gpt-4o
          tool search !timeout
          agent scout
            llm chat 3+2
    """
    assert (
        compared(tree_of(text, 1), tree_of(text, 2)).lines
        == compared(tree_of(text), tree_of(text)).lines
    )


def test_a_step_is_the_same_however_deep_a_framework_hides_it():
    plain = """
        agent lead
          tool search
    """
    wrapped = """
        agent lead
          chain RunnableSequence
            chain RunnableLambda
              tool search
    """
    line = said(plain, wrapped)["lead", "search"]
    assert (line.left.times, line.right.times) == (1, 1)


def test_another_model_is_the_same_step_and_is_told():
    line = said(
        """
        agent lead
          llm chat_gpt-4o @gpt-4o
        """,
        """
        agent lead
          llm chat_claude-x @vendor/claude-x
        """,
    )["lead", "chat"]
    assert (line.left.models, line.right.models) == (("gpt-4o",), ("vendor/claude-x",))


def test_a_step_of_another_agent_or_in_another_tool_is_another_step():
    left = """
        agent lead
          tool search
          tool plan
            tool fetch
    """
    right = """
        agent scout
          tool search
          tool fetch
    """
    found = said(left, right)
    assert found["lead", "search"].where == LEFT
    assert found["scout", "search"].where == RIGHT
    assert found["lead", "fetch"].step.within_tool == "plan"
    assert found["scout", "fetch"].step.within_tool == ""


def test_what_varies_in_names_is_no_difference_but_a_tool_is_known_by_its_whole_name():
    found = said(
        """
        chain step_17
        tool search_v2
        """,
        """
        chain step_18
        tool search_v3
        """,
    )
    assert set(found) == {("", "step_#"), ("", "search_v2"), ("", "search_v3")}


def test_the_largest_difference_comes_first():
    def line(name: str, left: int, right: int) -> Line:
        return Line(Step("", "", Kind.TOOL, name), Work(1, left), Work(1, right))

    found = [line("a", 3, 3), line("b", 1, 9), line("c", 9, 2)]
    assert [each.step.name for each in ordered(found, "cost")] == ["b", "c", "a"]
    assert set(ORDERS) == {"cost", "times", "tokens", "errors", "time"}


def test_time_is_that_of_the_steps_themselves():
    line = said("agent lead\n  tool search", "agent lead")["lead", "search"]
    assert line.more("time_ns") == SECOND


def test_times_of_clocks_gone_wrong_do_not_overflow():
    tree = tree_of("agent a\nagent a\nagent a")
    tree.end_ns = np.full(3, np.iinfo(np.int64).max - 1)
    tree.start_ns = np.zeros(3, np.int64) + 1
    assert compared(tree, tree).left_total.time_ns == 3 * (np.iinfo(np.int64).max - 2)
