"""The decisions of a run: each model call with what was considered around it, what it did, and what
was rejected for it. Pure, from the tree alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from agentscope.decisions.beside import Beside, Side
from agentscope.traces.above import NONE, nearest, outermost
from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.transcript.turns import Turns, turns_of
from agentscope.vocabulary import Discarded, Kind, Status

JUDGES = (Kind.GUARDRAIL, Kind.EVALUATOR)
STEPS = (Kind.CHAIN, Kind.OTHER)
THINKERS = (Kind.LLM, Kind.AGENT, Kind.CHAIN)  # of which another one takes the place
# How frameworks and conventions name the making of a plan: CrewAI, AgentOps, operation `plan`, and
# the nodes of plan-and-execute graphs.
PLANNING = re.compile(
    r"(agent[ _.]?)?(reasoning|thinking|(re-?)?plan(ner|ning)?)( .*)?|create[ _]plan|task planner",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Decision:
    """One decision, or all that one run of an agent made. All lists are rows in reading order."""

    calls: list[int]  # model calls, or the agent that called none
    agent: int = NONE  # the row of the run, where all of its decisions are meant
    verdicts: list[int] = field(default_factory=list)
    plans: list[int] = field(default_factory=list)
    did: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)  # none inside another
    rejected_cost: int = 0  # 1e-12 USD, as far as it is known
    rejected_unpriced: int = 0  # calls among it without a price
    instead: int = NONE  # the call that took its place, where it was rejected itself


class Decisions:
    """All decisions of a tree; with its turns, if they are known already."""

    def __init__(self, tree: Tree, turns: Turns | None = None) -> None:
        self.tree = tree
        self.turns = turns_of(tree) if turns is None else turns
        is_judge = np.isin(tree.kind, JUDGES)
        in_judge = nearest(tree.parent, is_judge)
        self.judges = np.flatnonzero(outermost(tree.parent, is_judge) == rows_of(tree))
        self.thinking = np.flatnonzero(in_judge[self.turns.rows] == NONE)  # positions of turns
        self.kept = self.thinking[tree.discarded[self.turns.rows[self.thinking]] == Discarded.NONE]
        is_discarded = tree.discarded != Discarded.NONE
        self.top = outermost(tree.parent, is_discarded)  # the rejected work that a row is part of
        self.rejected = np.flatnonzero((self.top == rows_of(tree)) & is_discarded)

    def of_row(self, row: int) -> Decision | None:
        """The decision that a row is: of a model call, or of a whole run of an agent."""
        run = int(self.turns.run_at[row])
        if run != NONE and row in self.turns.runs[run].rows and self.tree.kind[row] != Kind.LLM:
            return self.of_run(run)
        turn = self.turn_of_call(row)
        return None if turn == NONE else self.of_turn(turn)

    def turn_of_call(self, row: int) -> int:
        """The turn of a model call, also of one that only repeats another; NONE for other rows."""
        rows, tree = self.turns.rows, self.tree
        place = int(np.searchsorted(rows, row))
        if place < len(rows) and rows[place] == row:
            return place
        if tree.kind[row] != Kind.LLM:
            return NONE
        if place < len(rows) and rows[place] < tree.end[row]:
            return place
        return place - 1 if place and row < tree.end[rows[place - 1]] else NONE

    def asked_by(self, row: int) -> int:
        """The model call that a row came of, which is no decision itself; NONE: of none."""
        for rows, owner in ((self.acts, self.actor), (self.judges, self.judged)):
            if found := np.flatnonzero((rows == row) & (owner != NONE)).tolist():
                return int(self.turns.rows[owner[found[0]]])
        return NONE

    def stopped(self, judge: int) -> bool:
        """Whether the step around a judge was turned down, and no other one judged it."""
        top = int(self.top[judge])
        if top == NONE or self.tree.discarded[top] != Discarded.REJECTED:
            return False
        inside = (self.judges >= top) & (self.judges < self.tree.end[top])
        return int(inside.sum()) == 1

    def of_turn(self, turn: int) -> Decision:
        """The decision of one turn."""
        row = int(self.turns.rows[turn])
        found = self.decision([turn], self.replacing == turn)
        if (top := int(self.top[row])) != NONE:
            owner = int(self.replacing[np.searchsorted(self.rejected, top)])
            found.instead = int(self.turns.rows[owner]) if owner not in (turn, NONE) else NONE
        return found

    def of_run(self, run: int) -> Decision:
        """All decisions of one run of an agent, without those of agents that it called; rejected is
        what was rejected for these, and all that was in what it called."""
        rows = self.turns.runs[run].rows
        inside = np.isin(self.replacing, np.flatnonzero(self.turns.run == run))
        for row in rows:
            inside |= (self.rejected >= row) & (self.rejected < self.tree.end[row])
        found = self.decision(np.flatnonzero(self.turns.run == run).tolist(), inside)
        found.agent = rows[0]
        return found

    def decision(self, turns: list[int], is_rejected: Mask) -> Decision:
        """What belongs to these turns."""
        rejected = self.rejected[is_rejected]
        return Decision(
            calls=self.turns.rows[turns].tolist(),
            verdicts=self.judges[np.isin(self.judged, turns)].tolist(),
            plans=self.plans[np.isin(self.planned, turns)].tolist(),
            did=self.acts[np.isin(self.actor, turns)].tolist(),
            rejected=rejected.tolist(),
            rejected_cost=int(self.tree.sum_discarded[rejected].sum()),
            rejected_unpriced=int(self.tree.sum_unpriced[rejected].sum()),
        )

    @cached_property
    def beside(self) -> Beside:
        """All turns but those of judges."""
        return Beside(self.tree, self.turns.rows[self.thinking], self.turns.run_at)

    @cached_property
    def acts(self) -> Ints:
        """What decisions led to: calls of tools and the like, also those that wait for a person and
        have not run yet, and runs of agents without one."""
        tree, turns = self.tree, self.turns
        waiting = np.flatnonzero((tree.kind == Kind.TOOL) & (tree.status == Status.WAITING))
        events = turns.events[~np.isin(tree.kind[turns.events], JUDGES)]
        events = np.union1d(events, waiting)
        is_event = np.isin(rows_of(tree), events)
        begun = np.array([run.rows[0] for run in turns.runs], np.int64)
        above = tree.parent[begun]
        by = np.append(turns.run_at, NONE)[above]
        way = np.append(nearest(tree.parent, is_event), NONE)[above]
        is_reached = (way != NONE) & (np.append(turns.run_at, NONE)[way] == by)
        return np.union1d(events, begun[(by != NONE) & ~is_reached & ~is_event[begun]])

    @cached_property
    def actor(self) -> Ints:
        """For each of `acts` the turn that it came of: the last one before it, of the same agent;
        NONE: of none."""
        run_at = self.turns.run_at.copy()
        begun = np.flatnonzero(np.isin(self.acts, [run.rows[0] for run in self.turns.runs]))
        first = self.acts[begun]
        run_at[first] = np.append(self.turns.run_at, NONE)[self.tree.parent[first]]
        beside = Beside(self.tree, self.turns.rows[self.thinking], run_at)
        return self.positions(self.thinking, beside.of_run(self.acts)[0])

    @cached_property
    def judged(self) -> Ints:
        """For each of `judges` the turn that it judged: the last one before it, or, of those at the
        beginning, the first one."""
        return self.positions(self.thinking, self.beside.of(self.judges, Side.BEFORE))

    @cached_property
    def plans(self) -> Ints:
        """Steps in which a plan was made, and nothing done: they hold model calls at most."""
        tree = self.tree
        named = np.array([PLANNING.fullmatch(text) is not None for text in tree.texts])
        is_plan = named[tree.name] & np.isin(tree.kind, STEPS)
        is_plan &= subtree_sums(~np.isin(tree.kind, (*STEPS, Kind.LLM)), tree.end) == 0
        return np.flatnonzero((outermost(tree.parent, is_plan) == rows_of(tree)) & is_plan)

    @cached_property
    def planned(self) -> Ints:
        """For each of `plans` the turn that it was made for: the next one."""
        return self.positions(self.thinking, self.beside.of(self.plans, Side.AFTER))

    @cached_property
    def replacing(self) -> Ints:
        """For each of `rejected` the turn that it was part of, that took its place, or that asked
        for it."""
        tree, rows, calls = self.tree, self.rejected, self.turns.rows[self.kept]
        kept = Beside(tree, calls, self.turns.run_at)
        found = self.positions(self.kept, kept.of(rows, Side.AFTER))
        nearer = self.positions(self.kept, kept.of(rows, Side.NEARER))
        asked = self.positions(self.thinking, self.beside.of(rows, Side.BEFORE))
        found = np.where(tree.discarded[rows] == Discarded.UNUSED, nearer, found)
        found = np.where(np.isin(tree.kind[rows], THINKERS), found, asked)
        around = nearest(tree.parent, np.isin(rows_of(tree), calls))[rows]
        of_call = np.searchsorted(self.turns.rows, around)
        found = np.where(around == NONE, found, of_call)
        inner = np.searchsorted(self.turns.rows, tree.end[rows]) - 1  # nothing was kept at all
        return np.where(found == NONE, inner, found)

    def positions(self, some: Ints, found: Ints) -> Ints:
        """Positions among some turns as positions among all."""
        return np.append(some, NONE)[found]


def rows_of(tree: Tree) -> Ints:
    """The numbers of all rows."""
    return np.arange(len(tree))
