"""What is open before a reader has opened anything: the path that matters, on about one screen.

Opened first is what holds the evidence of a finding or a failure that nothing made up for, then
what cost most; with room left, all else, from the root on. Folds come last: what they say of what
they hide is what matters about it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from agentscope.outline.entries import SPAN, Outline
from agentscope.outline.folds import Why, within
from agentscope.traces.tree import Ints, Mask, Tree

SCREEN = 40  # rows
FOUND, FAILED = 4.0, 2.0  # how much they count, beside the share of the cost of the trace
FOLDED = -8.0
FEW = 5  # rounds
MANY = 20  # rows


@dataclass(slots=True)
class Matters:
    """What is worth a look, by row of the tree, as sums over all rows before it."""

    found: Ints
    failed: Ints
    total_cost: int

    @staticmethod
    def of(tree: Tree, found: Iterable[int]) -> Matters:
        """From the rows that are evidence of findings, and the tree."""
        evidence = np.zeros(len(tree), np.int64)
        evidence[list(found)] = 1
        total = int(tree.sum_cost[tree.parent == -1].sum())
        return Matters(running(evidence), running(tree.is_culprit), max(total, 1))


def running(values: Ints | Mask) -> Ints:
    """For each row the sum of all before it, and the whole at the end."""
    return np.concatenate(([0], np.cumsum(values, dtype=np.int64)))


def usual(outline: Outline, matters: Matters) -> Mask:
    """The entries that are open at first."""
    opened = np.zeros(len(outline), np.bool_)
    seen, waiting = 0, [(0.0, -1)]
    while waiting:
        _, at = heappop(waiting)
        shown = outline.children(at)
        if at >= 0 and seen + len(shown) > SCREEN and seen > 1:  # an only root always opens
            continue
        seen += len(shown)
        if at >= 0:
            opened[at] = True
        for each in shown:
            if outline.has_more[each] and not is_for_readers(outline, matters, each):
                heappush(waiting, (-worth(outline, matters, each), each))
    opened[outline.at_row[inner_levels(outline)]] = True
    return opened


def inner_levels(outline: Outline) -> Ints:
    """The rows of chains but for the last ones: open, so that a chain is opened as a whole."""
    folds, rows = outline.folds, np.flatnonzero(~outline.quiet)
    is_chain = folds.why == Why.CHAIN
    begin = np.searchsorted(rows, folds.first[is_chain])
    found: Ints = rows[within(begin, folds.times[is_chain] - 1)]
    return found


def worth(outline: Outline, matters: Matters, at: int) -> float:
    """How much it matters what is inside an entry."""
    first, stop = bounds(outline, at)
    within = first + (outline.fold[at] == SPAN)  # what a span is itself is to be seen anyway
    score = outline.tree.sum_cost[first] / matters.total_cost - 0.01 * outline.depth[at]
    score += FOUND * (matters.found[stop] > matters.found[within])
    score += FAILED * (matters.failed[stop] > matters.failed[within])
    return float(score + FOLDED * (outline.fold[at] != SPAN))


def is_for_readers(outline: Outline, matters: Matters, at: int) -> bool:
    """Whether nobody but a reader opens it: a fold that is long, and says so. Rounds of several
    steps that are evidence of a finding are worth their rows: agents who take turns, say."""
    fold, folds = int(outline.fold[at]), outline.folds
    if fold == SPAN:
        return False
    first, stop = bounds(outline, at)
    if folds.length[fold] > 1 and matters.found[stop] > matters.found[first]:
        return bool(folds.length[fold] * folds.times[fold] > MANY)
    return bool(folds.times[fold] > FEW or folds.why[fold] != Why.REPEATED)


def bounds(outline: Outline, at: int) -> tuple[int, int]:
    """The rows of an entry: the first, and the one after the last."""
    fold, row = int(outline.fold[at]), int(outline.row[at])
    return row, int(outline.tree.end[row] if fold == SPAN else outline.folds.stop[fold])


def reveal(outline: Outline, opened: Mask, rows: Sequence[int]) -> None:
    """Open what some rows of the tree lie in."""
    opened |= outline.holding(outline.at_row[list(rows)])
