"""What nodes and edges came to, added up over the rows of a tree. Pure; whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.agents.runs import own
from agentscope.graph.graph import Work
from agentscope.traces.tree import UNKNOWN, Ints, Shorts, Tree

A_GROUP = 1 << 32  # more than a tree has rows


@dataclass(slots=True)
class Spent:
    """Own amounts of the rows of a tree."""

    pico: Ints
    unpriced: Ints
    errors: Ints
    lasted: Ints  # ns; of what has not ended, up to the latest time seen in it

    @staticmethod
    def of(tree: Tree) -> Spent:
        """What each row adds to the trace."""
        ended = np.where(tree.end_ns > 0, tree.end_ns, tree.last_ns)
        return Spent(
            np.where(tree.cost == UNKNOWN, 0, tree.cost),
            own(tree, tree.sum_unpriced),
            own(tree, tree.sum_errors),
            np.maximum(ended - tree.start_ns, 0),
        )


def belongs(spent: Spent, node: Ints, nodes: int) -> list[Work]:
    """What belongs to each node and to no other; without times."""
    sums = [summed(node, column, nodes) for column in (spent.pico, spent.unpriced, spent.errors)]
    return [
        Work(0, pico, unpriced, errors, 0) for pico, unpriced, errors in zip(*sums, strict=True)
    ]


def came_to(tree: Tree, spent: Spent, group: Ints, rows: Ints, times: list[int]) -> list[Work]:
    """What the rows of each group came to with all below them. A row inside another one of its
    group is not counted twice."""
    order = np.lexsort((rows, group))
    group, rows = group[order], rows[order]
    reached = np.maximum.accumulate(np.append(0, group * A_GROUP + tree.end[rows]))[:-1]
    is_outer = group * A_GROUP + rows >= reached
    group, rows = group[is_outer], rows[is_outer]
    columns: list[Ints | Shorts] = [tree.sum_cost, tree.sum_unpriced, tree.sum_errors, spent.lasted]
    sums = [summed(group, column[rows], len(times)) for column in columns]
    return [Work(*numbers) for numbers in zip(times, *sums, strict=True)]


def summed(group: Ints, values: Ints | Shorts, groups: int) -> list[int]:
    """The sum of each group, to the last digit."""
    found = np.zeros(groups, np.int64)
    is_any = values != 0
    np.add.at(found, group[is_any], values[is_any])
    sums: list[int] = found.tolist()
    return sums


def split(group: Ints, rows: Ints, groups: int) -> list[Ints]:
    """The rows of each group, in reading order."""
    order = np.lexsort((rows, group))
    ends = np.searchsorted(group[order], np.arange(1, groups + 1))
    return np.split(rows[order], ends)[:groups]
