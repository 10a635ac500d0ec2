"""Stretches of time as pairs of start and end in ns: united, subtracted, measured. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from agentscope.traces.tree import Ints

Stretch = tuple[int, int]  # start, and end, which is later


def united(start: Ints, end: Ints) -> list[Stretch]:
    """What at least one of these stretches covers, in order, none touching another."""
    is_some = end > start
    order = np.lexsort((end[is_some], start[is_some]))
    start, end = start[is_some][order], end[is_some][order]
    if not len(start):
        return []
    reached = np.maximum.accumulate(end)
    begins = np.flatnonzero(np.append(True, start[1:] > reached[:-1]))
    ends = reached[np.append(begins[1:] - 1, len(start) - 1)]
    return list(zip(start[begins].tolist(), ends.tolist(), strict=True))


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same for pairs."""
    pairs = np.array(list(stretches), np.int64).reshape(-1, 2)
    return united(pairs[:, 0], pairs[:, 1])


def without(stretches: list[Stretch], holes: list[Stretch]) -> list[Stretch]:
    """What is left of `stretches` outside of `holes`; both as `union` gives them."""
    left: list[Stretch] = []
    first = 0
    for start, end in stretches:
        at = start
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        for hole_start, hole_end in holes[first:]:
            if hole_start >= end:
                break
            if hole_start > at:
                left.append((at, hole_start))
            at = max(at, hole_end)
        if at < end:
            left.append((at, end))
    return left


def length(stretches: Iterable[Stretch]) -> int:
    """How long they are together, in ns, if they do not overlap."""
    return sum(end - start for start, end in stretches)


def fewer(stretches: list[Stretch], most: int) -> list[Stretch]:
    """At most so many stretches: those with the shortest gaps between them become one."""
    if len(stretches) <= most:
        return stretches
    gaps = np.array([b[0] - a[1] for a, b in pairwise(stretches)])
    kept = sorted(np.argsort(-gaps, kind="stable")[: most - 1].tolist())
    starts = [stretches[0][0], *(stretches[at + 1][0] for at in kept)]
    ends = [*(stretches[at][1] for at in kept), stretches[-1][1]]
    return list(zip(starts, ends, strict=True))


def flat(stretches: Iterable[Stretch]) -> list[int]:
    """Starts and ends by turns, as a column holds them."""
    return [ns for stretch in stretches for ns in stretch]


def pairs(flat: list[int]) -> list[Stretch]:
    """Stretches out of a column; a last start without an end is left out."""
    return list(zip(flat[::2], flat[1::2], strict=False))
