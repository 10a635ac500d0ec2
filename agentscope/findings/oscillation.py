"""Changes that one agent makes and takes back: its work returns to an earlier state. Pure.

What is made are the calls of one tool that changes something; what is heard in between are the
results of others, such as reviews and tests. A state that is there again says nothing if something
new was heard meanwhile: then the same switch is only used for different work.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agentscope.findings.alike import parted, phases
from agentscope.findings.courses import TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.scene import Scene
from agentscope.findings.turns import recurring


@dataclass(slots=True)
class Swing:
    """Changes that come to states which were there before, and what was heard in between."""

    made: list[Step]
    heard: list[Step]

    @property
    def steps(self) -> list[Step]:
        return sorted((*self.made, *self.heard), key=lambda step: (step.start_ns, step.rows[0]))


def swings(scene: Scene, course: Course, fewest: int) -> Iterator[Swing]:
    """Where a tool made at least `fewest` changes, in which no more than `fewest` - 1 states
    alternate, and others answered as before."""
    tools = course.of(TOOL)
    starts = [step.start_ns for step in tools]
    by_name: dict[tuple[str, ...], list[Step]] = defaultdict(list)
    for step in tools:
        by_name[step.names].append(step)
    several = [name for name in sorted(by_name) if may_swing(by_name[name], fewest)]
    phase = phases(scene, course) if several else {}
    for name in several:
        for made in parted(by_name[name], phase):
            first, last = made[0].start_ns, made[-1].start_ns
            meanwhile = tools[bisect_right(starts, first) : bisect_left(starts, last)]
            between = [step for step in meanwhile if step.names != name]
            if len(made) >= fewest and is_swing(made, between, fewest):
                yield Swing(made, between)


def may_swing(steps: list[Step], fewest: int) -> bool:
    """Whether the calls of one tool are enough, and change something."""
    changes = any(map(changes_state, steps[0].names))
    return len(steps) >= fewest and changes and any(step.call for step in steps)


def is_swing(made: list[Step], heard: list[Step], fewest: int) -> bool:
    """Whether changes alternate between a few states, and nothing new is heard meanwhile."""
    states, results = [step.call for step in made], [step.result for step in heard]
    if 0 in states or len(heard) < len(made) - 1:
        return False
    turns = sum(one != other for one, other in pairwise(states))
    is_swinging = len(set(states)) < fewest and 2 * turns > len(made)
    answers = len(results) - recurring(results)
    most = max(len(set(states)), min(len(results) // 2, 2 * fewest))
    return is_swinging and answers <= most
