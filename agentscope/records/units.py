"""What there are records of in a trace: runs of agents, and whole roots in which models were called
by no agent that is known. Pure; all of them at once, for there may be thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from agentscope.decisions.deciding import Decisions
from agentscope.traces.above import NONE, outermost
from agentscope.traces.tree import UNKNOWN, Ints

MOST = 500  # records of a trace
Grouped = dict[int, list[int]]  # rows in reading order, by the owner


@dataclass(slots=True)
class Unit:
    """What is told of in one record. All lists are rows in reading order."""

    rows: list[int]  # in which it begins; it is known by the first
    run: int  # its position among the runs of the trace; NONE: no agent is known
    calls: list[int]  # of models, or the agent that called none
    did: list[int] = field(default_factory=list)
    verdicts: list[int] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)  # none inside another
    pico: int = 0  # what its own steps cost, as far as it is known
    unpriced: int = 0

    @property
    def first(self) -> int:
        """The row that it is known by."""
        return self.rows[0]

    @property
    def is_notable(self) -> bool:
        """Whether it did, had judged or gave up anything."""
        return bool(self.did or self.verdicts or self.plans or self.rejected)


class Units:
    """All units of a tree."""

    def __init__(self, decisions: Decisions) -> None:
        self.decisions, self.tree, self.turns = decisions, decisions.tree, decisions.turns
        runs, tree = self.turns.runs, self.tree
        roots = outermost(tree.parent, np.ones(len(tree), bool))
        run_at = self.turns.run_at
        # For each row who answers for it: a run, or behind all runs its root.
        self.owner = np.where(run_at == NONE, len(runs) + roots, run_at)
        self.of_turn = self.owner[self.turns.rows]

    def all(self) -> tuple[list[Unit], int]:
        """The units in reading order, MOST at most, those first in which most happened; how many
        are left out."""
        parts = self.parts()
        calls = grouped(self.of_turn, self.turns.rows)
        pico, unpriced = self.spent()
        found = [
            Unit(
                rows=self.rows(owner),
                run=owner if owner < len(self.turns.runs) else NONE,
                calls=rows,
                pico=pico.get(owner, 0),
                unpriced=unpriced.get(owner, 0),
                **{name: part.get(owner, []) for name, part in parts.items()},
            )
            for owner, rows in calls.items()
        ]
        found.sort(key=lambda unit: (not unit.is_notable, unit.first))
        return sorted(found[:MOST], key=lambda unit: unit.first), max(len(found) - MOST, 0)

    def rows(self, owner: int) -> list[int]:
        """The rows in which a unit begins."""
        runs = self.turns.runs
        return runs[owner].rows if owner < len(runs) else [owner - len(runs)]

    def parts(self) -> dict[str, Grouped]:
        """What belongs to the units, by fields of Unit."""
        found, begun = self.decisions, [run.rows[0] for run in self.turns.runs]
        return {
            "did": self.of(found.acts, found.actor, begun),
            "verdicts": self.of(found.judges, found.judged),
            "plans": self.of(found.plans, found.planned),
            "rejected": self.of(found.rejected, found.replacing),
        }

    def of(self, rows: Ints, turn: Ints, begun: Sequence[int] = ()) -> Grouped:
        """These rows by whom they belong to: the owner of a turn, or their own where there is no
        such turn; of what runs begin in that of the row above."""
        own = np.where(np.isin(rows, begun), self.tree.parent[rows], rows)
        around = np.append(self.owner, NONE)[own]
        return grouped(np.where(turn == NONE, around, np.append(self.of_turn, NONE)[turn]), rows)

    def spent(self) -> tuple[dict[int, int], dict[int, int]]:
        """What the steps of each owner cost in 1e-12 USD, and how many have no price; what totals
        have more than their calls belongs to nobody."""
        cost, is_rest = self.tree.cost, self.tree.is_rest
        is_unpriced = (cost == UNKNOWN) & ~is_rest
        paid = np.flatnonzero((cost > 0) & ~is_rest)
        return summed(self.owner[paid], cost[paid]), summed(
            self.owner[is_unpriced], is_unpriced[is_unpriced].astype(np.int64)
        )


def grouped(keys: Ints, rows: Ints) -> Grouped:
    """Rows by their keys."""
    order = np.lexsort((rows, keys))
    owners, starts = np.unique(keys[order], return_index=True)
    parts: Sequence[Ints] = np.split(rows[order], starts[1:])
    return {int(owner): part.tolist() for owner, part in zip(owners, parts, strict=False)}


def summed(keys: Ints, values: Ints) -> dict[int, int]:
    """The sums of values by their keys."""
    found, place = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(found), np.int64)
    np.add.at(sums, place, values)
    return dict(zip(found.tolist(), sums.tolist(), strict=True))
