"""What stands on the lines of a graph, and where: over no box, no other label and no other line.
Pure; all lengths are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agentscope.graph.graph import THEN, Edge, Node
from ui import amounts
from ui.graph_cards import SMALL, Box
from ui.graph_lines import Route
from ui.letters import width

HIGH, DOWN = 14, 4  # of a label, and from its middle to where its letters stand
BESIDE = 6  # from a line to a label that does not lie on it
PARTS = (0.5, 0.62, 0.38, 0.74, 0.26, 0.86)  # of a line, where a label may stand
CLEAR = 2


@dataclass(slots=True, frozen=True)
class Label:
    """Words, and the middle of what they take."""

    words: str
    x: float
    y: float
    is_hidden: bool  # till one asks for it: there is no room

    @property
    def left(self) -> float:
        """Its left edge."""
        return self.x - width(self.words, SMALL) / 2

    @property
    def base(self) -> float:
        """On which its letters stand."""
        return round(self.y + DOWN, 1)


class Labels:
    """Places labels one after another."""

    def __init__(self, boxes: Sequence[Box], routes: Sequence[Route], size: tuple[int, int]):
        taken = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
        self.taken: list[tuple[float, float, float, float]] = taken
        self.size = size
        self.routes = routes
        points = [(x, y, n) for n, route in enumerate(routes) for x, y in route.points]
        self.points: npt.NDArray[np.float64] = np.array(points or [(0, 0, -1)], float)

    def of(self, edge: Edge, target: Node, number: int) -> Label | None:
        """The label of a line: as much of it as has room; None if there is nothing to say."""
        known = said(edge, target)
        for words in known:
            for x, y in self.spots(number, words):
                if self.is_free(words, x, y, number):
                    half = width(words, SMALL) / 2
                    self.taken.append((x - half, y - HIGH / 2, x + half, y + HIGH / 2))
                    return Label(words, round(x, 1), round(y, 1), is_hidden=False)
        if not known:
            return None
        x, y = self.held(known[0], *next(self.spots(number, known[0])))
        return Label(known[0], round(x, 1), round(y, 1), is_hidden=True)

    def spots(self, number: int, words: str) -> Iterator[tuple[float, float]]:
        """Where a label may stand: on its line, above it, below it, beside it."""
        points, is_on = self.routes[number].points, self.routes[number].is_long
        aside = width(words, SMALL) / 2 + BESIDE
        for part in PARTS:
            x, y = points[round(part * (len(points) - 1))]
            if is_on:
                yield from ((x, y), (x, y - HIGH / 2 - CLEAR), (x, y + HIGH / 2 + CLEAR))
            yield from ((x - aside, y), (x + aside, y))

    def held(self, words: str, x: float, y: float) -> tuple[float, float]:
        """A place inside the picture."""
        half = width(words, SMALL) / 2
        wide, high = self.size
        return max(min(x, wide - half), half), max(min(y, high - HIGH / 2), HIGH / 2)

    def is_free(self, words: str, x: float, y: float, number: int) -> bool:
        """Whether a place is inside the picture, and free but for the line itself."""
        if self.held(words, x, y) != (x, y):
            return False
        half = width(words, SMALL) / 2 + CLEAR
        left, right, top, bottom = x - half, x + half, y - HIGH / 2, y + HIGH / 2
        if any(
            left < box[2] and right > box[0] and top < box[3] and bottom > box[1]
            for box in self.taken
        ):
            return False
        at_x, at_y, line = self.points.T
        is_in = (at_x > left) & (at_x < right) & (at_y > top) & (at_y < bottom) & (line != number)
        return not is_in.any()


def said(edge: Edge, target: Node) -> list[str]:
    """What may stand on a line, the longest first: how often, and what it cost with all below,
    where its box does not say the same."""
    times = f"{edge.work.times:,} ×" if edge.work.times > 1 else ""
    known = 0, target.own.pico, target.whole_pico
    is_new = edge.how != THEN and not target.joined and edge.work.pico not in known
    spent = amounts.cost(edge.work.cost, edge.work.unpriced) if is_new else ""
    mark = "↻" if edge.is_back else ""
    texts = (" ".join(filter(None, (mark, times, cost))) for cost in (spent, ""))
    return [text for text in dict.fromkeys(texts) if text]
