"""Runs that nothing called: after which other run each began. Pure.

A graph of steps (LangGraph's, a crew's tasks, turns of a group chat, a loop of agents) runs agents
one after another and writes no call. What is known is the order in time alone, so this is told
apart from calls.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from agentscope.agents.invoked import CONTAINS, Run
from agentscope.traces.above import nearest
from agentscope.traces.tree import Ints, Tree


def follows(tree: Tree, runs: list[Run]) -> Iterator[tuple[int, int]]:
    """Pairs of runs by their positions, that which came last before, and that which came after: in
    the same surroundings, the one ended before the other began, and the other was not called."""
    around = surroundings(tree, runs)
    by_place = np.argsort(around, kind="stable")
    counts = np.unique(around, return_counts=True)[1]
    for end, count in zip(np.cumsum(counts)[counts > 1], counts[counts > 1], strict=True):
        yield from in_turn(tree, runs, by_place[end - count : end].tolist())


def in_turn(tree: Tree, runs: list[Run], group: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs among runs that may come after each other."""
    began = {at: (int(tree.start_ns[runs[at].rows[0]]), at) for at in group}
    ended = sorted(
        (max(int(tree.last_ns[row]) for row in runs[at].rows), *began[at]) for at in group
    )
    for at in group:
        place = bisect_left(ended, (began[at][0], *began[at])) - 1
        if place >= 0 and all(kind == CONTAINS for _, kind in runs[at].callers):
            yield ended[place][2], at


def surroundings(tree: Tree, runs: list[Run]) -> Ints:
    """For each run the first row of the run that it is inside of; -1: of none."""
    rows = np.array([run.rows[0] for run in runs], np.int64)
    begins = np.zeros(len(tree), bool)
    begins[rows] = True
    around: Ints = np.append(nearest(tree.parent, begins), -1)[tree.parent[rows]]
    return around
