"""Which rows of a tree a page shows, and what it leaves out. Pure.

A page starts with the rows nearest the root. What is left out lies in stretches: neighbouring
siblings with all that is beneath them. Each can be asked for by `?open=FIRST-LAST`, two span ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.tree import Ints, Tree

FIRST_ROWS = 500  # of a page: 0.2 s of rendering
SLICE_ROWS = 250  # that come when a stretch is opened

Bools = NDArray[np.bool_]


@dataclass(slots=True, frozen=True)
class Stretch:
    """Neighbouring siblings, from row `first` to row `last`, and everything beneath them."""

    first: int
    last: int
    stop: int  # the row after the subtree of `last`
    parent: int  # -1: roots
    is_everything_below: bool  # its parent has no other children
    text: str
    failed: int = 0
    cost: int = 0  # known cost, in 1e-12 USD
    unpriced: int = 0

    @property
    def spans(self) -> int:
        return self.stop - self.first


def first_rows(tree: Tree, opened: Iterable[Stretch], selected: int | None) -> Bools:
    """The rows nearest the root, those of opened stretches, the selected row and its parents.

    A row that lies deeper than a slice is long is not looked for: the panel shows it all the same.
    """
    shown = nearest(tree, 0, len(tree), FIRST_ROWS)
    for stretch in opened:
        if stretch.parent == -1 or shown[stretch.parent]:
            shown |= nearest(tree, stretch.first, stretch.stop, SLICE_ROWS)
    way = way_to(tree, shown, selected)
    if len(way) <= SLICE_ROWS:
        shown[way] = True
    return shown


def way_to(tree: Tree, shown: Bools, selected: int | None) -> list[int]:
    """The selected row and its parents, up to the first that is shown anyway."""
    way: list[int] = []
    at = -1 if selected is None else selected
    while at != -1 and not shown[at]:
        way.append(at)
        at = int(tree.parent[at])
    return way


def opened_rows(tree: Tree, stretch: Stretch) -> tuple[Bools, int]:
    """The first rows of a stretch, and where they start: at the parent if it was folded."""
    shown = nearest(tree, stretch.first, stretch.stop, SLICE_ROWS)
    if not stretch.is_everything_below:
        return shown, stretch.first
    shown[stretch.parent] = True
    return shown, stretch.parent


def nearest(tree: Tree, start: int, stop: int, limit: int) -> Bools:
    """The `limit` rows of a range with the least depth, the earlier ones first."""
    shown = np.zeros(len(tree), np.bool_)
    by_depth = np.argsort(tree.depth[start:stop], kind="stable")[:limit]
    shown[by_depth + start] = True
    return shown


def find_stretch(tree: Tree, text: str) -> Stretch | None:
    """The stretch that `?open=FIRST-LAST` names; None if it names none of this tree."""
    try:
        first, last = (tree.find(parse_span_id(part)) for part in text.split("-"))
    except ValueError:
        return None
    if first is None or last is None or first > last or tree.parent[first] != tree.parent[last]:
        return None
    return stretch_of(tree, first, last)


def hidden_stretches(tree: Tree, shown: Bools, start: int, stop: int) -> list[Stretch]:
    """All rows of a range that are not shown, as stretches with their sums, in reading order.

    Parents of rows at the edge of the range, which lie outside it, count as shown.
    """
    parent = tree.parent[start:stop]
    has_place = (parent < start) | shown[parent]
    tops = np.flatnonzero(~shown[start:stop] & has_place) + start
    if not len(tops):
        return []
    follows = (tree.parent[tops[1:]] == tree.parent[tops[:-1]]) & (tree.end[tops[:-1]] == tops[1:])
    begins = np.flatnonzero(np.concatenate(([True], ~follows)))
    ends = np.append(begins[1:], len(tops)) - 1
    sums = [sums_of(column[tops], begins) for column in summed(tree)]
    return [
        stretch_of(tree, int(tops[begin]), int(tops[end]), *numbers)
        for begin, end, *numbers in zip(begins, ends, *sums, strict=True)
    ]


def summed(tree: Tree) -> tuple[Ints, ...]:
    return (
        tree.sum_errors.astype(np.int64),
        tree.sum_cost,
        tree.sum_unpriced.astype(np.int64),
    )


def sums_of(column: Ints, begins: Ints) -> list[int]:
    return [int(total) for total in np.add.reduceat(column, begins)]


def stretch_of(
    tree: Tree, first: int, last: int, failed: int = 0, cost: int = 0, unpriced: int = 0
) -> Stretch:
    parent, stop = int(tree.parent[first]), int(tree.end[last])
    everything = parent != -1 and first == parent + 1 and stop == int(tree.end[parent])
    text = f"{span_hex(int(tree.span_id[first]))}-{span_hex(int(tree.span_id[last]))}"
    return Stretch(first, last, stop, parent, everything, text, failed, cost, unpriced)
