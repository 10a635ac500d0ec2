"""Where control was handed over from one agent to another. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from agentscope.agents.invoked import HANDS_OFF, Run
from agentscope.findings.effects import hands_over
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind


def handoff_rows(tree: Tree) -> Ints:
    """The rows that hand over control: spans that say so, and tools that are named for it."""
    names = np.array([hands_over(text) for text in tree.texts])
    found = (tree.kind == Kind.HANDOFF) | ((tree.kind == Kind.TOOL) & names[tree.tool])
    return np.flatnonzero(found)


def handed_over(tree: Tree, runs: Sequence[Run], rows: Ints) -> set[int]:
    """The first rows of runs to which control was handed, or that handed it on, and the rows above
    these `rows` of handoffs."""
    found = {run.rows[0] for run in runs if any(kind == HANDS_OFF for _, kind in run.callers)}
    parent, start = tree.parent.tolist(), tree.start_ns.tolist()
    beside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for run in runs:
        beside[parent[run.rows[0]]].append((start[run.rows[0]], run.rows[0]))
    for several in beside.values():
        several.sort()
    for row in rows.tolist():
        earlier = beside.get(parent[row], [])
        if at := bisect_right(earlier, (start[row], row)):
            found.add(earlier[at - 1][1])
        above = parent[row]
        while above >= 0 and above not in found:
            found.add(above)
            above = parent[above]
    return found
