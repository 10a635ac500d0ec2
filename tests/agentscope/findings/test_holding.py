"""What is worked out for all runs at once: who holds what, what ran side by side, and the first and
the last model call of each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents.invoked import runs
from agentscope.findings.answered import Answers
from agentscope.findings.holding import TOLERANCE, holding, side_by_side
from agentscope.traces.grow import grow
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind
from tests.kit.courses import Script

ACTS = st.recursive(
    st.sampled_from(["think", "call"]),
    lambda inner: st.tuples(st.sampled_from(["agent a", "agent b", "tool"]), st.lists(inner)),
    max_leaves=25,
)


def act(script: Script, what: object) -> None:
    """Do what is drawn."""
    if what == "think":
        script.think("well")
    elif what == "call":
        script.call("search", {"q": 1}, "nothing")
    elif isinstance(what, tuple):
        kind, inner = what
        row = script.call("delegate") if kind == "tool" else None
        with script.within(row) if row else script.agent(kind):
            for each in inner:
                act(script, each)


def told(drawn: list[object]) -> Tree:
    """The tree of what is drawn."""
    script = Script()
    for each in drawn:
        act(script, each)
    return grow(script.spans())


@given(st.lists(ACTS, min_size=1))
def test_a_row_belongs_to_the_nearest_run_above_it(drawn):
    tree = told(drawn)
    found = runs(tree)
    begins = {row: at for at, run in enumerate(found) for row in run.rows}
    expected: list[int] = []
    for row, above in enumerate(tree.parent.tolist()):
        expected.append(begins.get(row, expected[above] if above >= 0 else -1))
    assert holding(tree, found).holder.tolist() == expected


@given(st.lists(ACTS, min_size=1), st.data())
def test_the_first_and_the_last_model_call_are_those_in_time(drawn, data):
    tree = told(drawn)
    tree.start_ns = np.array(data.draw(st.permutations(range(len(tree)))), np.int64)
    first = data.draw(st.integers(0, len(tree)))
    stop = data.draw(st.integers(first, len(tree)))
    inside = [row for row in range(first, stop) if tree.kind[row] == Kind.LLM]
    in_time = sorted(inside, key=lambda row: int(tree.start_ns[row]))
    assert Answers(tree).ends(first, stop) == ((in_time[0], in_time[-1]) if in_time else None)


@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 9), st.integers(0, 5)), max_size=30))
def test_what_overlaps_is_one_and_what_follows_is_another(drawn):
    group, start, lasts = np.array(drawn, np.int64).reshape(-1, 3).T
    start, end = start * TOLERANCE, (start + lasts) * TOLERANCE
    numbers = side_by_side(group, np.arange(len(group)), start, end).tolist()
    ends: dict[int, int] = {}
    number: dict[int, int] = {}
    for at in sorted(range(len(drawn)), key=lambda at: (start[at], at)):
        who = int(group[at])
        if who in ends and start[at] + TOLERANCE < ends[who]:
            assert numbers[at] == number[who]
        else:
            assert numbers[at] not in number.values()
        number[who], ends[who] = numbers[at], max(ends.get(who, 0), int(end[at]))


@pytest.mark.parametrize("drawn", [[], ["think"]])
def test_without_agents_nobody_holds_anything(drawn):
    tree = told(drawn)
    held = holding(tree, runs(tree))
    assert held.holder.tolist() == [-1] * len(tree)
    assert held.called == []
