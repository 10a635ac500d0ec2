"""So many siblings that no page holds them come in parts, and long chains are one row. Pure."""

from __future__ import annotations

import numpy as np

from agentscope.outline.folds import MOST, Folds, Items, Why, cut_up, fold, joined
from agentscope.outline.repeats import stretches
from agentscope.traces.tree import Ints, Mask, Tree

LONG = 12  # levels, without a branch: as deep as indents go


def fold_parts(items: Items) -> tuple[Folds, Items]:
    """Parts of MOST of what has more siblings, and parts of these parts."""
    found: list[Folds] = []
    while True:
        _, begin, siblings = np.unique(items.parent, return_index=True, return_counts=True)
        many = siblings > MOST
        if not many.any():
            return joined(found), items
        at, count = cut_up(begin[many], siblings[many], np.full(int(many.sum()), MOST))
        several = count > 1  # one alone says what it is
        folds, items = fold(items, at[several], count[several], Why.PART)
        found.append(folds)


def chains(tree: Tree, host: Ints, quiet: Mask) -> Folds:
    """What lies LONG levels or more below a row without a branch; `quiet` rows are no level."""
    rows = np.flatnonzero(~quiet)
    before = np.concatenate(([0], np.cumsum(~quiet)))  # of each row, how many are not left out
    size = before[tree.end[rows]] - before[rows]
    alone = np.zeros(len(rows), np.bool_)  # rows that are the only child of the row before
    alone[1:] = (host[rows[1:]] == rows[:-1]) & (size[:-1] == size[1:] + 1)
    begin, stop = stretches(alone)
    long = stop - begin >= LONG
    first, levels = rows[begin[long]], (stop - begin)[long]
    some = np.ones(len(first), np.int64)
    return Folds(first, tree.end[first].astype(np.int64), some * int(Why.CHAIN), some, levels, some)
