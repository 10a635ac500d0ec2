import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import Status
from tests.ui.growing import tree
from ui import stretches
from ui.stretches import find_stretch, first_rows, hidden_stretches, opened_rows


@pytest.fixture(autouse=True)
def few_rows(monkeypatch):
    monkeypatch.setattr(stretches, "FIRST_ROWS", 4)
    monkeypatch.setattr(stretches, "SLICE_ROWS", 2)


@st.composite
def trees(draw):
    parents = [-1]
    for _ in range(draw(st.integers(0, 30))):
        chain, up = [-1, len(parents) - 1], len(parents) - 1
        while (up := parents[up]) != -1:
            chain.append(up)
        parents.append(draw(st.sampled_from(chain)))
    return tree(parents)


@given(trees(), st.data())
def test_every_row_is_shown_or_hidden_exactly_once(grown, data):
    selected = data.draw(st.none() | st.integers(0, len(grown) - 1))
    shown = first_rows(grown, [], selected)
    told = np.flatnonzero(shown).tolist()
    for stretch in hidden_stretches(grown, shown, 0, len(grown)):
        told.extend(range(stretch.first, stretch.stop))
    assert sorted(told) == list(range(len(grown)))


@given(trees())
def test_whatever_is_hidden_can_be_opened_until_nothing_is_left(grown):
    waiting = hidden_stretches(grown, first_rows(grown, [], None), 0, len(grown))
    seen = set(np.flatnonzero(first_rows(grown, [], None)).tolist())
    while waiting:
        stretch = find_stretch(grown, waiting.pop().text)
        shown, start = opened_rows(grown, stretch)
        seen |= set(np.flatnonzero(shown).tolist())
        waiting += hidden_stretches(grown, shown, start, stretch.stop)
    assert seen == set(range(len(grown)))


def test_a_folded_row_hides_all_its_children_and_says_what_they_are():
    grown = tree([-1, 0, 1, 1, 0, 0], status={2: Status.ERROR}, cost={2: 0.5, 3: -1})
    (stretch,) = hidden_stretches(grown, first_rows(grown, [], None), 0, len(grown))
    assert (stretch.parent, stretch.is_everything_below) == (1, True)
    assert (stretch.spans, stretch.failed, stretch.unpriced) == (2, 1, 1)
    assert stretch.cost == 500_000_000_000


def test_siblings_that_do_not_fit_are_left_out_behind_those_that_do():
    grown = tree([-1, 0, 0, 0, 0, 0])
    (stretch,) = hidden_stretches(grown, first_rows(grown, [], None), 0, len(grown))
    assert (stretch.first, stretch.last, stretch.is_everything_below) == (4, 5, False)


def test_a_selected_row_is_shown_with_its_parents():
    grown = tree([-1, *range(5)])
    assert first_rows(grown, [], 5).all()


def test_a_selected_row_beyond_a_slice_does_not_bring_its_thousands_of_parents():
    grown = tree([-1, *range(50)])
    assert first_rows(grown, [], 50).sum() == 4


def test_opened_stretches_stay_open():
    grown = tree([-1, 0, 0, 0, 0, 0, 0])
    hidden = hidden_stretches(grown, first_rows(grown, [], None), 0, len(grown))
    shown = first_rows(grown, hidden, None)
    assert np.flatnonzero(shown).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("text", ["", "x", "-", f"{1:016x}", f"{1:016x}-{99:016x}", "1-2-3"])
def test_what_names_no_stretch_is_none(text):
    assert find_stretch(tree([-1, 0]), text) is None


def test_ends_that_are_not_siblings_are_no_stretch():
    assert find_stretch(tree([-1, 0]), f"{1:016x}-{2:016x}") is None
