"""What each agent of a trace did, in order, so that two traces can be read along. Pure.

Agents that run side by side are read one by one, and so are the steps of each. Leaves below one row
that ran side by side have no order of their own: they come by what they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.compare.steps import Step, Steps
from agentscope.outline.noise import quiet_rows
from agentscope.traces.tree import Ints, Mask, Tree


@dataclass(slots=True)
class Course:
    """Steps by agent. Columns of equal length."""

    row: Ints  # of the tree
    path: Ints  # number of the path of the agent, the same in both traces; they come in its order
    place: Ints  # among the steps of that path, from 0
    token: Ints  # number of the step, the same in both traces
    side: Ints  # equal for what ran side by side


@dataclass(slots=True)
class Numbers:
    """What is the same in two traces, by the order of its names, so that it does not depend on
    which of them is the left one."""

    paths: dict[str, int]
    steps: dict[Step, int]

    @staticmethod
    def of(*both: Steps) -> Numbers:
        """Of the steps of some traces."""
        steps = sorted({key for each in both for key in each.keys})
        paths = dict.fromkeys(step.path for step in steps)
        return Numbers(
            {path: at for at, path in enumerate(paths)}, {step: at for at, step in enumerate(steps)}
        )


def course(tree: Tree, steps: Steps, numbers: Numbers) -> Course:
    """What the agents of a tree did, without what frameworks tell of their own plumbing."""
    row = np.flatnonzero(~quiet_rows(tree))
    token = np.array([numbers.steps[key] for key in steps.keys], np.int64)[steps.of_row[row]]
    path = np.array([numbers.paths[key.path] for key in steps.keys], np.int64)[steps.of_row[row]]
    side = sides(tree, row)
    order = np.lexsort((token, side, path))
    row, path, token, side = row[order], path[order], token[order], side[order]
    begin = np.searchsorted(path, path)
    return Course(row, path, np.arange(len(row)) - begin, token, side)


def sides(tree: Tree, row: Ints) -> Ints:
    """A number for each row, higher than that of the row before unless both are leaves below one
    row that ran side by side."""
    is_next = beside(tree, row)
    family = np.cumsum(~is_next)
    ended = np.maximum(tree.end_ns[row], tree.start_ns[row])
    rank = np.argsort(np.argsort(ended, kind="stable"), kind="stable")
    reach = np.maximum.accumulate(family * (len(row) + 1) + rank)
    last = np.append(-1, reach[:-1] % (len(row) + 1))  # rank of the latest end so far
    overlaps = np.searchsorted(np.sort(ended), tree.start_ns[row], "right") <= last
    found: Ints = np.cumsum(~(is_next & overlaps))
    return found


def beside(tree: Tree, row: Ints) -> Mask:
    """Whether each row and the one before it are leaves below the same one."""
    is_leaf = tree.end[row] == row + 1
    found = np.zeros(len(row), np.bool_)
    found[1:] = is_leaf[1:] & is_leaf[:-1] & (tree.parent[row][1:] == tree.parent[row][:-1])
    return found
