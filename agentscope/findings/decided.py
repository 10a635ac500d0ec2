"""Whether somebody decided anew on each of some steps, or once on all of them. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from agentscope.findings.courses import AGENT, LLM, Course, Step


class Speakers:
    """The models and agents that spoke in a course. Asking what lies between two steps looks at no
    others, for a course may hold thousands of loops."""

    def __init__(self, course: Course) -> None:
        self.is_agent = bool(course.agent)
        self.steps = course.of(LLM, AGENT)
        self.starts = [step.start_ns for step in self.steps]
        self.turns = [step.start_ns for step in self.steps if step.kind == LLM]
        self.agents = {step.names for step in self.steps if step.kind == AGENT}

    def turns_between(self, start: int, end: int) -> int:
        """How many model calls began between two times, in ns."""
        return max(bisect_left(self.turns, end) - bisect_right(self.turns, start), 0)

    def decided(self, steps: Sequence[Step]) -> bool:
        """Whether a model, or another agent, spoke between most of these steps. Where a run shows
        none of them who decided is not known, but what runs agents and is none itself is a
        program."""
        first, starts = steps[0], [step.start_ns for step in steps]
        if not self.turns and self.agents <= {first.names}:
            return first.kind != AGENT or self.is_agent
        inside = slice(bisect_right(self.starts, starts[0]), bisect_right(self.starts, starts[-1]))
        others = (
            step.start_ns
            for step in self.steps[inside]
            if step.kind == LLM or step.names != first.names
        )
        return 2 * len({bisect_left(starts, at) for at in others}) >= len(starts) - 1
