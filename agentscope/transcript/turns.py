"""The turns of a run in reading order: each model call, and each agent that called none. Pure, from
the tree alone; what was said is read for the turns of a window only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.agents.invoked import Run, runs
from agentscope.agents.runs import own
from agentscope.traces.above import NONE, nearest
from agentscope.traces.tree import Ints, Mask, Shorts, Tree
from agentscope.vocabulary import Kind

ACTS = (Kind.AGENT, Kind.CHAIN)
DEEPEST = 9  # runs inside each other that are told apart
OTHERS = (Kind.HANDOFF, Kind.HUMAN, Kind.GUARDRAIL)


@dataclass(slots=True)
class Turns:
    """All turns of a tree."""

    tree: Tree
    runs: list[Run]
    rows: Ints  # of the turns, in reading order
    run_at: Ints  # of each row of the tree: the position of its run in `runs`; NONE: no agent's
    run: Ints  # of each turn: the position of its run in `runs`; NONE: no agent's
    inside: list[tuple[int, ...]]  # of each run: the runs that it is in and itself, from outside
    events: Ints  # rows of tool calls and the like, in reading order
    owner: Ints  # of each event: the turn that it came of; NONE: none

    def __len__(self) -> int:
        return len(self.rows)

    def events_of(self, turn: int) -> list[int]:
        """The rows of what came of a turn, in reading order."""
        found: list[int] = self.events[self.owner == turn].tolist()
        return found

    def before(self, turn: int) -> int:
        """The turn of the same agent before this one, in the same run or in an earlier one; NONE:
        it is the first."""
        same = np.flatnonzero(self.agents() == self.agents()[turn])
        place = int(np.searchsorted(same, turn))
        return int(same[place - 1]) if place else NONE

    def last_inside(self, row: int) -> int:
        """The row of the last turn inside a row, or the row itself if there is none."""
        place = int(np.searchsorted(self.rows, self.tree.end[row])) - 1
        return max(int(self.rows[place]), row) if place >= 0 else row

    def bases(self, turn: int) -> list[int]:
        """The turns whose messages this one may have been given again: that of its agent before,
        and the one just before, where one agent took over from another."""
        found = {self.before(turn)}
        if turn and self.surroundings(turn) == self.surroundings(turn - 1):
            found.add(turn - 1)
        return sorted(found - {NONE})

    def surroundings(self, turn: int) -> tuple[int, ...]:
        """The runs that the run of a turn is inside of."""
        run = int(self.run[turn])
        return self.inside[run][:-1] if run != NONE else ()

    def agents(self) -> Shorts:
        """The path of the agent of each turn, as a position in the texts of the tree."""
        return self.tree.path[self.rows]

    def of_row(self, row: int) -> int:
        """The turn that a row belongs to, or the next one; NONE if there are none."""
        if not len(self.rows):
            return NONE
        event = np.flatnonzero(self.events == row)
        if len(event) and self.owner[event[0]] != NONE:
            return int(self.owner[event[0]])
        place = int(np.searchsorted(self.rows, row))
        if place and row < self.tree.end[self.rows[place - 1]]:
            return place - 1  # inside a turn
        return min(place, len(self.rows) - 1)


def turns_of(tree: Tree) -> Turns:
    """The turns of a tree."""
    found = runs(tree)
    begins = np.full(len(tree), NONE)
    for number, run in enumerate(found):
        begins[run.rows] = number
    run_at = np.append(begins, NONE)[nearest(tree.parent, begins != NONE)]
    rows = np.flatnonzero(is_turn(tree, found))
    firsts = np.array([run.rows[0] for run in found], np.int64)
    above = np.append(run_at, NONE)[tree.parent[firsts]].tolist()
    events = np.flatnonzero(is_event(tree))
    return Turns(
        tree=tree,
        runs=found,
        rows=rows,
        run_at=run_at,
        run=run_at[rows],
        inside=chains(above),
        events=events,
        owner=owners(rows, run_at[rows], events, run_at[events]),
    )


def is_turn(tree: Tree, found: list[Run]) -> Mask:
    """Counted model calls, and agents inside which there is none: what these say is on their own
    spans, if anywhere."""
    calls: Mask = own(tree, tree.sum_llm_calls) > 0
    firsts = np.array([run.rows[0] for run in found], np.int64)
    is_silent = (tree.sum_llm_calls[firsts] == 0) & np.isin(tree.kind[firsts], ACTS)
    calls[firsts[is_silent]] = True
    return calls


def is_event(tree: Tree) -> Mask:
    """Tool calls that are counted; handoffs, questions to people and guardrails, the outermost of
    them."""
    is_tool = own(tree, tree.sum_tool_calls) > 0
    others = np.isin(tree.kind, OTHERS)
    inside = np.append(nearest(tree.parent, others), NONE)[tree.parent] != NONE
    found: Mask = is_tool | (others & ~inside)
    return found


def chains(above: list[int]) -> list[tuple[int, ...]]:
    """The runs that each run is inside of and itself, the outermost first and no more than
    DEEPEST; runs are in reading order."""
    found: list[tuple[int, ...]] = []
    for run, at in enumerate(above):
        outer = found[at] if at != NONE else ()
        found.append((*outer, run) if len(outer) < DEEPEST else outer)
    return found


def owners(turns: Ints, run: Ints, events: Ints, event_run: Ints) -> Ints:
    """For each event the last turn before it in the same run."""
    if not len(turns):
        return np.full(len(events), NONE)
    order = np.lexsort((turns, run))
    size = int(max(turns.max(), events.max(initial=0))) + 1
    keys = (run[order] + 1) * size + turns[order]
    place = np.searchsorted(keys, (event_run + 1) * size + events) - 1
    found = order[np.maximum(place, 0)]
    return np.where((place >= 0) & (run[found] == event_run), found, NONE)
