"""Nearly the same call with nearly the same result: the same intent in other words.

Six of ten calls are past a correction or two; ten whose results overlap by four fifths find nothing
new. Arguments are alike by their words, or because both name a range of the same thing: equality
cannot see that ranges overlap, but then their results do. What moves on in one direction is paging,
and a short result, such as an acknowledgement, is alike for many good reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from agentscope.findings.alike import (
    LAGS,
    Mask,
    compared,
    is_alike,
    parted,
    phases,
    stretches_of,
)
from agentscope.findings.chains import failed
from agentscope.findings.courses import TOOL, Course, Step
from agentscope.findings.effects import changes_state, plans
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene

PATTERN = Pattern(
    code="similar_repeat",
    version=1,
    inform=6,
    alert=10,
    confidence=0.75,
    legitimate="It is fine if each call asks for another thing, and the results only look alike.",
)
ARGUMENTS, RESULTS = 0.85, 0.8  # likeness
RANGES = 0.5  # of results: sketches see their ends, and those of ranges differ though they overlap
INFORMATIVE = 64  # characters of a result
APART = 2  # calls of tools from one to the next: six in ten
Placed = tuple[int, Step]  # position among the calls of the course


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each chain of calls of one tool that are nearly the same."""
    for course in scene.courses:
        for several in by_tool(scene, course):
            if len(several) >= limit.inform:
                yield from of_tool(scene, course, several, limit)


def of_tool(scene: Scene, course: Course, several: list[Placed], limit: Limit) -> Iterator[Found]:
    """The findings of the calls of one tool."""
    found = nearly_equal(scene, several)
    phase: dict[int, int] = {}
    for place in stretches_of(found):
        steps = [step for _, step in several[place]]
        if len(steps) < limit.inform:
            continue
        phase = phase or phases(scene, course)
        for chain in parted(steps, phase):
            if len(chain) >= limit.inform and not moves_on(scene, chain) and differ(chain):
                yield told(scene, course, chain, limit)


def told(scene: Scene, course: Course, chain: list[Step], limit: Limit) -> Found:
    """The finding of some calls."""
    name, asked = chain[0].name, len({step.call for step in chain})
    return repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=f"{name} was called {len(chain)} times with {asked} different arguments that are "
        "nearly the same, and gave nearly the same results.",
        subject=name,
        repeats=len(chain),
    )


def by_tool(scene: Scene, course: Course) -> Iterator[list[Placed]]:
    """The calls of each tool that reads, one after another, with their positions."""
    found: dict[str, list[Placed]] = defaultdict(list)
    for at, step in enumerate(course.of(TOOL)):
        if len(step.rows) == 1 and step.call and step.result and not is_other(scene, step):
            found[step.name].append((at, step))
    return iter(found.values())


def is_other(scene: Scene, step: Step) -> bool:
    """Whether other detectors say what is to be said of a call."""
    name = step.name
    return changes_state(name) or plans(name) or failed(scene, step) or asks_how_far(scene, step)


def nearly_equal(scene: Scene, several: list[Placed]) -> Mask:
    """Which calls are nearly the same as one shortly before, by arguments and results."""
    rows = [step.rows[0] for _, step in several]
    at = np.array([at for at, _ in several])
    said = scene.records[rows]
    ranged = ~np.isnan(said["position"])
    found = np.zeros(len(rows), bool)
    for lag in LAGS:
        near = at[lag:] - at[:-lag] <= APART * lag
        both = ranged[lag:] & ranged[:-lag]
        asked = compared(said["arguments"], said["call"], lag)[lag:]
        given = compared(said["output"], said["result"], lag)[lag:]
        same = is_alike(asked, ARGUMENTS) & is_alike(given, RESULTS)
        found[lag:] |= near & (same | (both & is_alike(given, RANGES)))
    found &= said["output_size"] >= INFORMATIVE
    return found


def moves_on(scene: Scene, chain: list[Step]) -> bool:
    """Whether a position in the arguments, or a number in the results, goes one way."""
    rows = [step.rows[0] for step in chain]
    steps = (np.diff(scene.records[name][rows]) for name in ("position", "advance"))
    return any(bool((each > 0).all() or (each < 0).all()) for each in steps)


def differ(chain: list[Step]) -> bool:
    """Whether not all calls are the same, which is told elsewhere."""
    return len({step.call for step in chain}) > 1
