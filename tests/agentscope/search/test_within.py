"""Words in what the tree of a trace holds."""

import numpy as np
import pytest

from agentscope.search.within import LONGEST, MOST_WORDS, all_of, is_cut, named_rows, needles
from agentscope.vocabulary import Kind
from tests.kit.forests import forest


def found(written, *names, **said):
    tree = forest([-1] + [0] * (len(names) - 1), names, **said)
    return np.flatnonzero(all_of(tree, named_rows(tree, needles(written)))).tolist()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ()),
        (" \t", ()),
        ("Late PARCEL", ("late", "parcel")),
        ('"late  Parcel" late', ("late parcel", "late")),
        ('"', ('"',)),
        ("Straße STRASSE", ("strasse",)),
        ("100% a_b", ("100%", "a_b")),
    ],
)
def test_words_and_phrases_are_folded(written, meant):
    assert needles(written) == meant


def test_so_many_words_are_enough():
    assert len(needles(" ".join(f"w{number}" for number in range(90)))) == 20
    assert needles("x" * 1000) == ("x" * 400,)


@pytest.mark.parametrize(
    ("written", "cut"),
    [
        ("late parcel", False),
        (" ".join(map(str, range(MOST_WORDS))), False),
        (" ".join(map(str, range(MOST_WORDS + 1))), True),
        ("same " * (MOST_WORDS + 1), False),
        ("x" * LONGEST, False),
        ("x" * (LONGEST + 1), True),
    ],
)
def test_what_is_not_looked_for_is_known(written, cut):
    assert is_cut(written) == cut


@pytest.mark.parametrize(
    ("written", "rows"),
    [
        ("search", [0, 1]),
        ("SEARCH web", [1]),
        ("%", [2]),
        ("a_b", [3]),
        ("注文", [4]),
        ("ÄRGER", [5]),
        ("ärger search", []),
        (".*", []),
        ("", []),
    ],
)
def test_parts_of_names_are_found_and_nothing_is_a_pattern(written, rows):
    assert found(written, "research", "web search", "100%", "a_b", "注文を検索", "Ärger") == rows


def test_an_agent_is_found_at_its_runs_and_a_tool_at_its_calls():
    said = {"kind": [Kind.AGENT, Kind.TOOL, Kind.LLM], "agent": [2, 2, 2], "tool": [0, 3, 0]}
    assert found("planner", "run", "planner", "fetch", name=[1, 1, 1], **said) == [0]
    assert found("fetch", "run", "planner", "fetch", name=[1, 1, 1], **said) == [1]
