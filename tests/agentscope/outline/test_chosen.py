"""Filters keep what is asked for with all that it lies in, and say what they leave out."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.chosen import AGENT, COST, EVERYTHING, Choice, narrowed, opened
from agentscope.outline.entries import outline
from agentscope.outline.noise import quiet_rows
from agentscope.vocabulary import Kind, Status
from tests.kit.forests import CENT, forest, opened_by_chance, told

WORDS = st.lists(
    st.sampled_from(["errors", "findings", "models", "tools", "agents", f"{COST}0.000000000002"])
)


def rows(words, tree, evidence=()):
    return np.flatnonzero(Choice.of(words).rows(tree, evidence)).tolist()


def small():
    return forest(
        [-1, 0, 0, 0],
        kind=[Kind.AGENT, Kind.LLM, Kind.TOOL, Kind.TOOL],
        status=[Status.OK, Status.OK, Status.OK, Status.ERROR],
        cost=[0, 3 * CENT, 0, 0],
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], [0, 1, 2, 3]),
        (["tools"], [2, 3]),
        (["tools", "models"], [1, 2, 3]),
        (["tools", "errors"], [3]),
        (["findings"], [2]),
        (["models", "findings"], []),
        ([f"{COST}0.02"], [0, 1]),
        ([f"{COST}0.04"], []),
        (["nonsense", f"{COST}x", f"{COST}NaN", f"{COST}-1", ""], [0, 1, 2, 3]),
    ],
)
def test_kinds_add_up_and_all_else_narrows(words, found):
    assert rows(words, small(), (2,)) == found


def test_one_agent_is_told_by_its_name():
    tree = forest([-1, 0, 0], ("one", "two"), agent=[1, 1, 2])
    assert rows([f"{AGENT}one"], tree) == [0, 1]
    assert rows([f"{AGENT}100%"], tree) == []


@given(WORDS)
def test_the_words_of_a_choice_mean_the_same(words):
    choice = Choice.of(words)
    assert Choice.of(choice.words) == choice


def test_costs_are_written_as_people_do():
    assert Choice(cost=Decimal("0.00000001")).words == (f"{COST}0.00000001",)
    assert EVERYTHING.words == ()


@given(told(), WORDS, st.integers(0, 2**32 - 1))
def test_what_is_chosen_is_there_with_what_it_lies_in_and_nothing_else(said, words, seed):
    whole = outline(said.tree, quiet_rows(said.tree, said.found))
    chosen = Choice.of(words).rows(said.tree, said.found) & ~whole.quiet
    seen = narrowed(whole, chosen)
    visible = seen.visible(np.ones(len(seen), np.bool_)).tolist()
    wanted = set(whole.at_row[chosen].tolist())
    around = {each for at in wanted for each in whole.around(at).tolist()}
    assert wanted <= set(visible)
    assert set(visible) <= wanted | around
    some = seen.visible(opened_by_chance(seed, len(seen)))
    assert set(some.tolist()) <= set(visible)


@given(told(), WORDS)
def test_few_are_shown_without_folds(said, words):
    whole = outline(said.tree, quiet_rows(said.tree, said.found))
    chosen = Choice.of(words).rows(said.tree, said.found) & ~whole.quiet
    seen = narrowed(whole, chosen)
    visible = set(seen.visible(opened(seen, chosen)).tolist())
    assert set(whole.at_row[chosen].tolist()) <= visible


def test_many_stay_folded():
    tree = forest([-1] + [0] * 900, kind=[Kind.AGENT] + [Kind.TOOL] * 900)
    seen = outline(tree, quiet_rows(tree))
    chosen = Choice.of(["tools"]).rows(tree, ())
    assert len(seen.visible(opened(narrowed(seen, chosen), chosen))) == 2


@pytest.mark.parametrize("written", ["1e-400000", "0e-400000", "1e-13", "1e400000", "nan", "-1"])
def test_what_is_no_amount_of_money_chooses_nothing_and_is_not_written_out(written):
    assert Choice.of([f"{COST}{written}"]) == EVERYTHING


def test_the_least_amount_is_an_amount():
    assert Choice.of([f"{COST}1e-12"]).words == (f"{COST}0.000000000001",)
