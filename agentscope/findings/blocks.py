"""What the rows of a run spent that began within a time, without a walk through all of them. Pure.

A trace may hold thousands of findings, and runs inside of runs. So rows are summed up in blocks:
those that lie within the time as a whole are added as they are, and only the others looked into.
"""

from __future__ import annotations

import numpy as np

from agentscope.traces.tree import UNKNOWN, Ints, Tree

SIZE = 512  # rows: about the root of the largest traces


class Blocks:
    """Tokens, known cost and calls without a price of all rows, summed up by blocks."""

    def __init__(self, tree: Tree) -> None:
        self.starts = tree.start_ns
        unpriced = tree.cost == UNKNOWN
        tokens = tree.billed_input + tree.billed_output
        self.spent = np.stack((tokens, np.where(unpriced, 0, tree.cost), unpriced))
        edges = np.arange(0, len(tree), SIZE)
        self.sums = np.add.reduceat(self.spent, edges, axis=1)
        self.first = np.minimum.reduceat(self.starts, edges)
        self.last = np.maximum.reduceat(self.starts, edges)

    def between(self, rows: tuple[int, int], start: int, end: int) -> tuple[int, int, int]:
        """Tokens, 1e-12 USD and calls without a price of the rows from one up to another that began
        from `start` to `end` in ns, both included."""
        first, stop = rows
        low = min(-(-first // SIZE), stop // SIZE)
        high = stop // SIZE
        lies_in = (self.first[low:high] >= start) & (self.last[low:high] <= end)
        touches = (self.last[low:high] >= start) & (self.first[low:high] <= end) & ~lies_in
        partly = (np.flatnonzero(touches)[:, None] + low) * SIZE + np.arange(SIZE)
        edges = np.arange(first, max(first, low * SIZE)), np.arange(max(first, high * SIZE), stop)
        looked = np.concatenate((*edges, partly.ravel()))
        began = self.starts[looked]
        looked = looked[(began >= start) & (began <= end)]
        found = self.spent[:, looked].sum(axis=1) + self.sums[:, low:high][:, lies_in].sum(axis=1)
        tokens, pico, unpriced = found.tolist()
        return tokens, pico, unpriced


def first_in(rows: Ints, first: int, stop: int) -> int | None:
    """The first of some rows, which are in order, from one row up to another; None if there is
    none."""
    at = int(np.searchsorted(rows, first))
    return int(rows[at]) if at < len(rows) and rows[at] < stop else None
