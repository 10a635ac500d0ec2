"""Model calls that pass a task on and wait: what a run of an agent inside of itself looks like
before any of its levels has ended. Pure.

The spans of such runs come last, the innermost first. What comes at once are their first model
calls: each begins a conversation, is told the same, asks for the same call, and nothing that lacks
the same parent comes after it. One at a time, for what runs side by side are samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from agentscope.findings.holding import TOLERANCE, answers_of
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact
from agentscope.traces.above import outermost
from agentscope.traces.tree import Ints
from agentscope.vocabulary import Flag

BEGINS = int(Fact.BEGINS)


def unreturned(scene: Scene, fewest: int) -> Iterator[tuple[list[int], int]]:
    """The rows of such calls, one after another, each waiting for the next, if one of them comes at
    least so many times; and how often the first of these does."""
    tree, records = scene.tree, scene.records
    asking = answers_of(tree) & (records["asks"] != 0) & (records["call"] != 0)
    rows = np.flatnonzero(asking & (records["facts"] & BEGINS != 0))
    if len(rows) < fewest or not (tree.flags & int(Flag.ORPHAN)).any():
        return
    waiting = sorted(rows[is_last(scene, rows)].tolist(), key=scene.when)
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in waiting:
        alike[int(records["call"][row]), int(records["asks"][row])].append(row)
    several = next((each for each in alike.values() if len(each) >= fewest), [])
    if several and is_in_turn(scene, several):
        since = waiting[waiting.index(several[0]) :]
        yield since if is_in_turn(scene, since) else several, len(several)


def is_last(scene: Scene, rows: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of these rows lack a parent that nothing else after them lacks."""
    tree = scene.tree
    tops = outermost(tree.parent, np.ones(len(tree), bool))
    orphans = np.flatnonzero(tree.flags & int(Flag.ORPHAN))
    _, group = np.unique(tree.parent_id, return_inverse=True)
    latest = np.zeros(len(tree), np.int64)
    np.maximum.at(latest, group[orphans], tree.start_ns[orphans])
    lacks = tree.flags[tops[rows]] & int(Flag.ORPHAN) != 0
    is_latest = latest[group[tops[rows]]] == tree.start_ns[tops[rows]]
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = lacks & is_latest
    return found


def is_in_turn(scene: Scene, rows: list[int]) -> bool:
    """Whether each of these rows begins when the one before has ended."""
    starts, ends = scene.tree.start_ns[rows], scene.tree.end_ns[rows]
    return bool((starts[1:] + TOLERANCE >= ends[:-1]).all())
