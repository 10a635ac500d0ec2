"""Steps that are nearly the same as one shortly before, by their sketches. Pure.

A likeness from a sketch has a standard deviation of some 0.07, so a pair may be two of them below
the likeness that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from agentscope.findings.chains import is_progress, said
from agentscope.findings.courses import Course, Step
from agentscope.findings.periods import stretches
from agentscope.findings.scene import Scene
from agentscope.signatures.sketch import Sketches, likeness

DEVIATION = 0.07
LAGS = (1, 2, 3)  # a step is compared with so many before it
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def compared(sketches: Sketches, keys: NDArray[np.int64], lag: int) -> Floats:
    """How alike each of some texts is to the one `lag` before it: 1 where their keys are equal, 0
    for the first ones and where one of them is unknown."""
    found = np.zeros(len(keys))
    alike = np.nan_to_num(likeness(sketches[lag:], sketches[:-lag]))
    found[lag:] = np.where((keys[lag:] == keys[:-lag]) & (keys[lag:] != 0), 1, alike)
    return found


def is_alike(found: Floats, wanted: float) -> Mask:
    """Which pairs are as alike as wanted, for all that sketches can tell."""
    return np.asarray(found >= wanted - 2 * DEVIATION)


def stretches_of(alike: Mask) -> Iterator[slice]:
    """Where each is alike to one shortly before it; the first of them, which is like none, too."""
    for start, length in stretches(alike):
        yield slice(max(start - 1, 0), start + length)


def phases(scene: Scene, course: Course) -> dict[int, int]:
    """For each step, by its first row, how often something had changed before: another tool changed
    something with a call that was not made before, or a person said a new word."""
    found: dict[int, int] = {}
    made: set[int] = set()
    phase, human = 0, 0
    for step in course.steps:
        word = said(scene, step)
        if is_progress(scene, step, made) or (word and human and word != human):
            phase += 1
        human = word or human
        found[step.rows[0]] = phase
    return found


def parted(steps: Sequence[Step], phase: dict[int, int]) -> Iterator[list[Step]]:
    """Steps that are in one phase."""
    part: list[Step] = []
    for step in steps:
        if part and phase[step.rows[0]] != phase[part[-1].rows[0]]:
            yield part
            part = []
        part.append(step)
    yield part
