"""The course of a session as a picture: one time line for all of its traces. Pure.

Days may pass between two traces. Time in which nothing worked is drawn short, so that the work can
be seen; how long it was is written down.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from agentscope.sessions.course import Course, open_since
from agentscope.traces.intervals import Stretch, fewer, pairs, union
from agentscope.traces.models import Trace
from ui import amounts

WORKED, WAITED, IDLE = "worked", "waited", "idle"
LONGEST_GAP = 0.06  # of all work: what a stretch without work takes on the line at most
LEAST_GAP = 0.02  # and what it takes at most where there are many
MOST_BARS = 40  # of a trace; more could not be told apart
MOST_PARTS = 400  # of the whole line


@dataclass(slots=True, frozen=True)
class Bar:
    """A stretch on the line, in percent of its width."""

    look: str
    start: float
    width: float
    words: str


@dataclass(slots=True, frozen=True)
class Lane:
    """A trace on the line."""

    trace: Trace
    bars: list[Bar]
    before: str  # how long nothing worked before it, in words; "" where it follows at once
    number: int  # its turn, from 1

    @property
    def is_interrupted(self) -> bool:
        """Whether it ended with a question that it has no answer to itself."""
        return open_since(self.trace) is not None


@dataclass(slots=True, frozen=True)
class Part:
    """A piece of the time of a session."""

    look: str
    start: int  # ns
    end: int


class Line:
    """Where a moment stands on the line of a session."""

    def __init__(self, course: Course) -> None:
        self.parts = parts_of(course)
        work = sum(part.end - part.start for part in self.parts if part.look == WORKED)
        gaps = sum(part.look != WORKED for part in self.parts)
        longest = (work or 1) * max(LEAST_GAP, min(LONGEST_GAP, 0.4 / max(gaps, 1)))
        self.starts = [part.start for part in self.parts]
        self.places = [0.0]
        for part in self.parts:
            size: float = part.end - part.start
            self.places.append(
                self.places[-1] + (size if part.look == WORKED else min(size, longest))
            )
        self.whole = self.places[-1] or 1.0

    def place(self, ns: int) -> float:
        """A moment in percent from the left."""
        at = max(bisect_right(self.starts, ns) - 1, 0)
        if not self.parts:
            return 0.0
        part, drawn = self.parts[at], self.places[at + 1] - self.places[at]
        passed = min(max(ns - part.start, 0) / max(part.end - part.start, 1), 1.0)
        return 100 * (self.places[at] + drawn * passed) / self.whole

    def bar(self, look: str, stretch: Stretch) -> Bar:
        """A stretch as a bar, with its length in words."""
        start, end = self.place(stretch[0]), self.place(stretch[1])
        words = f"{look} {amounts.duration(stretch[1] - stretch[0])}"
        return Bar(look, round(start, 3), round(end - start, 3), words)

    @property
    def bars(self) -> list[Bar]:
        """The whole session."""
        return [self.bar(part.look, (part.start, part.end)) for part in self.parts]


def parts_of(course: Course) -> list[Part]:
    """The time of a session from its first work to its last, without gaps."""
    worked, waited = fewer(course.worked, MOST_PARTS), fewer(course.waited, MOST_PARTS)
    known = sorted(
        [Part(WORKED, *each) for each in worked] + [Part(WAITED, *each) for each in waited],
        key=lambda part: (part.start, part.end),
    )
    found = known[:1]
    for before, part in pairwise(known):
        if part.start > before.end:
            found.append(Part(IDLE, before.end, part.start))
        found.append(part)
    return found


def lanes(traces: Sequence[Trace], line: Line, first: int) -> list[Lane]:
    """A lane for each of these traces, in order; `first` is the number of the first one."""
    found = []
    reached: int | None = None
    for number, trace in enumerate(traces, start=first):
        gap = trace.start_ns - reached if reached is not None else 0
        found.append(
            Lane(trace, bars_of(trace, line), amounts.duration(gap) if gap > 0 else "", number)
        )
        reached = max(reached or 0, trace.end_ns)
    return found


def bars_of(trace: Trace, line: Line) -> list[Bar]:
    """When a trace worked and waited."""
    worked, waited = union(pairs(trace.worked)), union(pairs(trace.waited))
    return [
        *(line.bar(WORKED, each) for each in fewer(worked, MOST_BARS)),
        *(line.bar(WAITED, each) for each in fewer(waited, MOST_BARS)),
    ]
