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


def test_unpacked_columns_are_as_they_were():
    tree = grow(drawn(RUN))
    again = unpack(tree.pack())
    for name, dtype in COLUMNS.items():
        assert getattr(again, name).dtype == dtype == getattr(tree, name).dtype
        assert getattr(again, name).tolist() == getattr(tree, name).tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_small_trees_pack_too(count):
    tree = grow(spans(*({} for _ in range(count))))
    assert len(unpack(tree.pack())) == count
