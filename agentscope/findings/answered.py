"""The first and the last model call inside of any run, without a walk through what is in it. Pure.

Runs may lie inside of each other thousands of levels deep. So the minima and maxima of stretches of
1, 2, 4, … rows are kept: two of them cover any stretch.
"""

from __future__ import annotations

import numpy as np

from agentscope.findings.holding import answers_of
from agentscope.traces.tree import Tree


class Answers:
    """The model calls of a tree in order of rows, with their places in order of time."""

    def __init__(self, tree: Tree) -> None:
        self.rows = np.flatnonzero(answers_of(tree))
        self.in_time = self.rows[np.lexsort((self.rows, tree.start_ns[self.rows]))]
        place = np.empty(len(self.rows), np.int64)
        place[np.searchsorted(self.rows, self.in_time)] = np.arange(len(self.rows))
        self.first, self.last = [place], [place]  # of stretches of 1, 2, 4, … rows
        while 2 << len(self.first) - 1 <= len(place):
            half = 1 << len(self.first) - 1
            self.first.append(np.minimum(self.first[-1][:-half], self.first[-1][half:]))
            self.last.append(np.maximum(self.last[-1][:-half], self.last[-1][half:]))

    def ends(self, first: int, stop: int) -> tuple[int, int] | None:
        """The rows of the first and the last model call, in time, from one row up to another; None
        if there is none."""
        low, high = np.searchsorted(self.rows, (first, stop)).tolist()
        if low == high:
            return None
        level = (high - low).bit_length() - 1
        other = high - (1 << level)
        earliest = min(self.first[level][low], self.first[level][other])
        latest = max(self.last[level][low], self.last[level][other])
        return int(self.in_time[earliest]), int(self.in_time[latest])
