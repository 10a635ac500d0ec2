"""Where the boxes of a graph stand: in columns, from left to right. Pure.

Columns that have no room beside the others go on beneath them, as lines of text do, as long as few
lines lead from one to the next. All lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

from agentscope.graph.layers import Layers
from ui.graph_cards import Card

MARGIN = 16
GAP, CLOSE, NEAR = 20, 10, 5  # between boxes, from a box to a line that leads past, between lines
POINT = 4  # what a line takes that leads past a column
CIRCLE = 14  # above a box, for a line from it to itself
FEW, MANY = 72, 104  # between columns: for few lines and for many
BEND = 3  # more are many
STRAIGHTENED = 6  # times that boxes are moved towards their neighbours
WIDEST = 1340  # of a picture; where columns can go on beneath, they do
MOST_ROUND, LANE = 4, 7  # lines that may lead on beneath, and how far apart they do
AROUND = 2 * MARGIN + MOST_ROUND * LANE  # what they take beside the columns, and between them

Spot = tuple[float, float]  # x of the left edge, and y of the middle


@dataclass(slots=True)
class Places:
    """Where boxes, and points of lines, stand; and how large all of it is."""

    spots: dict[int, Spot] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    band: dict[int, int] = field(default_factory=dict)  # which line of columns, from 0
    tops: list[float] = field(default_factory=list)  # of each of them
    left: float = 0  # the edges of all columns
    right: float = 0
    bottom: float = 0


def placed(cards: Sequence[Card], layers: Layers, circles: set[int]) -> Places:
    """The places of cards that stand in layers; those in `circles` lead to themselves."""
    middles = Middles(layers, [card.height for card in cards], circles)
    bands = in_bands(cards, layers)
    left = AROUND if len(bands) > 1 else MARGIN
    found, top = Places(left=left), float(MARGIN)
    for number, columns in enumerate(bands):
        found.tops.append(top)
        inside = [at for column in columns for at in layers.order[column]]
        first = min((middles.top(at) for at in inside), default=0)
        last = max((middles.bottom(at) for at in inside), default=0)
        x = float(left)
        for column in columns:
            wide = column_width(cards, layers, column)
            for at in layers.order[column]:
                found.spots[at] = x, round(middles.found[at] - first + top, 1)
                found.widths[at], found.band[at] = wide, number
            found.right = max(found.right, x + wide)
            x += wide + room(layers, column)
        found.bottom = top + last - first
        top = found.bottom + AROUND
    return found


def column_width(cards: Sequence[Card], layers: Layers, column: int) -> int:
    """As wide as the widest of its boxes would like to be."""
    return max(ceil(cards[at].wish) for at in layers.order[column] if at < len(cards))


def room(layers: Layers, column: int) -> int:
    """Between a column and the next one."""
    return MANY if len(crossing(layers, column)) > BEND else FEW


def crossing(layers: Layers, column: int) -> list[tuple[int, int]]:
    """What is joined from a column to the next one."""
    return [(at, after) for at in layers.order[column] for after in layers.after.get(at, ())]


def in_bands(cards: Sequence[Card], layers: Layers) -> list[list[int]]:
    """The columns that stand beside each other; all of them, if too many lines would lead from
    one line of columns to the next."""
    bands: list[list[int]] = [[]]
    x = AROUND
    for column in range(len(layers.order)):
        wide = column_width(cards, layers, column)
        if bands[-1] and x + wide > WIDEST - AROUND:
            bands.append([])
            x = AROUND
        bands[-1].append(column)
        x += wide + room(layers, column)
    breaks = [band[-1] for band in bands[:-1]]
    if any(len(crossing(layers, column)) > MOST_ROUND for column in breaks):
        return [list(range(len(layers.order)))]
    return bands


class Middles:
    """How far down the middles of boxes, and of lines that lead past, are: as straight as the order
    of each column allows."""

    def __init__(self, layers: Layers, heights: Sequence[int], circles: set[int]) -> None:
        self.layers, self.heights, self.circles = layers, heights, circles
        self.found: dict[int, float] = {}
        self.offsets = [self.offsets_of(layer) for layer in layers.order]
        for number in range(len(layers.order)):
            self.put(number, self.offsets[number])
        for _ in range(STRAIGHTENED):
            for number in (*range(len(layers.order)), *reversed(range(len(layers.order)))):
                self.put(number, [self.wish(at) for at in layers.order[number]])

    def is_box(self, at: int) -> bool:
        """Whether it is a box, and no point of a line."""
        return at < len(self.heights)

    def size(self, at: int) -> float:
        """The height that a box or a line takes."""
        return self.heights[at] if self.is_box(at) else POINT

    def top(self, at: int) -> float:
        """Where what it takes begins."""
        return self.found[at] - self.size(at) / 2 - self.above(at)

    def bottom(self, at: int) -> float:
        """Where it ends."""
        return self.found[at] + self.size(at) / 2

    def above(self, at: int) -> int:
        """Room above it."""
        return CIRCLE if at in self.circles else 0

    def wish(self, at: int) -> float:
        """The mean of what it is joined with."""
        beside = [*self.layers.before.get(at, ()), *self.layers.after.get(at, ())]
        return sum(self.found[each] for each in beside) / len(beside) if beside else self.found[at]

    def offsets_of(self, layer: Sequence[int]) -> list[float]:
        """How far each must at least be below the first."""
        found = [0.0][: len(layer)]
        for before, at in pairwise(layer):
            boxes = self.is_box(before) + self.is_box(at)
            gap = (NEAR, CLOSE, GAP)[boxes] + self.above(at)
            found.append(found[-1] + (self.size(before) + self.size(at)) / 2 + gap)
        return found

    def put(self, number: int, wishes: Sequence[float]) -> None:
        """Place a column as near to wishes as order and gaps allow: least squares, by pooling
        neighbours that would be in each other's way."""
        offsets = self.offsets[number]
        pools: list[tuple[float, int]] = []  # sum and number
        for wish, offset in zip(wishes, offsets, strict=True):
            pools.append((wish - offset, 1))
            while len(pools) > 1 and mean(pools[-2]) > mean(pools[-1]):
                last, before_it = pools.pop(), pools.pop()
                pools.append((last[0] + before_it[0], last[1] + before_it[1]))
        places = [mean(pool) for pool in pools for _ in range(pool[1])]
        for at, where, offset in zip(self.layers.order[number], places, offsets, strict=True):
            self.found[at] = where + offset


def mean(pool: tuple[float, int]) -> float:
    """Of a pool's wishes."""
    return pool[0] / pool[1]
