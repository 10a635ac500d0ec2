"""What broke a run, and what was made up for."""

import numpy as np
import pytest
from hypothesis import given

from agentscope.outline.causes import causes, course
from agentscope.vocabulary import Kind, Status
from tests.kit.forests import SHAPES, forest, told

OK, UNSET, ERROR, WAITING = Status.OK, Status.UNSET, Status.ERROR, Status.WAITING


def judged(parents, status, **said):
    """The rows that lasted, were tried again, and were handled."""
    found = causes(forest(parents, said.pop("names", ("work",)), status=status, **said))
    return [each.tolist() for each in (found.lasting, found.retried, found.handled)]


def test_an_error_that_goes_up_to_the_root_is_told_where_it_began():
    assert judged([-1, 0, 1], [ERROR] * 3) == [[2], [], []]


def test_an_error_below_a_row_that_ended_well_is_handled():
    assert judged([-1, 0, 1], [OK, OK, ERROR]) == [[], [], [2]]
    assert judged([-1, 0, 1], [OK, ERROR, ERROR]) == [[], [], [2]]


def test_an_error_after_which_the_same_call_ended_well_was_made_up_for():
    calls = {"call": [0, 7, 7], "kind": [Kind.AGENT, Kind.TOOL, Kind.TOOL]}
    assert judged([-1, 0, 0], [OK, ERROR, OK], **calls) == [[], [1], []]


def test_what_ended_well_before_makes_up_for_nothing():
    calls = {"call": [0, 7, 7], "kind": [Kind.AGENT, Kind.TOOL, Kind.TOOL]}
    assert judged([-1, 0, 0], [ERROR, OK, ERROR], **calls) == [[2], [], []]


def test_what_failed_inside_an_attempt_is_made_up_for_by_the_next_one():
    assert judged(
        [-1, 0, 1, 0],
        [ERROR, ERROR, ERROR, OK],
        names=("agent", "try", "tool", "try"),
        name=[1, 2, 3, 2],
    ) == [[0], [2], []]


def test_another_call_makes_up_for_nothing():
    calls = {"call": [0, 7, 8], "kind": [Kind.AGENT, Kind.TOOL, Kind.TOOL]}
    assert judged([-1, 0, 0], [ERROR, ERROR, OK], **calls) == [[1], [], []]


def test_unknown_arguments_are_not_the_same():
    assert judged([-1, 0, 0], [OK, ERROR, OK], kind=[Kind.AGENT, Kind.TOOL, Kind.TOOL]) == [
        [],
        [],
        [1],
    ]


def test_attempts_of_which_none_ended_well_all_last():
    assert judged([-1, 0, 0, 0], [ERROR] * 4) == [[1, 2, 3], [], []]


def test_a_row_that_says_it_is_fine_lets_no_error_through():
    assert judged([-1, 0, 1], [ERROR, OK, ERROR]) == [[0], [], [2]]


def test_a_row_that_says_nothing_lets_an_error_through():
    assert judged([-1, 0, 1], [ERROR, UNSET, ERROR]) == [[2], [], []]


def test_it_does_not_if_a_failed_child_explains_what_failed_above():
    names = ("root", "quiet", "tool", "search")
    assert judged([-1, 0, 1, 0], [ERROR, UNSET, ERROR, ERROR], names=names) == [[3], [], [2]]


def test_below_a_row_that_never_ended_an_error_lasts():
    tree = forest([-1, 0], ("agent", "tool"), status=[UNSET, ERROR])
    tree.end_ns[0] = 0
    assert causes(tree).lasting.tolist() == [1]


def test_waiting_for_a_person_is_no_good_end():
    assert judged([-1, 0], [WAITING, ERROR]) == [[1], [], []]


def test_the_deepest_comes_first():
    names = ("root", "one", "two", "three")
    assert judged([-1, 0, 0, 2], [ERROR] * 4, names=names)[0] == [3, 1]


def test_the_way_of_an_error_has_the_agents_around_it_and_what_it_broke():
    kind = [Kind.AGENT, Kind.CHAIN, Kind.CHAIN, Kind.TOOL]
    tree = forest([-1, 0, 1, 2], kind=kind, status=[UNSET, UNSET, ERROR, ERROR])
    assert course(tree, 3) == [0, 2, 3]


@given(told())
def test_every_error_that_began_somewhere_is_told_once(said):
    found = causes(said.tree)
    every = np.concatenate((found.lasting, found.retried, found.handled)).tolist()
    assert len(set(every)) == len(every)
    assert set(np.flatnonzero(said.tree.is_culprit).tolist()) <= set(every)
    assert all(said.tree.status[row] == ERROR for row in every)


@given(told())
def test_a_failed_root_is_explained(said):
    """If a root failed and no later root made up for it, something lasted in it."""
    found = causes(said.tree)
    roots = np.flatnonzero((said.tree.parent == -1) & (said.tree.status == ERROR))
    if len(roots):
        last = int(roots[-1])
        inside = range(last, int(said.tree.end[last]))
        assert set(inside) & {*found.lasting.tolist(), *found.retried.tolist()}


@pytest.mark.parametrize("shape", SHAPES)
def test_large_traces_are_judged(shape):
    found = causes(SHAPES[shape](50_000))
    assert len(found.lasting) + len(found.retried) + len(found.handled) < 50_000
