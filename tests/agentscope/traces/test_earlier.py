import numpy as np
import pytest

from agentscope.traces.earlier import call_before
from agentscope.vocabulary import Kind
from tests.kit.forests import START, forest

A, M, T = Kind.AGENT, Kind.LLM, Kind.TOOL


def team():
    """An agent that calls a model, a tool, a model and the tool; another one that does the same."""
    parents = [-1, 0, 1, 1, 1, 1, 0, 6, 6]
    kinds = [A, A, M, T, M, T, A, M, T]
    paths = [1, 2, 2, 2, 2, 2, 3, 3, 3]
    names = [1, 1, 2, 3, 2, 3, 1, 2, 3]
    tools = [0, 0, 0, 3, 0, 3, 0, 0, 3]
    said = {"kind": kinds, "path": paths, "name": names, "tool": tools}
    return forest(parents, names=("agent", "chat", "search"), **said)


@pytest.mark.parametrize(
    ("row", "before"), [(2, None), (4, 2), (3, None), (5, 3), (7, None), (8, None), (1, None)]
)
def test_the_call_before_is_of_the_same_agent_and_tool(row, before):
    assert call_before(team(), row) == before


def test_another_call_of_the_model_counts_where_none_has_the_same_name():
    tree = team()
    tree.name[4] = 1
    assert call_before(tree, 4) == 2


def test_a_call_inside_or_around_is_the_same_call():
    tree = forest([-1, 0, 1], kind=[A, M, M], path=[1, 1, 1])
    assert call_before(tree, 2) is None
    assert call_before(tree, 1) is None


def test_time_decides_and_not_where_the_call_stands():
    tree = forest([-1, 0, 0, 0], kind=[A, M, M, M], path=[1, 1, 1, 1])
    tree.start_ns = START + np.array([0, 30, 20, 10])
    assert [call_before(tree, row) for row in (1, 2, 3)] == [2, 3, None]
