"""Which decision something belongs to that is no part of it: verdicts, plans, rejected attempts.

The same run of an agent comes first. Where that decided nothing, such as for a guardrail around an
agent, it is what lies below the nearest common step; and if nothing does, the whole trace. Pure.
"""

from __future__ import annotations

from enum import Enum, auto

import numpy as np

from agentscope.traces.above import NONE, nearest
from agentscope.traces.tree import Ints, Tree


class Side(Enum):
    """Which of two decisions something belongs to."""

    BEFORE = auto()
    AFTER = auto()
    NEARER = auto()  # that which began at nearly the same time


class Beside:
    """Some decisions, given as rows in reading order, to be found by what is beside them.

    `run_at` has the run of each row of the tree, NONE where it is no agent's.
    """

    def __init__(self, tree: Tree, calls: Ints, run_at: Ints) -> None:
        self.tree, self.calls, self.run_at = tree, calls, run_at
        order = np.lexsort((calls, run_at[calls]))
        self.in_run = order  # positions in `calls`, run by run
        self.keys = self.key(run_at[calls], calls)[order]

    def key(self, run: Ints, rows: Ints) -> Ints:
        """A number by which rows are in order of their runs, then of themselves."""
        return (run.astype(np.int64) + 1) * (len(self.tree) + 1) + rows

    def of(self, rows: Ints, side: Side) -> Ints:
        """For each row the position in `calls`; NONE only where there are no calls at all."""
        if not len(self.calls):
            return np.full(len(rows), NONE)
        found = self.one(rows, *self.of_run(rows), side)
        left = (found == NONE) | (self.run_at[rows] == NONE)
        found[left] = self.one(rows[left], *self.of_place(rows[left]), side)
        return found

    def of_run(self, rows: Ints) -> tuple[Ints, Ints]:
        """The calls before each row, and behind all that is in it, in its own run; NONE where there
        are none."""
        if not len(self.calls):
            return np.full(len(rows), NONE), np.full(len(rows), NONE)
        run = self.run_at[rows]
        before = np.searchsorted(self.keys, self.key(run, rows)) - 1
        after = np.searchsorted(self.keys, self.key(run, self.tree.end[rows].astype(np.int64)))
        found = []
        for place in (before, after):
            call = np.append(self.in_run, NONE)[np.clip(place, NONE, len(self.in_run))]
            is_same = (call != NONE) & (self.run_at[self.calls[call]] == run)
            found.append(np.where(is_same, call, NONE))
        return found[0], found[1]

    def of_place(self, rows: Ints) -> tuple[Ints, Ints]:
        """The same below the nearest step above that holds any, or in the whole trace."""
        tree, calls = self.tree, self.calls
        holds = np.searchsorted(calls, tree.end) > np.searchsorted(calls, np.arange(len(tree)))
        around = np.append(nearest(tree.parent, holds), NONE)[tree.parent[rows]]
        first = np.searchsorted(calls, around)
        stop = np.where(around == NONE, len(calls), np.searchsorted(calls, tree.end[around]))
        before = np.searchsorted(calls, rows) - 1
        after = np.searchsorted(calls, tree.end[rows])
        return np.where(before >= first, before, NONE), np.where(after < stop, after, NONE)

    def one(self, rows: Ints, before: Ints, after: Ints, side: Side) -> Ints:
        """One of both, the other one where there is only that."""
        if side is Side.NEARER:
            start, calls = self.tree.start_ns, self.tree.start_ns[self.calls]
            is_after = np.abs(calls[after] - start[rows]) < np.abs(calls[before] - start[rows])
        else:
            is_after = np.full(len(rows), side is Side.AFTER)
        wanted, other = np.where(is_after, after, before), np.where(is_after, before, after)
        return np.where(wanted == NONE, other, wanted)
