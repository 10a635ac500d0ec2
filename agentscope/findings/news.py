"""What is new between steps that repeat each other: then they repeat amid work. Pure.

A step is news if it came to what had not been there before, whichever tool it was; not if it failed
or found nothing, nor if it only says something or plans. Of what came back unknown the call counts.
What runs any command is news by its command, for most of those that change something print nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from agentscope.findings.chains import failed
from agentscope.findings.courses import AGENT, TOOL, Course, Step
from agentscope.findings.effects import plans
from agentscope.findings.looks_up import runs_anything, tells
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact

EMPTY = int(Fact.EMPTY)


@dataclass(slots=True)
class Counted:
    """How much had been new before each step, by its kind and first row, and how much after it."""

    before: dict[tuple[int, int], int] = field(default_factory=dict)
    after: dict[tuple[int, int], int] = field(default_factory=dict)
    count: int = 0

    def add(self, step: Step, *, is_new: bool) -> None:
        """The next step, and whether it is new."""
        key = step.kind, step.rows[0]
        self.before[key] = self.count
        self.count += is_new
        self.after[key] = self.count

    def between(self, one: Step, other: Step) -> bool:
        """Whether anything was new between two steps."""
        return self.before[other.kind, other.rows[0]] > self.after[one.kind, one.rows[0]]


@dataclass(slots=True)
class News:
    """What was new in a course, and of that the commands."""

    every: Counted = field(default_factory=Counted)
    commands: Counted = field(default_factory=Counted)

    def parted(self, chain: Sequence[Step]) -> list[list[Step]]:
        """A chain of steps, parted where new commands ran in between."""
        parts = [[chain[0]]]
        for before, step in pairwise(chain):
            if self.commands.between(before, step):
                parts.append([])
            parts[-1].append(step)
        return parts

    def is_amid_work(self, chain: Sequence[Step]) -> bool:
        """Whether something was new between most of the steps of a chain."""
        return 2 * sum(self.every.between(*pair) for pair in pairwise(chain)) > len(chain) - 1


def news(scene: Scene, course: Course) -> News:
    """What was new in a course, and where."""
    found = News()
    seen: set[int] = set()
    for step in course.of(TOOL, AGENT):
        is_command = step.kind == TOOL and any(map(runs_anything, step.names))
        key = step.call if is_command else step.result or step.call
        is_new = came_to_something(scene, step, is_command=is_command) and (
            key not in seen if key else is_command
        )
        found.every.add(step, is_new=is_new)
        found.commands.add(step, is_new=is_new and is_command)
        seen.update((step.call, step.result))
    return found


def came_to_something(scene: Scene, step: Step, *, is_command: bool) -> bool:
    """Whether a step may have done or found something."""
    if failed(scene, step) or any(plans(name) or tells(name) for name in step.names):
        return False
    return is_command or not (step.result and scene.facts[step.rows[0]] & EMPTY)
