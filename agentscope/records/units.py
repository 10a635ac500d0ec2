"""What there are records of in a trace: runs of agents, and whole roots in which models were called
by no agent that is known. Pure; all of them at once, for there may be thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from agentscope.decisions.deciding import Decisions
from agentscope.records.effects import Effects
from agentscope.records.handing import handing
from agentscope.traces.above import NONE, outermost
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Tree
from agentscope.vocabulary import Kind, Status

MOST = 500  # records of a trace
MOST_ITEMS = 50  # of each sort, of a record
FIRST_CALLS, LAST_CALLS = 6, 2
READS = (Kind.TOOL, Kind.RETRIEVAL)
ANSWERS = ("final_answer",)  # tools by which a model says that it is done: they read nothing
Grouped = dict[int, list[int]]  # rows in reading order, by the owner


@dataclass(slots=True)
class Unit:
    """What is told of in one record. All lists are rows in reading order."""

    rows: list[int]  # in which it begins; it is known by the first
    run: int  # its position among the runs of the trace; NONE: no agent is known
    calls: list[int]  # of models, or the agent that called none
    did: list[int] = field(
        default_factory=list
    )  # what it led to, but what only reads, and questions
    read: list[int] = field(default_factory=list)  # tools that change nothing, and searches
    asked: list[int] = field(default_factory=list)  # people, or what waits for them
    changed: list[int] = field(
        default_factory=list
    )  # of what it did: what changes something in the world
    verdicts: list[int] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)  # none inside another
    pico: int = 0  # what its own steps cost, as far as it is known
    unpriced: int = 0
    root: int = NONE  # the outermost row around it, if it is the first one there
    is_first: bool = False  # of its trace
    others: int = 0  # of the trace that there is no record of: told with the first one

    @property
    def first(self) -> int:
        """The row that it is known by."""
        return self.rows[0]

    def few(self, rows: list[int]) -> list[int]:
        """Those of these rows that are told one by one."""
        return rows[:MOST_ITEMS]

    def done(self) -> list[int]:
        """The same of what it did: what changed something goes first."""
        changed, is_changed = self.few(self.changed), set(self.changed)
        others = (row for row in self.did if row not in is_changed)
        return sorted([*changed, *islice(others, MOST_ITEMS - len(changed))])

    def read_calls(self) -> list[int]:
        """The model calls whose contents are read: the first and the last ones."""
        first, last = self.calls[:FIRST_CALLS], self.calls[FIRST_CALLS:]
        return [*first, *last[-LAST_CALLS:]]

    def left(self) -> dict[str, int]:
        """How much is not told one by one, by parts of the body; and how many model calls are not
        looked into."""
        lists: dict[str, list[list[int]]] = {
            "knew": [self.read],
            "considered": [self.plans, self.rejected],
            "authority": [self.asked, self.verdicts],
            "did": [self.did],
        }
        found = {
            part: sum(max(len(rows) - MOST_ITEMS, 0) for rows in several)
            for part, several in lists.items()
        }
        unread = len(self.calls) - len(self.read_calls())
        return found | {"calls": unread, "records": self.others}

    @property
    def is_notable(self) -> bool:
        """Whether it did, had judged or gave up anything."""
        return bool(self.did or self.asked or self.verdicts or self.plans or self.rejected)


class Units:
    """All units of a tree."""

    def __init__(self, decisions: Decisions, effects: Effects) -> None:
        self.changes = effects.rows
        self.decisions, self.tree, self.turns = decisions, decisions.tree, decisions.turns
        runs, tree = self.turns.runs, self.tree
        self.roots = roots = outermost(tree.parent, np.ones(len(tree), bool))
        run_at = self.turns.run_at
        # For each row who answers for it: a run, or behind all runs its root.
        self.owner = np.where(run_at == NONE, len(runs) + roots, run_at)
        self.of_turn = self.owner[self.turns.rows]

    def all(self) -> list[Unit]:
        """The units in reading order, MOST at most: those in which something happened first."""
        runs, (pico, unpriced) = len(self.turns.runs), self.spent()
        found = {
            owner: Unit(self.rows(owner), owner if owner < runs else NONE, calls)
            for owner, calls in grouped(self.of_turn, self.turns.rows).items()
        }
        parts = self.parts()
        for owner, unit in found.items():
            unit.pico, unit.unpriced = pico.get(owner, 0), unpriced.get(owner, 0)
            for name, part in parts.items():
                setattr(unit, name, part.get(owner, []))
        ranked = sorted(found.values(), key=lambda unit: (not unit.is_notable, unit.first))
        kept = sorted(ranked[:MOST], key=lambda unit: unit.first)
        for unit in kept[:1]:
            unit.is_first, unit.others = True, len(found) - len(kept)
        firsts = {int(self.roots[unit.first]): unit for unit in reversed(kept)}
        for root, unit in firsts.items():
            unit.root = root
        return kept

    def rows(self, owner: int) -> list[int]:
        """The rows in which a unit begins."""
        runs = self.turns.runs
        return runs[owner].rows if owner < len(runs) else [owner - len(runs)]

    def parts(self) -> dict[str, Grouped]:
        """What belongs to the units, by fields of Unit."""
        found, tree = self.decisions, self.tree
        acts = self.acts()
        asked = (tree.kind == Kind.HUMAN) | (tree.status == Status.WAITING)
        # A tool in which models are called, or beside which an agent works, is another's work.
        read = np.isin(tree.kind, READS) & (tree.sum_llm_calls == 0) & ~self.changes & ~asked
        read &= ~handing(tree, self.turns.runs) & ~named(tree, ANSWERS)
        return {
            "did": acts(~read & (tree.kind != Kind.HUMAN)),
            "read": acts(read),
            "asked": acts(asked),
            "changed": acts(self.changes),
            "verdicts": self.of(found.judges, found.judged),
            "plans": self.of(found.plans, found.planned),
            "rejected": self.of(found.rejected, found.replacing),
        }

    def acts(self) -> Callable[[Mask], Grouped]:
        """What gives those of some kind of what decisions led to, by whom they belong to."""
        rows, owners = self.decisions.acts, self.owners(self.decisions.acts, self.decisions.actor)
        return lambda some: grouped(owners[some[rows]], rows[some[rows]])

    def of(self, rows: Ints, turn: Ints) -> Grouped:
        """These rows by whom they belong to."""
        return grouped(self.owners(rows, turn), rows)

    def owners(self, rows: Ints, turn: Ints) -> Ints:
        """Whom rows belong to: the owner of a turn, or their own where there is no such turn; what
        runs begin in belongs to that of the row above."""
        begun = [run.rows[0] for run in self.turns.runs]
        own = np.where(np.isin(rows, begun), self.tree.parent[rows], rows)
        around = np.append(self.owner, NONE)[own]
        return np.where(turn == NONE, around, np.append(self.of_turn, NONE)[turn])

    def spent(self) -> tuple[dict[int, int], dict[int, int]]:
        """What the steps of each owner cost in 1e-12 USD, and how many have no price; what totals
        have more than their calls belongs to nobody."""
        cost, is_rest = self.tree.cost, self.tree.is_rest
        is_unpriced = (cost == UNKNOWN) & ~is_rest
        paid = np.flatnonzero((cost > 0) & ~is_rest)
        return summed(self.owner[paid], cost[paid]), summed(
            self.owner[is_unpriced], is_unpriced[is_unpriced].astype(np.int64)
        )


def named(tree: Tree, tools: Sequence[str]) -> Mask:
    """The rows of these tools."""
    numbers = [number for number in np.unique(tree.tool) if tree.texts[number] in tools]
    found: Mask = np.isin(tree.tool, numbers)
    return found


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
