"""Costs by path as boxes: each as wide as what was spent in it, its sub-paths below it.

Widths are shares of the whole. What is too narrow to be seen is joined into one box that says how
many paths it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from agentscope.costs.read import Amounts, PathNode, PathReport, Rest
from ui.bars import MOST_SERIES

UNATTRIBUTED = "unattributed"
NARROWEST = 0.003  # of the whole: three pixels of a thousand
HAS_ROOM = 0.02  # of the whole: what is narrower has no room for a letter
MEASURES: dict[str, Callable[[Amounts], int | float]] = {
    "cost": lambda amounts: float(amounts.known_cost),
    "tokens": lambda amounts: amounts.tokens,
    "calls": lambda amounts: amounts.calls,
    "time": lambda amounts: amounts.time_ns,
}


@dataclass(slots=True, frozen=True)
class Box:
    """A box of the picture. `start`, `width` and `own` are shares of the whole, 0 to 1."""

    path: str  # "" for what is unattributed or joined
    name: str
    depth: int
    start: float
    width: float
    own: float  # of `width`: spent here, not in sub-paths
    amounts: Amounts  # with all that is below
    joined: int = 0  # paths that it stands for, 0 for one of its own

    @property
    def is_path(self) -> bool:
        """Whether one can look into it."""
        return bool(self.path)

    @property
    def spot(self) -> str:
        """The mark of its path; none if it stands for several."""
        return "" if self.joined else spot(self.path)

    @property
    def has_room(self) -> bool:
        """Whether its name is to be written into it."""
        return self.width >= HAS_ROOM


def spot(path: str) -> str:
    """The mark of a path on a page: 16 hex digits, safe in any place."""
    return blake2b(path.encode("utf-8", "replace"), digest_size=8).hexdigest()


def boxes(report: PathReport, measure: str) -> list[Box]:
    """The boxes of a report, outer before inner, from left to right. None if the whole is 0."""
    size = MEASURES[measure]
    whole = size(report.total)
    if not whole:
        return []
    picture = Picture(size, whole)
    end = picture.add_level(report.nodes, report.rest, 0, 0.0)
    if share := size(report.unattributed) / whole:
        picture.boxes.append(Box("", UNATTRIBUTED, 0, end, share, share, report.unattributed))
    return picture.boxes


class Picture:
    """Collects boxes."""

    def __init__(self, size: Callable[[Amounts], int | float], whole: int | float) -> None:
        self.size, self.whole = size, whole
        self.boxes: list[Box] = []

    def add_level(self, nodes: Sequence[PathNode], rest: Rest, depth: int, start: float) -> float:
        """Boxes side by side from `start` on, with all that is below them; where they end."""
        waiting = [(nodes, rest, depth, start)]
        end = start
        while waiting:
            at_level = waiting.pop()
            found, stop = self.level(*at_level)
            waiting += found
            end = stop if at_level[2] == depth else end
        return end

    def level(
        self, nodes: Sequence[PathNode], rest: Rest, depth: int, start: float
    ) -> tuple[list[tuple[Sequence[PathNode], Rest, int, float]], float]:
        """The boxes of one level, and what is to be drawn below each."""
        below: list[tuple[Sequence[PathNode], Rest, int, float]] = []
        narrow: list[PathNode] = []
        for node in nodes:
            width = self.share(node.inclusive)
            if width < NARROWEST:
                narrow.append(node)
                continue
            own = self.share(node.own)
            self.boxes.append(Box(node.path, node.name, depth, start, width, own, node.inclusive))
            if node.children or node.rest.groups:
                below.append((node.children, node.rest, depth + 1, start))
            start += width
        return below, self.join(narrow, rest, depth, start)

    def join(self, narrow: list[PathNode], rest: Rest, depth: int, start: float) -> float:
        """One box for what is too narrow, or was not asked for one by one; where it ends."""
        amounts = sum((node.inclusive for node in narrow), rest.amounts)
        count, width = len(narrow) + rest.groups, self.share(amounts)
        if count and width:
            name = f"{count:,} more"
            self.boxes.append(Box("", name, depth, start, width, width, amounts, count))
        return start + width

    def share(self, amounts: Amounts) -> float:
        """How much of the whole it is."""
        return self.size(amounts) / self.whole


def levels(found: Sequence[Box]) -> int:
    """How many levels the picture has."""
    return 1 + max((box.depth for box in found), default=-1)


def paths_in(nodes: Sequence[PathNode]) -> Iterator[PathNode]:
    """All nodes in reading order: each before what is below it."""
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def colour(box: Box, series: Mapping[str, int] | None) -> int:
    """The colour of a box: that which its agent has in the chart, else one by its name."""
    if not box.is_path:
        return MOST_SERIES
    if series is not None:
        return series.get(box.name, MOST_SERIES)
    return blake2b(box.name.encode("utf-8", "replace"), digest_size=2).digest()[0] % MOST_SERIES
