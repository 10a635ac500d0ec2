"""Tools that hand work to an agent whose span lies beside them, not inside: such a tool reads
nothing, though nothing is below it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.findings.effects import READS, words
from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import Kind


def handing(tree: Tree, runs: Sequence[Run]) -> Mask:
    """The rows of tools during which an agent ran beside them, from its begin to its end; not
    those that read by their names, which may have run at the same time."""
    found = np.zeros(len(tree), bool)
    beside = defaultdict[int, list[tuple[int, int]]](list)  # times of runs, by the row above
    for run in runs:
        row = run.rows[0]
        beside[int(tree.parent[row])].append((int(tree.start_ns[row]), int(tree.end_ns[row])))
    for times in beside.values():
        times.sort()
    is_beside = np.isin(tree.parent, list(beside)) & (tree.kind == Kind.TOOL)
    for row in np.flatnonzero(is_beside).tolist():
        times = beside[int(tree.parent[row])]
        at = bisect_left(times, (int(tree.start_ns[row]), 0))
        is_around = at < len(times) and 0 < times[at][1] <= tree.end_ns[row]
        found[row] = is_around and READS.isdisjoint(words(tree.texts[tree.tool[row]]))
    return found
