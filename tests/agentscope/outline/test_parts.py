"""No opened row shows more than a page can hold, and a chain is one row."""

import numpy as np
import pytest

from agentscope.outline.entries import SPAN, outline
from agentscope.outline.folds import MOST, Why, cut_up, part_size
from agentscope.outline.noise import quiet_rows
from agentscope.outline.parts import LONG
from agentscope.vocabulary import Kind
from tests.kit.forests import deep, forest, loop, wide


def outlined(tree):
    return outline(tree, quiet_rows(tree))


def whys(seen):
    return [Why(why).name for why in seen.folds.why.tolist()]


@pytest.mark.parametrize("make", [loop, wide])
@pytest.mark.parametrize("rows", [101, 102, 250, 9_999])
def test_nothing_opens_more_than_a_hundred_and_some_rows(make, rows):
    seen = outlined(make(rows))
    most = max(len(seen.children(at)) for at in (-1, *np.flatnonzero(seen.has_more).tolist()))
    assert most <= 2 * MOST


def test_fifty_thousand_children_come_in_a_hundred_parts():
    seen = outlined(loop(50_001))
    (outer,) = seen.children(0)
    parts = seen.children(outer)
    assert len(parts) <= MOST
    assert sum(int(seen.folds.times[seen.fold[part]]) for part in parts) == 25_000


def test_so_many_parts_come_in_parts_themselves():
    seen = outlined(wide(50_001))
    top = seen.children(0)
    assert len(top) == 5
    assert [len(seen.children(part)) for part in top] == [MOST] * 5
    assert len(seen.children(seen.children(top[0])[0])) == MOST


@pytest.mark.parametrize(("siblings", "levels"), [(MOST, [1]), (MOST + 1, [2, 1])])
def test_what_holds_parts_is_a_level_above_them(siblings, levels):
    assert outlined(forest([-1] + [0] * siblings)).folds.level.tolist() == levels


@pytest.mark.parametrize(("siblings", "expected"), [(MOST, []), (MOST + 1, ["PART"])])
def test_a_hundred_siblings_that_differ_are_no_part(siblings, expected):
    names = [chr(ord("一") + number) for number in range(siblings + 1)]
    kinds = [(Kind.TOOL, Kind.LLM, Kind.AGENT)[number % 3] for number in range(siblings + 1)]
    assert whys(outlined(forest([-1] + [0] * siblings, names, kind=kinds))) == expected


def test_what_branches_at_each_level_is_no_chain():
    levels = 2 * LONG
    spine, leaves = list(range(-1, levels - 1)), list(range(levels - 2, -1, -1))
    names = [chr(ord("一") + number) for number in range(len(spine + leaves))]
    assert whys(outlined(forest(spine + leaves, names))) == []


def test_one_alone_is_no_part():
    seen = outlined(forest([-1] + [0] * 101))
    assert whys(seen) == ["REPEATED", "PART"]
    (outer,) = seen.children(0)
    assert [int(fold != SPAN) for fold in seen.fold[seen.children(outer)]] == [1, 0]


@pytest.mark.parametrize("count", [101, 999, 10_000, 10_001, 123_457])
@pytest.mark.parametrize("length", [1, 2, 3, 8])
def test_parts_are_whole_rounds_and_lose_nothing(count, length):
    items = count // length * length
    size = part_size(np.array([items]), length)
    at, counts = cut_up(np.array([7]), np.array([items]), size)
    assert counts.sum() == items
    assert (counts % length == 0).all()
    assert at.tolist() == (7 + np.cumsum(counts) - counts).tolist()
    assert len(at) <= MOST + 1


def test_what_is_deep_and_does_not_branch_is_one_row():
    assert whys(outlined(deep(LONG))) == []
    seen = outlined(deep(LONG + 1))
    assert whys(seen) == ["CHAIN"]
    assert seen.folds.times.tolist() == [LONG]


def test_plumbing_is_no_level_of_a_chain():
    rows = 2 * LONG
    kind = [Kind.AGENT] + [Kind.CHAIN, Kind.AGENT] * LONG
    tree = forest(range(-1, rows), ("agent", "RunnableSequence"), kind=kind)
    assert outlined(tree).folds.times.tolist() == [LONG]


def test_a_chain_of_plumbing_crosses_no_fold():
    chain = 20
    parents = [-1, 0, 0, *range(2, 2 + chain), 2 + chain, 2 + chain]
    kind = [Kind.AGENT, Kind.TOOL, *[Kind.CHAIN] * (chain + 1), Kind.TOOL, Kind.TOOL]
    name = [1, 2, *[3] * (chain + 1), 2, 2]
    tree = forest(parents, ("agent", "search", "RunnableSequence"), kind=kind, name=name)
    seen = outlined(tree)
    assert whys(seen) == ["REPEATED"]
    assert len(seen.children(seen.children(0)[0])) == 3
