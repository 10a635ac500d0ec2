"""Which run of an agent each row of a tree belongs to, and who called each run. Pure, and over
whole columns: of most runs nothing else is ever asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agentscope.agents.invoked import Run, lacking
from agentscope.agents.runs import own
from agentscope.traces.above import nearest, outermost
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Billing, Kind

NOBODY = -1
LLM = int(Kind.LLM)
TOLD_TWICE = (Billing.WRAPPER, Billing.DUPLICATE)
ACTIONS = (int(Kind.HANDOFF), int(Kind.RETRIEVAL))  # beside calls of tools
# Two clocks of one machine may differ by so much; a call that waits for another takes longer.
TOLERANCE = 10**6  # ns


@dataclass(slots=True, frozen=True)
class Holding:
    """The rows that are steps of runs, and who called each run."""

    holder: Ints  # for each row its run, by position; NOBODY for none, less for one to come
    outside: dict[int, int]  # for rows that lack their parent what stands for that: see lacking
    rows: Ints  # of model calls and of actions, in reading order
    outer: Mask  # those of them that are steps: not inside of another action of their run
    called: list[int | None]  # for each run its caller, as in `holder`; None: a tool


def holding(tree: Tree, found: Sequence[Run]) -> Holding:
    """Who holds what."""
    outside = lacking(tree)
    holder = holders(tree, found, outside)
    acts = (own(tree, tree.sum_tool_calls) > 0) | np.isin(tree.kind, ACTIONS)
    inside = within(tree, acts, holder)
    rows = np.flatnonzero(acts | answers_of(tree))
    outer = (tree.kind[rows] == LLM) | (inside[rows] == rows)
    called = callers(tree, found, holder, inside, outside)
    return Holding(holder, outside, rows, outer, called)


def holders(tree: Tree, found: Sequence[Run], outside: dict[int, int]) -> Ints:
    """For each row the run, by its position, that it belongs to; NOBODY for none, and less than
    NOBODY for a run of which only parts have come."""
    begins = np.full(len(tree) + 1, NOBODY)
    begins[list(outside)] = list(outside.values())
    for at, run in enumerate(found):
        begins[run.rows] = at
    holder: Ints = begins[nearest(tree.parent, begins[:-1] != NOBODY)]
    return holder


def within(tree: Tree, acts: Mask, holder: Ints) -> Ints:
    """For each row the outermost action of its run that it is a part of; -1: of none."""
    above = np.where(np.append(holder, NOBODY)[tree.parent] == holder, tree.parent, -1)
    return outermost(above, acts)


def callers(
    tree: Tree, found: Sequence[Run], holder: Ints, inside: Ints, outside: dict[int, int]
) -> list[int | None]:
    """For each run the one that called it, or NOBODY and less; None if a tool did, whose step
    stands for it."""
    firsts = [run.rows[0] for run in found]
    above = tree.parent[firsts]
    is_tool = (inside[above] >= 0).tolist()
    return [
        outside.get(first, NOBODY) if row < 0 else None if by_tool else at
        for first, row, at, by_tool in zip(
            firsts, above.tolist(), holder[above].tolist(), is_tool, strict=True
        )
    ]


def answers_of(tree: Tree) -> Mask:
    """The rows of model calls, each once."""
    answers: Mask = (own(tree, tree.sum_llm_calls) > 0) & ~np.isin(tree.billing, TOLD_TWICE)
    return answers


def side_by_side(group: Ints, rows: Ints, start: Ints, end: Ints) -> Ints:
    """For each of some steps a number that it shares with those of its group that run at the same
    time, or with which such a one does. Numbers are in order of groups and times."""
    order = np.lexsort((rows, start, group))
    group, start, end = group[order], start[order], end[order]
    # Places in time instead of times: they leave room for the group in one number.
    places = np.unique(np.concatenate((start + TOLERANCE, end)), return_inverse=True)[1]
    first = places.max(initial=0) + 1
    latest = np.maximum.accumulate((group - group[:1]) * first + places[len(start) :])
    waits = (group[1:] - group[:1]) * first + places[1 : len(start)] >= latest[:-1]
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(np.append([False], waits | (group[1:] != group[:-1]))[: len(order)])
    return found
