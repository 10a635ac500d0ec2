"""From one row of a trace to the next that matters, wherever it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from agentscope.traces.tree import Ints, Tree

Jump = Callable[[Tree, Ints, int], "int | None"]  # by some rows, from a row


def jumped(tree: Tree, found: Iterable[int], hits: Ints, what: str, at: int | None) -> int | None:
    """The row that a jump leads to, from a row or from before the first; None if there is none.
    `found` are the rows that are evidence, `hits` those that have what is looked for."""
    jump = JUMPS.get(what)
    if jump is None:
        return None
    some = hits if what in OF_HITS else np.array(sorted(found), np.int64)
    return jump(tree, some, -1 if at is None else at)


def next_of(rows: Ints, at: int) -> int | None:
    """The first of some rows after a row, from the start again after the last."""
    return int(rows[np.searchsorted(rows, at, "right") % len(rows)]) if len(rows) else None


def last_of(rows: Ints, at: int) -> int | None:
    """The last of some rows before a row, from the end again before the first."""
    return int(rows[np.searchsorted(rows, at, "left") - 1]) if len(rows) else None


def dearest(tree: Tree, _: Ints, at: int) -> int | None:
    """The child of a row that cost most with all beneath it, or the dearest root."""
    below = tree.children(at)
    dear = max(below, key=lambda row: int(tree.sum_cost[row]), default=None)
    return dear if dear is not None and tree.sum_cost[dear] > 0 else None


JUMPS: dict[str, Jump] = {
    "found": lambda _, found, at: next_of(found, at),
    "found-before": lambda _, found, at: last_of(found, at),
    "failed": lambda tree, _, at: next_of(np.flatnonzero(tree.is_culprit), at),
    "failed-before": lambda tree, _, at: last_of(np.flatnonzero(tree.is_culprit), at),
    "dear": dearest,
    "hit": lambda _, hits, at: next_of(hits, at),
    "hit-before": lambda _, hits, at: last_of(hits, at),
}
OF_HITS = ("hit", "hit-before")
