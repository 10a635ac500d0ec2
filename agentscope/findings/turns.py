"""Agents that take turns: the runs that one course called, one after another. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.findings.courses import AGENT, LLM, Course, Step
from agentscope.findings.looks_up import reviews
from agentscope.findings.periods import Cycle, cycles
from agentscope.findings.scene import Scene
from agentscope.signatures.sketch import likeness

PERIODS = range(2, 5)  # agents that pass work around
NEARLY = 0.85  # likeness from which two answers say the same in other words


@dataclass(slots=True)
class Turns:
    """Agents that took turns in the same order, `rounds` times."""

    course: Course
    steps: list[Step]
    period: int
    rounds: int
    is_handed: bool  # control was passed on by handoffs

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.steps[: self.period]]

    @property
    def reviewer(self) -> int | None:
        """The position of the one agent that is named for its reviews; None if there is none."""
        named = [at for at, name in enumerate(self.names) if reviews(name)]
        return named[0] if len(named) == 1 else None

    def results(self, of: int) -> list[int]:
        """What the agent at one position of the round came to, round by round; 0: unknown."""
        return [step.result for step in self.steps[of :: self.period]]

    def stale(self, scene: Scene, of: int) -> int:
        """How often the agent at one position said what it had said before, or nearly what it had
        said in the round before."""
        steps = self.steps[of :: self.period]
        sketches = scene.records["output"][[step.says for step in steps]]
        nearly = likeness(sketches[1:], sketches[:-1]) >= NEARLY
        seen = {steps[0].result}
        again = 0
        for step, is_near in zip(steps[1:], nearly.tolist(), strict=True):
            again += bool(step.result) and (step.result in seen or is_near)
            seen.add(step.result)
        return again


def turns(scene: Scene, course: Course, fewest: int) -> list[Turns]:
    """Where different agents took turns in one order at least `fewest` times.

    In a course without agents the models that speak are told apart by their instructions.
    """
    steps = course.of(AGENT)
    keys = [hash(step.names) for step in steps]
    if not steps:
        steps = course.of(LLM)
        systems = scene.records["system"]
        keys = [hash((step.names, int(systems[step.rows[0]]))) for step in steps]
    return [
        made(course, steps, each, scene.handed)
        for each in cycles(keys, fewest, range(1, PERIODS.stop))
        if each.period in PERIODS
    ]


def made(course: Course, steps: list[Step], cycle: Cycle, handed: set[int]) -> Turns:
    """The turns of one cycle: handed over where handoffs tell so, or where nobody says anything
    new, for then there is no work that could get better; unless one of them is named for that it
    reviews what another makes."""
    part = steps[cycle.first : cycle.stop]
    count = sum(step.rows[0] in handed for step in part)
    found = Turns(course, part, cycle.period, cycle.repeats, count > len(part) // 2)
    said = [set(found.results(at)) for at in range(cycle.period)]
    is_stale = all(len(each) == 1 and 0 not in each for each in said)
    found.is_handed |= is_stale and found.reviewer is None
    return found


def handed_rows(scene: Scene, each: Turns, of: int) -> list[int]:
    """The last handoff between the turn of the agent at one position of the round and the next
    turn, round by round; -1: none."""
    rows = scene.handoffs
    rows = rows[np.argsort(scene.tree.start_ns[rows], kind="stable")]
    begins = [step.start_ns for step in each.steps]
    ends = [*begins[1:], each.steps[-1].end_ns + 1]
    turn = slice(of, None, each.period)
    places = (np.searchsorted(scene.tree.start_ns[rows], times[turn]) for times in (begins, ends))
    inside = [rows[first:stop] for first, stop in zip(*places, strict=True)]
    return [int(several.max()) if len(several) else -1 for several in inside]


def handoffs(scene: Scene, each: Turns, of: int) -> list[int]:
    """What the agent at one position of the round handed over, round by round: the arguments of
    that handoff; 0: unknown, or none, which say nothing of the work."""
    calls, sizes = scene.records["call"], scene.records["argument_size"]
    rows = handed_rows(scene, each, of)
    return [int(calls[row]) if row >= 0 and sizes[row] else 0 for row in rows]


def recurring(results: list[int]) -> int:
    """How many of these results were there before; unknown ones were not."""
    known = [each for each in results if each]
    return len(known) - len(set(known))
