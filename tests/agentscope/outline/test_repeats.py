"""What repeats itself is one row: loops, rounds of several steps, loops over loops."""

import pytest

from agentscope.outline.entries import outline
from agentscope.outline.folds import Why
from agentscope.outline.noise import quiet_rows
from agentscope.outline.repeats import MANY
from agentscope.vocabulary import Kind
from tests.kit.forests import forest


def folds(steps, kinds=None):
    """What is folded of steps beside each other, a letter each: why, first, last, length, times."""
    words = sorted(set(steps))
    kind = [Kind.AGENT, *(kinds or [Kind.TOOL] * len(steps))]
    name = [1, *(words.index(step) + 1 for step in steps)]
    tree = forest([-1] + [0] * len(steps), words, kind=kind, name=name)
    found = outline(tree, quiet_rows(tree)).folds
    return [
        (Why(why).name, steps[first - 1 : stop - 1], length, times)
        for why, first, stop, length, times in zip(
            *(found.why.tolist(), found.first.tolist(), found.stop.tolist()),
            *(found.length.tolist(), found.times.tolist()),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("aa", []),
        ("aaa", [("REPEATED", "aaa", 1, 3)]),
        ("abcabc", []),
        ("abcabcabc", [("REPEATED", "abcabcabc", 3, 3)]),
        ("xababab", [("REPEATED", "ababab", 2, 3)]),
        ("abababa", [("REPEATED", "ababab", 2, 3)]),
        ("aaabbb", [("REPEATED", "aaa", 1, 3), ("REPEATED", "bbb", 1, 3)]),
        ("aaabb", [("REPEATED", "aaa", 1, 3)]),
        ("abababcbcbcb", [("REPEATED", "ababab", 2, 3), ("REPEATED", "cbcbcb", 2, 3)]),
        ("abcdefgh" * 3, [("REPEATED", "abcdefgh" * 3, 8, 3)]),
        ("abcdefghijkl" * 3, [("REPEATED", "abcdefghijkl" * 3, 12, 3)]),
        ("abcdefghijklm" * 3, []),
    ],
)
def test_rounds(steps, expected):
    assert folds(steps) == expected


def test_a_loop_over_loops_is_one_row_too():
    outer, *inner = folds("aaab" * 3)
    assert outer == ("REPEATED", "aaab" * 3, 2, 3)
    assert inner == [("REPEATED", "aaa", 1, 3)] * 3


def test_how_often_an_inner_loop_went_round_makes_no_difference():
    assert folds("aaabaaaabaaaaab")[0] == ("REPEATED", "aaabaaaabaaaaab", 2, 3)


def test_rounds_that_begin_alike_are_not_the_same():
    assert [fold[1] for fold in folds("abababacacacadadad")] == ["ababab", "acacac", "adadad"]


def test_what_counts_up_in_names_is_the_same_and_kinds_are_not():
    tree = forest(
        [-1, 0, 0, 0], ["root", "step 1", "step 2", "step 3"], kind=[Kind.AGENT] + [Kind.TOOL] * 3
    )
    assert len(outline(tree, quiet_rows(tree)).folds) == 1
    assert folds("aaa", [Kind.TOOL, Kind.LLM, Kind.TOOL]) == []


def test_a_fold_is_never_the_same_as_a_step():
    steps = (
        "aaaqqbcdefghijklmnop"  # the 17th: what three of the first would be, were kinds not told
    )
    assert folds(steps, [Kind(0)] * len(steps)) == [("REPEATED", "aaa", 1, 3)]


def test_agents_are_the_same_by_their_names_to_the_letter():
    kind = [Kind.AGENT] * 4
    tree = forest([-1, 0, 0, 0], ["root", "a 1", "a 2", "a 3"], kind=kind, agent=[1, 2, 3, 4])
    assert len(outline(tree, quiet_rows(tree)).folds) == 0


def test_among_many_siblings_it_is_enough_that_kinds_repeat():
    steps = [chr(97 + number % 26) + chr(97 + number // 26) for number in range(60)]
    assert folds(steps[:30]) == []
    assert [fold[0] for fold in folds(steps)] == ["ALIKE"]
    kinds = [Kind.LLM, Kind.TOOL] * 30
    assert [(fold[0], fold[2], fold[3]) for fold in folds(steps, kinds)] == [("ALIKE", 2, 30)]


@pytest.mark.parametrize(("siblings", "expected"), [(MANY - 1, []), (MANY, ["ALIKE"])])
def test_about_a_screen_of_siblings_is_many(siblings, expected):
    steps = "".join(chr(ord("一") + number) for number in range(siblings))
    assert [fold[0] for fold in folds(steps)] == expected
