"""When a trace worked, and when it only waited for people. Pure.

An approval, an interrupt or a question to a person is waiting, not work and not a failure. A call
that runs meanwhile is work, so waiting is what is left beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agentscope.traces.grow import subtree_sums
from agentscope.traces.intervals import Stretch, fewer, flat, length, union, united, without
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Flag, Kind, Status

# Beyond so many stretches of work those nearest to each other are kept as one.
MOST_STRETCHES = 1000
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK, Kind.RETRIEVAL, Kind.TOOL, Kind.HANDOFF)


@dataclass(slots=True, frozen=True)
class Times:
    """Starts and ends in ns by turns. `waited` may end with a start alone: nobody answered yet."""

    worked: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    waiting_ns: int = 0  # of what is closed


def times(tree: Tree) -> Times:
    """When the spans of a trace worked and waited. Spans with impossible times do not count."""
    start, end = tree.start_ns, np.where(tree.end_ns > 0, tree.end_ns, tree.last_ns)
    is_real = (start > 0) & (tree.flags & int(Flag.CLOCK_SUSPECT) == 0)
    waits = is_real & is_waiting(tree)
    below = subtree_sums(waits, tree.end)
    asked = waits & ((tree.kind == Kind.HUMAN) | (below == 1))
    calls = is_real & np.isin(tree.kind, CALLS) & (below == 0)
    begins, since = pauses(tree, asked & (tree.status == Status.WAITING), start[calls])
    closed = asked & (tree.end_ns > 0)
    questions = [*zip(start[closed].tolist(), end[closed].tolist(), strict=True), *begins]
    waited = without(union(questions), united(start[calls], end[calls]))
    open_since = start[asked & (tree.end_ns == 0)]
    since = [int(open_since.min())] if len(open_since) else since
    return Times(
        worked=flat(fewer(without(united(start[is_real], end[is_real]), waited), MOST_STRETCHES)),
        waited=flat(fewer(waited, MOST_STRETCHES)) + since,
        waiting_ns=length(waited),
    )


def is_waiting(tree: Tree) -> Mask:
    """The rows that wait for a person: questions, approvals, and what an interrupt ended."""
    found: Mask = (tree.kind == Kind.HUMAN) | (tree.status == Status.WAITING)
    return found


def pauses(tree: Tree, interrupts: Mask, calls: Ints) -> tuple[list[Stretch], list[int]]:
    """From each interrupt to the next call that starts; and, if none follows the last one, the end
    of the trace, since when an answer is missing. `calls` are starts in ns."""
    ends, calls = np.unique(tree.end_ns[interrupts & (tree.end_ns > 0)]), np.sort(calls)
    following = np.searchsorted(calls, ends)
    found = [
        (end, int(calls[at]))
        for end, at in zip(ends.tolist(), following.tolist(), strict=True)
        if at < len(calls)
    ]
    return found, [int(tree.last_ns.max())] if len(found) < len(ends) else []
