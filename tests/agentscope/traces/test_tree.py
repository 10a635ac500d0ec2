"""Rows, texts and neighbours of a tree."""

from decimal import Decimal

import pytest

from agentscope.traces import tree as module
from agentscope.traces.grow import grow
from agentscope.traces.tree import COLUMNS, unpack
from agentscope.vocabulary import Flag, Kind, Status
from tests.kit.drawing import drawn, spans

RUN = """
    agent planner
      llm chat @gpt-4o 10+5 reported_cost=7
      tool search !timeout
      tool open open
"""


def test_it_works():
    row = grow(drawn(RUN)).row(1)
    assert (row.kind, row.text("name"), row.text("model")) == (Kind.LLM, "chat", "gpt-4o")
    assert (row.number("input_tokens"), row.number("cache_read_tokens")) == (10, None)
    assert (row.usd("cost"), row.usd("sum_cost")) == (None, Decimal(0))
    assert (row.status, row.size) == (Status.UNSET, 1)


def test_neighbours():
    tree = grow(drawn(RUN))
    assert (tree.children(-1), tree.children(0), tree.children(1)) == ([0], [1, 2, 3], [])
    assert (tree.find(3), tree.find(99)) == (2, None)
    assert [row.at for row in tree.rows(1, 3)] == [1, 2]
    assert tree.row(3).flags == Flag.NOT_ENDED


def test_a_tree_of_another_format_is_not_read(monkeypatch):
    packed = grow(drawn(RUN)).pack()
    monkeypatch.setattr(module, "FORMAT", module.FORMAT + 1)
    assert unpack(packed) is None


SIZES = [0, 1, module.LARGE - 1, module.LARGE]


@pytest.mark.parametrize("size", SIZES)
def test_unpacked_columns_are_as_they_were(size):
    tree = grow(spans(*({"name": f"step {number % 7}"} for number in range(size))))
    again = unpack(tree.pack())
    assert (len(again), again.texts) == (size, tree.texts)
    for name, dtype in COLUMNS.items():
        assert getattr(again, name).dtype == dtype == getattr(tree, name).dtype
        assert getattr(again, name).tolist() == getattr(tree, name).tolist()
    assert unpack(again.pack()).pack() == again.pack() == tree.pack()


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_in_one_frame_is_read_whatever_its_size(size, monkeypatch):
    tree = grow(spans(*({} for _ in range(size))))
    monkeypatch.setattr(module, "LARGE", size + 1)
    again = unpack(tree.pack())
    assert all((getattr(again, name) == getattr(tree, name)).all() for name in COLUMNS)


def test_a_column_of_a_large_tree_is_unpacked_when_it_is_asked_for():
    tree = unpack(grow(spans(*({} for _ in range(module.LARGE)))).pack())
    tree.frames = {"end": tree.frames["end"]}
    assert tree.end.tolist() == list(range(1, module.LARGE + 1))
    assert tree.end is tree.end
    with pytest.raises(KeyError):
        _ = tree.cost
    with pytest.raises(AttributeError):
        _ = tree.costs
