"""What is hidden is told, to the last failure, finding and cent, at any state of open and shut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.outline.entries import SPAN, outline
from agentscope.outline.gist import gist
from agentscope.outline.noise import left_out, quiet_rows
from agentscope.outline.opening import bounds
from agentscope.traces.tree import UNKNOWN
from agentscope.vocabulary import Kind, Status
from tests.kit.forests import CENT, forest, opened_by_chance, told


def folded(tree, found=()):
    """The outline of a trace, and what its only fold says."""
    seen = outline(tree, quiet_rows(tree, found))
    assert len(seen.folds) == 1
    return gist(seen, 0)


def lines(said, opened):
    """What the visible lines add up to: spans, failures, evidence, cost, unpriced calls, tokens. An
    open row speaks for itself, a closed one for all that is inside."""
    seen, tree = outline(said.tree, quiet_rows(said.tree, said.found)), said.tree
    below = left_out(seen.host, seen.quiet)
    marked = np.isin(np.arange(len(tree)), said.found)
    for at in seen.visible(opened(len(seen))).tolist():
        is_open = opened(len(seen))[at] or not seen.has_more[at]
        first, stop = bounds(seen, at)
        row = int(seen.row[at])
        if seen.fold[at] != SPAN:
            if not is_open:
                held = gist(seen, int(seen.fold[at]))
                yield held.spans, held.failed, int(marked[first:stop].sum()), held.cost, *rest(held)
        elif is_open:
            cost, used = max(int(tree.cost[row]), 0), int(tree.billed_input[row])
            unpriced = int(tree.cost[row] == UNKNOWN)
            own = int(tree.is_culprit[row]), int(marked[row]), cost, unpriced, used
            yield 1 + int(below[row]), *own
        else:
            sums = (tree.sum_cost, tree.sum_unpriced, tree.sum_input)
            failed = int(tree.sum_errors[row])
            yield (
                stop - row,
                failed,
                int(marked[row:stop].sum()),
                *(int(each[row]) for each in sums),
            )


def rest(held):
    return held.unpriced, held.tokens


@given(told(), st.integers(0, 999))
def test_the_visible_lines_add_up_to_the_whole(said, seed):
    tree = said.tree
    told_of = np.array(list(lines(said, lambda size: opened_by_chance(seed, size)))).sum(axis=0)
    assert told_of.tolist() == [
        len(tree),
        int(tree.is_culprit.sum()),
        len(said.found),
        int(np.maximum(tree.cost, 0).sum()),
        int((tree.cost == UNKNOWN).sum()),
        int(tree.billed_input.sum()),
    ]


@given(told())
def test_culprits_are_what_is_summed(said):
    assert said.tree.is_culprit.sum() == said.tree.sum_errors[said.tree.parent == -1].sum()
    assert (said.tree.status[said.tree.is_culprit] == Status.ERROR).all()


def test_a_loop_says_how_often_in_how_many_arguments_and_with_what_result():
    tree = forest(
        [-1] + [0] * 6,
        ("search",),
        kind=[Kind.AGENT] + [Kind.TOOL] * 6,
        call=[0, 1, 2, 3, 1, 2, 3],
        result=[0] + [1] * 6,
        cost=[0] + [CENT] * 6,
    )
    held = folded(tree)
    assert (held.names, held.more_names, held.spans) == (("search",), 0, 6)
    assert (held.arguments, held.results, held.cost) == (3, 1, 6 * CENT)
    assert not held.is_retried


def test_what_is_not_known_of_all_is_not_counted():
    tree = forest(
        [-1, 0, 0, 0], kind=[Kind.AGENT] + [Kind.TOOL] * 3, call=[0, 1, 0, 1], result=[0, 0, 0, 0]
    )
    assert (folded(tree).arguments, folded(tree).results) == (0, 0)


def attempts(*status):
    return forest(
        [-1] + [0] * len(status),
        ("search",),
        kind=[Kind.AGENT] + [Kind.TOOL] * len(status),
        call=[0] + [7] * len(status),
        status=[Status.OK, *status],
        error_class=[0] + [2 if each == Status.ERROR else 0 for each in status],
    )


def test_one_call_that_failed_each_time_was_tried_again():
    bad, good = Status.ERROR, Status.OK
    held = folded(attempts(bad, bad, bad))
    assert (held.is_retried, held.is_recovered, held.failed) == (True, False, 3)
    assert held.error_classes == ("timeout",)
    held = folded(attempts(bad, bad, good))
    assert (held.is_retried, held.is_recovered, held.failed) == (True, True, 2)
    held = folded(attempts(bad, good, bad))
    assert (held.is_retried, held.is_recovered, held.failed) == (False, False, 2)


def test_more_names_than_are_told_are_counted():
    tree = forest([-1] + [0] * 15, ("a", "b", "c", "d", "e"), kind=[Kind.AGENT] + [Kind.TOOL] * 15)
    held = folded(tree)
    assert (held.names, held.more_names) == (("b", "c", "d"), 2)


@pytest.mark.parametrize(
    ("kind", "names", "told"),
    [
        (Kind.CHAIN, ("Step 1", "Step 2", "Step 3"), ("Step #",)),
        (Kind.CHAIN, ("Step 1", "Step 1", "Step 1"), ("Step 1",)),
        (Kind.TOOL, ("page2", "page2", "page2"), ("page2",)),
        (Kind.AGENT, ("run 1", "run 2", "run 3"), ("planner",)),
    ],
)
def test_what_counts_up_in_names_is_not_told_as_that_of_the_first(kind, names, told):
    texts = ("root", *dict.fromkeys(names))
    name = [1, *(texts.index(each) + 1 for each in names)]
    tree = forest([-1, 0, 0, 0], texts, kind=[Kind.AGENT] + [kind] * 3, name=name)
    tree.texts.append("planner")
    tree.agent[1:] = len(tree.texts) - 1 if kind == Kind.AGENT else 0
    assert folded(tree).names == told
