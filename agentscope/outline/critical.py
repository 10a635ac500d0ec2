"""The critical path: the chain of spans that decided when a run ended. Pure.

Walked back from the end: of what lies below a span, that counts which ended last, up to its start;
from there what ended last before, and so on. What nothing below covers is the span's own. So the
stretches of the path cover the whole run, each moment once. What ran beside the path could have
been longer without the run being longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.traces.above import NONE, nearest
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Flag


@dataclass(slots=True, frozen=True)
class Critical:
    """The path. Columns by row of the path, in reading order."""

    rows: Ints
    begin_ns: Ints  # the path is in the row, or below it, from here
    end_ns: Ints  # to here
    own_ns: Ints  # of that in the row itself
    idle_ns: int  # that is in no row at all


@dataclass(slots=True)
class Step:
    """A span that is walked back through, from `at_ns` to `floor_ns`."""

    row: int  # NONE: what all roots lie in
    floor_ns: int
    entered_ns: int
    at_ns: int
    low: int  # its children that are still to be looked at, as places in their order
    high: int
    own_ns: int = 0


@dataclass(slots=True)
class Order:
    """Rows by what they lie in, then by when they and all beneath them ended."""

    row: list[int]
    begin: list[int]
    last: list[int]
    low: list[int]  # by row, and at the end for the roots: where its children are
    high: list[int]

    def step(self, row: int, floor_ns: int, last_ns: int) -> Step:
        """The start of a walk through a row."""
        return Step(row, floor_ns, last_ns, last_ns, self.low[row], self.high[row])


def trusted(tree: Tree) -> Mask:
    """Rows whose clock can be right; all, if there is none."""
    found: Mask = (tree.flags & int(Flag.CLOCK_SUSPECT)) == 0
    return found if found.any() else ~found


def critical(tree: Tree, begin_ns: int, end_ns: int) -> Critical:
    """The path between two times that all spans lie within. Linear but for sorting."""
    order = in_order(tree, begin_ns, end_ns)
    open_steps = [order.step(NONE, begin_ns, end_ns)]
    done: list[Step] = []
    while open_steps:
        step = open_steps[-1]
        place = before(order, step)
        if place == NONE:
            step.own_ns += step.at_ns - step.floor_ns
            done.append(open_steps.pop())
            continue
        step.own_ns += step.at_ns - order.last[place]
        floor = max(order.begin[place], step.floor_ns)
        step.at_ns, step.high = floor, place
        open_steps.append(order.step(order.row[place], floor, order.last[place]))
    return told(done)


def before(order: Order, step: Step) -> int:
    """The place of the child that ended last before a walk came here; NONE if there is none."""
    while step.high > step.low:
        place = step.high - 1
        if order.last[place] <= step.floor_ns:
            return NONE
        took_time = order.last[place] > order.begin[place]
        if took_time and order.last[place] <= step.at_ns:
            return place
        step.high = place
    return NONE


def in_order(tree: Tree, begin_ns: int, end_ns: int) -> Order:
    """The rows of a tree for a walk; without those whose clocks are wrong."""
    good = trusted(tree)
    rows = np.flatnonzero(good)
    inner = nearest(tree.parent, good)
    parent = np.append(inner, NONE)[tree.parent][rows]
    begin = np.clip(tree.start_ns[rows], begin_ns, end_ns)
    last = np.clip(tree.last_ns[rows], begin, end_ns)
    order = np.lexsort((rows, begin, last, parent))
    sought = np.append(np.arange(len(tree)), NONE)
    return Order(
        row=rows[order].tolist(),
        begin=begin[order].tolist(),
        last=last[order].tolist(),
        low=np.searchsorted(parent[order], sought, "left").tolist(),
        high=np.searchsorted(parent[order], sought, "right").tolist(),
    )


def told(done: list[Step]) -> Critical:
    """The path of finished walks; the last one is that of what all roots lie in."""
    *steps, whole = done
    steps.sort(key=lambda step: step.row)
    columns = [(step.row, step.floor_ns, step.entered_ns, step.own_ns) for step in steps]
    row, begin, end, own = np.array(columns, np.int64).reshape(-1, 4).T
    return Critical(row, begin, end, own, whole.own_ns)
