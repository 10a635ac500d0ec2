"""From one row that matters to the next, wherever it is."""

import numpy as np
import pytest
from hypothesis import given

from agentscope.vocabulary import Status
from tests.kit.forests import forest, told
from ui.jumps import jumped

NONE = np.zeros(0, np.int64)


def run():
    """root ▸ (a ▸ (b!), c!, d): both a and b say that they failed, b is why."""
    bad = Status.ERROR
    return forest(
        [-1, 0, 1, 0, 0],
        status=[bad, bad, bad, bad, Status.OK],
        cost=[0, 1, 5, 3, 4],
    )


@pytest.mark.parametrize(
    ("what", "at", "to"),
    [
        ("failed", None, 2),
        ("failed", 0, 2),
        ("failed", 2, 3),
        ("failed", 3, 2),
        ("failed-before", 3, 2),
        ("failed-before", 2, 3),
        ("failed-before", None, 3),
        ("found", None, 1),
        ("found", 1, 4),
        ("found", 4, 1),
        ("found-before", 1, 4),
        ("dear", None, 0),
        ("dear", 0, 1),
        ("dear", 1, 2),
        ("dear", 2, None),
        ("nowhere", 0, None),
        ("hit", None, 0),
        ("hit", 0, 3),
        ("hit-before", 0, 3),
        ("", 0, None),
    ],
)
def test_jumps(what, at, to):
    assert jumped(run(), {4: "", 1: ""}, np.array([0, 3]), what, at) == to


def test_with_nothing_to_find_nobody_goes_anywhere():
    tree = forest([-1, 0])
    for what in ("found", "found-before", "failed", "failed-before", "dear", "hit", "hit-before"):
        assert jumped(tree, (), NONE, what, 0) is None


@given(told())
def test_going_on_comes_to_every_failure_and_back(said):
    failed = np.flatnonzero(said.tree.is_culprit).tolist()
    at, seen = None, []
    for _ in failed:
        at = jumped(said.tree, said.found, NONE, "failed", at)
        seen.append(at)
    assert seen == failed
    for each in reversed(seen[:-1]):
        at = jumped(said.tree, said.found, NONE, "failed-before", at)
        assert at == each
