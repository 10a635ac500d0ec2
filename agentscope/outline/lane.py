"""The time lane: which part of a run it shows, and where nothing ran, which is drawn short. Pure.

Within work the lane is true: equal widths are equal times. A gap has a small width whatever its
length, so it has to be told with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agentscope.traces.grow import subtree_sums
from agentscope.traces.intervals import Stretch, united, without
from agentscope.traces.tree import Mask, Tree
from agentscope.traces.waiting import is_waiting
from agentscope.vocabulary import Flag, Kind

SECOND = 10**9  # ns
LEAST_GAP_NS = 30 * SECOND  # a shorter rest is part of the work
LEAST_GAP = 0.05  # of what is shown: a shorter one hides nothing
GAP_WIDTH, MOST_GAPS_WIDTH = 0.06, 0.4  # of the lane: of one, and of all together
WORK = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK, Kind.RETRIEVAL, Kind.TOOL)


@dataclass(frozen=True)
class Lane:
    """What the lane shows, from `begin_ns` to `end_ns`, with `gaps` drawn short."""

    begin_ns: int
    end_ns: int
    gaps: tuple[Stretch, ...] = ()

    @cached_property
    def knots(self) -> tuple[list[int], list[float]]:
        """Times in ns, and where they are in the lane, 0 to 1; between two of them it is even."""
        times = [self.begin_ns, *(ns for gap in self.gaps for ns in gap), self.end_ns]
        wide = min(GAP_WIDTH, MOST_GAPS_WIDTH / max(len(self.gaps), 1))
        idle = sum(end - begin for begin, end in self.gaps)
        work = (self.end_ns - self.begin_ns - idle) or 1
        left = 1 - wide * len(self.gaps)
        places, place = [0.0], 0.0
        for number in range(len(times) - 1):
            lasts = times[number + 1] - times[number]
            place += wide if number % 2 else left * lasts / work
            places.append(min(place, 1.0))
        return times, places

    def at(self, ns: int) -> float:
        """Where a time is in the lane; what lies outside is at its edge."""
        times, places = self.knots
        first = times[0]  # floats have no ns since 1970
        return float(np.interp(ns - first, [time - first for time in times], places))


def lane(tree: Tree, begin_ns: int, end_ns: int, live: bool) -> Lane:
    """The lane of a part of a run. `live`: what is open runs on."""
    long = max(LEAST_GAP_NS, (end_ns - begin_ns) * LEAST_GAP)
    rests = idle(tree, begin_ns, end_ns, live)
    gaps = tuple(gap for gap in rests if gap[1] - gap[0] > long)
    return Lane(begin_ns, end_ns, gaps)


def idle(tree: Tree, begin_ns: int, end_ns: int, live: bool) -> list[Stretch]:
    """When nothing ran between two times."""
    works = is_work(tree)
    until = np.where(tree.end_ns > 0, tree.end_ns, end_ns if live else tree.start_ns)
    start = np.clip(tree.start_ns[works], begin_ns, end_ns)
    end = np.clip(until[works], begin_ns, end_ns)
    return without([(begin_ns, end_ns)], united(start, end))


def is_work(tree: Tree) -> Mask:
    """Rows that do something while they run: calls, and what has nothing beneath. Agents and steps
    run as long as what they hold; waiting for a person is a rest."""
    waits = subtree_sums(is_waiting(tree), tree.end) > 0
    is_leaf = tree.end == np.arange(len(tree)) + 1
    found: Mask = (is_leaf | np.isin(tree.kind, WORK)) & ~waits
    found &= (tree.flags & int(Flag.CLOCK_SUSPECT)) == 0
    return found
