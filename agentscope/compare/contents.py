"""What two traces asked and were answered while their steps were still the same. Pure.

Contents are compared by the keys of their signatures. One that is unknown equals nothing and
differs from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agentscope.compare.parting import Along
from agentscope.traces.tree import Ints

ASKED, ANSWERED = WHAT = ("asked", "answered")
MOST_READ = 2_000  # steps of each trace

Keys = tuple[int, int]  # of what was asked for, and of what came back; 0: unknown


@dataclass(slots=True, frozen=True)
class Beside:
    """Rows of steps that are the same, in order of their starts on the left."""

    left: Ints
    right: Ints
    group: Ints
    left_out: int  # further ones, which are not looked at


@dataclass(slots=True, frozen=True)
class OtherContent:
    """The first step that is the same and was asked or answered something else."""

    left: int  # row
    right: int
    what: str  # of WHAT
    was_asked_alike: bool = False  # both are known to have been asked the same


@dataclass(slots=True, frozen=True)
class Contents:
    """What comparing contents came to."""

    first: OtherContent | None
    looked_at: int  # steps that are the same
    unknown: int  # of them: steps that say nothing of their content, in one trace at least
    left_out: int  # steps that are the same and were not looked at


def beside(found: Along) -> Beside:
    """The first MOST_READ steps that are the same."""
    start = found.left.tree.start_ns[found.left_row]
    order = np.lexsort((found.left_row, start))[:MOST_READ]
    order = order[np.lexsort((order, found.group[order]))]
    left_out = len(found.left_row) - len(order)
    return Beside(found.left_row[order], found.right_row[order], found.group[order], left_out)


def contents(
    found: Along, pairs: Beside, left: Mapping[int, Keys], right: Mapping[int, Keys]
) -> Contents:
    """What is different first among some pairs. The keys are by row; a row without is unknown."""
    lefts = in_groups(pairs.left, pairs.group, left)
    rights = in_groups(pairs.right, pairs.group, right)
    told, unknown = [], 0
    for one, other in zip(lefts, rights, strict=True):
        keys, others = left.get(one, (0, 0)), right.get(other, (0, 0))
        unknown += not any(a and b for a, b in zip(keys, others, strict=True))
        if what := differs(keys, others):
            other_content = OtherContent(one, other, what, keys[0] == others[0] != 0)
            told.append((moment(found, one, what), one, other_content))
    first = min(told, key=lambda each: each[:2])[2] if told else None
    return Contents(first, len(lefts), unknown, pairs.left_out)


def in_groups(rows: Ints, group: Ints, keys: Mapping[int, Keys]) -> list[int]:
    """Rows in an order in which steps that could be swapped stand by their contents."""
    named = zip(group.tolist(), rows.tolist(), strict=True)
    return [row for *_, row in sorted((at, keys.get(row, (0, 0)), row) for at, row in named)]


def differs(keys: Keys, others: Keys) -> str:
    """What is known to be different; empty if nothing is."""
    for what, one, other in zip(WHAT, keys, others, strict=True):
        if one and other and one != other:
            return what
    return ""


def moment(found: Along, row: int, what: str) -> int:
    """When a difference showed: what was asked at the start of a step, an answer at its end."""
    tree = found.left.tree
    return int(tree.start_ns[row] if what == ASKED else max(tree.end_ns[row], tree.start_ns[row]))
