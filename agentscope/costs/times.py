"""The time that each span took by itself. Pure.

It is the span's duration without what its children cover together, so that of calls one after
another the times add up to the duration of what is around them, and of calls at the same time each
counts in full.
"""

from __future__ import annotations

import numpy as np

from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Flag


def own_times(tree: Tree) -> Ints:
    """Own time of each row in ns, 0 where its clock cannot be right. A span that has not ended
    lasts until the latest time seen below it."""
    suspect = (tree.flags & int(Flag.CLOCK_SUSPECT)) > 0
    last = np.where(tree.end_ns > 0, tree.end_ns, tree.last_ns)
    start, end = tree.start_ns, np.where(suspect, tree.start_ns, last)
    duration = np.maximum(end - start, 0)
    found: Ints = duration - covered(start.tolist(), end.tolist(), tree.parent.tolist())
    return found


def covered(start: list[int], end: list[int], parent: list[int]) -> Ints:
    """How many ns of each row its children cover. Siblings come in order of their starts."""
    reach = list(start)  # up to where a row is covered
    found = [0] * len(start)
    for at, above in enumerate(parent):
        if above < 0:
            continue
        begin, stop = max(start[at], reach[above]), min(end[at], end[above])
        if stop > begin:
            found[above] += stop - begin
            reach[above] = stop
    return np.array(found, np.int64)
