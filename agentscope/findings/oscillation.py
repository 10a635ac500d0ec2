"""Changes that one agent makes and takes back: its work returns to an earlier state. Pure.

What is made are the calls of one tool that changes something; what is heard in between are the
results of others, such as reviews and tests. A state that is there again says nothing if something
new was heard meanwhile: then the same switch is only used for different work. A whole text that is
there again is no switch, and a reviewer finds new words for it each time; so what those say does
not count then. A text may also be given to a tool that reviews it, and be kept nowhere else.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from agentscope.findings.alike import parted, phases
from agentscope.findings.courses import AGENT, TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.looks_up import reviews
from agentscope.findings.scene import Scene
from agentscope.findings.turns import recurring

TEXT = 100  # characters of arguments, from which on they are a work and no setting


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
    tools = course.of(TOOL, AGENT)
    starts = [step.start_ns for step in tools]
    by_name: dict[tuple[str, ...], list[Step]] = defaultdict(list)
    for step in course.of(TOOL):
        by_name[step.names].append(step)
    several = [name for name in sorted(by_name) if may_swing(by_name[name], fewest)]
    phase = phases(scene, course) if several else {}
    for name in several:
        for made in parted(by_name[name], phase):
            first, last = made[0].start_ns, made[-1].start_ns
            meanwhile = tools[bisect_right(starts, first) : bisect_left(starts, last)]
            between = [step for step in meanwhile if step.names != name]
            if len(made) >= fewest and is_swing(scene, made, between, fewest):
                yield Swing(made, between)


def may_swing(steps: list[Step], fewest: int) -> bool:
    """Whether the calls of one tool are enough, and change something or have it reviewed."""
    names = steps[0].names
    is_one = any(map(changes_state, names)) or any(map(reviews, names))
    return len(steps) >= fewest and is_one and any(step.call for step in steps)


def is_swing(scene: Scene, made: list[Step], heard: list[Step], fewest: int) -> bool:
    """Whether changes alternate between a few states, and nothing new is heard meanwhile."""
    states = [step.call for step in made]
    turns = sum(one != other for one, other in pairwise(states))
    if 0 in states or len(set(states)) >= fewest or 2 * turns <= len(made):
        return False
    is_reviewed = any(map(reviews, made[0].names))
    if is_text(scene, made):
        heard = [step for step in heard if not any(map(reviews, step.names))]
        return is_reviewed or is_no_news([step.result for step in heard], states, fewest)
    if is_reviewed or len(heard) < len(made) - 1:
        return False
    return is_no_news([step.result for step in heard], states, fewest)


def is_text(scene: Scene, made: list[Step]) -> bool:
    """Whether each call has a whole text with it."""
    sizes = scene.records["argument_size"]
    return all(sizes[step.rows[0]] >= TEXT for step in made)


def is_no_news(results: list[int], states: list[int], fewest: int) -> bool:
    """Whether there are no more different results than so many states can bring about."""
    most = max(len(set(states)), min(len(results) // 2, 2 * fewest))
    return len(results) - recurring(results) <= most
