"""Attempts at one call that failed for a reason that passes, and how long was waited between them.
Pure.

Who waits longer after each failure lets the other side recover; who does not makes an outage last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.failing import error_of
from agentscope.findings.scene import Scene
from agentscope.traces.tree import UNKNOWN
from agentscope.vocabulary import ErrorClass, Persistence

GROWS = 1.5  # times as long, the later half of the waits: the smallest base of clients is 2
MS = 10**6  # ns
TOLERANCE = 0.9  # of a wait that was asked for: clocks differ, and so do roundings
AT_ONCE_NS = 10**9  # a shorter wait is the time that the caller needs for itself


class Backoff(StrEnum):
    """How long is waited between attempts."""

    GROWING = "growing"
    CONSTANT = "constant"
    NONE = "none"  # the next attempt follows at once


@dataclass(slots=True, frozen=True)
class Retries:
    """Attempts at one call, the first included, in order of time. All failed but the last, if that
    `recovered`; nobody tried again after the last if it did not."""

    course: Course
    steps: list[Step]
    errors: list[ErrorClass]  # of those that failed
    recovered: bool
    is_known: bool  # that it was the same call; else calls of one name that nothing came between

    @property
    def failed(self) -> list[Step]:
        """The attempts that failed."""
        return self.steps[: len(self.errors)]

    @property
    def gaps(self) -> list[int]:
        """ns from the end of an attempt to the start of the next."""
        pairs = zip(self.steps, self.steps[1:], strict=False)
        return [max(0, after.start_ns - before.end_ns) for before, after in pairs]

    @property
    def backoff(self) -> Backoff:
        """How the waits grew. Jitter makes single waits shorter than the one before, so halves are
        compared."""
        gaps = self.gaps
        half = len(gaps) // 2
        if not gaps or median(gaps) < AT_ONCE_NS:
            return Backoff.NONE
        early, late = sum(gaps[:half]), sum(gaps[len(gaps) - half :])
        return Backoff.GROWING if half and late >= GROWS * early else Backoff.CONSTANT

    def told(self, scene: Scene) -> list[int]:
        """ns that each failed attempt was asked to wait; 0 where nobody said."""
        waits = scene.records["retry_after"]
        return [int(max(waits[row] for row in step.rows)) * MS for step in self.failed]

    def too_soon(self, scene: Scene) -> list[tuple[int, int]]:
        """Where the next attempt came sooner than was asked for: how long was waited, and how long
        it asked for, in ns."""
        pairs = zip(self.gaps, self.told(scene), strict=False)
        return [(gap, asked) for gap, asked in pairs if gap < TOLERANCE * asked]

    def pico(self, scene: Scene) -> int:
        """1e-12 USD that the failed attempts cost by themselves, as far as it is known."""
        rows = [row for step in self.failed for row in step.rows]
        cost = scene.tree.cost[rows]
        return int(cost[cost != UNKNOWN].sum())


def retries(scene: Scene, course: Course) -> Iterator[Retries]:
    """The calls of a course that were tried again after a failure that passes."""
    for kind in (TOOL, LLM):
        tried: list[Step] = []
        errors: list[ErrorClass] = []
        for step in course.of(kind):
            if tried and not is_again(tried[-1], step):
                yield from made(course, tried, errors)
                tried, errors = [], []
            error = error_of(scene, step)
            if passes(error):
                tried.append(step)
                errors.append(error)
            elif tried:
                recovered = [*tried, step] if not error else tried
                yield from made(course, recovered, errors)
                tried, errors = [], []
        yield from made(course, tried, errors)


def passes(error: ErrorClass) -> bool:
    """Whether an error passes by itself."""
    return error.persistence is Persistence.TRANSIENT


def is_again(before: Step, step: Step) -> bool:
    """Whether a step tries again what was tried before: the same call, as far as it is known."""
    return before.names == step.names and (before.call == step.call)


def made(course: Course, steps: list[Step], errors: list[ErrorClass]) -> Iterator[Retries]:
    """The attempts as Retries, if there were several."""
    if len(steps) > 1:
        yield Retries(course, steps, errors, len(steps) > len(errors), bool(steps[0].call))
