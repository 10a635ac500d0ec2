"""Where two traces part: up to which step each agent did the same, and what came then. Pure.

Reading along is linear. Only around the first difference steps are aligned with each other, a
bounded number of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

import numpy as np

from agentscope.compare.courses import Course
from agentscope.traces.totals import first_start
from agentscope.traces.tree import Ints, Tree

NONE = -1  # in place of a row
BEFORE, MOST = 3, 40  # steps of the window before the difference, and from there on


@dataclass(slots=True)
class Reading:
    """A trace that is read along with another one."""

    tree: Tree
    course: Course
    counts: Ints  # steps, by path
    begin: Ints  # of the first step of a path in the course

    @staticmethod
    def of(tree: Tree, course: Course, paths: int) -> Reading:
        """Of a tree and its course; there are so many paths in both traces."""
        counts = np.bincount(course.path, minlength=paths)
        return Reading(tree, course, counts, np.cumsum(counts) - counts)

    def rows(self, path: int, start: int, stop: int) -> list[int]:
        """The rows of some steps of an agent, as far as there are any."""
        rows: list[int] = self.course.row[self.slice(path, start, stop)].tolist()
        return rows

    def tokens(self, path: int, start: int, stop: int) -> list[int]:
        """What steps these are."""
        tokens: list[int] = self.course.token[self.slice(path, start, stop)].tolist()
        return tokens

    def slice(self, path: int, start: int, stop: int) -> slice:
        """Where these steps are in the course."""
        begin, count = int(self.begin[path]), int(self.counts[path])
        return slice(begin + min(max(start, 0), count), begin + min(stop, count))

    def after(self, row: int) -> int:
        """How long after the start of its trace a row began, in ns."""
        return int(self.tree.start_ns[row]) - first_start(self.tree.start_ns)


@dataclass(slots=True, frozen=True)
class Pair:
    """Two steps beside each other, or one that has none beside it."""

    left: int  # row; NONE
    right: int
    is_same: bool


@dataclass(slots=True, frozen=True)
class Parting:
    """The first step that is another one, or is missing in one of the traces."""

    path: int  # number of the agent's path
    same: int  # steps of this agent before it, which are the same
    left: int  # row; NONE: this agent was done
    right: int
    agents: int  # paths of agents that part somewhere; 1: no other one
    around: list[Pair]  # from BEFORE steps earlier on
    left_after: int  # steps of this agent behind those of `around`
    right_after: int


@dataclass(slots=True)
class Along:
    """Two traces, and what is the same from the start on."""

    left: Reading
    right: Reading
    same: Ints  # by path: steps that are the same
    left_row: Ints  # rows of these steps beside each other
    right_row: Ints
    group: Ints  # equal for those that could be swapped, for they ran side by side


def along(left: Reading, right: Reading) -> Along:
    """Read two traces along. Linear."""
    one, other = left.course, right.course
    width = max(len(one.row), len(other.row)) + 1
    _, at, beside = np.intersect1d(
        one.path * width + one.place, other.path * width + other.place, True, True
    )
    same = np.minimum(left.counts, right.counts)
    differs = one.token[at] != other.token[beside]
    np.minimum.at(same, one.path[at][differs], one.place[at][differs])
    kept = one.place[at] < same[one.path[at]]
    at, beside = at[kept], beside[kept]
    changes = (np.diff(one.side[at]) != 0) | (np.diff(one.token[at]) != 0)
    group = np.cumsum(np.append(1, changes | (np.diff(other.side[beside]) != 0)))[: len(at)]
    return Along(left, right, same, one.row[at], other.row[beside], group)


def parting(found: Along) -> Parting | None:
    """Where the traces part first; None if all agents did the same."""
    left, right, same = found.left, found.right, found.same
    parted = np.flatnonzero((left.counts > same) | (right.counts > same)).tolist()
    if not parted:
        return None
    path = min(parted, key=lambda each: (begun(found, each), each))
    at = int(same[path])
    return Parting(
        path=path,
        same=at,
        left=next(iter(left.rows(path, at, at + 1)), NONE),
        right=next(iter(right.rows(path, at, at + 1)), NONE),
        agents=len(parted),
        around=around(found, path, at),
        left_after=max(int(left.counts[path]) - at - MOST, 0),
        right_after=max(int(right.counts[path]) - at - MOST, 0),
    )


def begun(found: Along, path: int) -> int:
    """How long after the start the step began at which an agent parted, in ns."""
    at = int(found.same[path])
    starts = [
        each.after(row) for each in (found.left, found.right) for row in each.rows(path, at, at + 1)
    ]
    return min(starts)


def around(found: Along, path: int, at: int) -> list[Pair]:
    """The steps of an agent around a place, aligned so that as many as can be are the same."""
    start, stop = max(at - BEFORE, 0), at + MOST
    lefts, rights = (each.rows(path, start, stop) for each in (found.left, found.right))
    one, other = (each.tokens(path, start, stop) for each in (found.left, found.right))
    pairs: list[Pair] = []
    for tag, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        beside = zip_longest(lefts[i:j], rights[k:m], fillvalue=NONE)
        pairs += [Pair(*rows, is_same=tag == "equal") for rows in beside]
    return pairs
