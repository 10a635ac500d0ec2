"""Agents that take turns: the runs that one course called, one after another. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from agentscope.agents.invoked import HANDS_OFF
from agentscope.findings.courses import AGENT, HANDOFF, LLM, TOOL, Course, Step
from agentscope.findings.periods import Cycle, cycles
from agentscope.findings.scene import Scene
from agentscope.signatures.canonical import key_of
from agentscope.traces.tree import Mask, Tree

PERIODS = range(2, 5)  # agents that pass work around
HANDS = re.compile(r"(?i)^(hand_?off|transfer_to|transferto|transfer_back)")


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

    def results(self, of: int) -> list[int]:
        """What the agent at one position of the round came to, round by round; 0: unknown."""
        return [step.result for step in self.steps[of :: self.period]]


def turns(scene: Scene, course: Course, fewest: int) -> list[Turns]:
    """Where different agents took turns in one order at least `fewest` times.

    In a course without agents the models that speak are told apart by their instructions.
    """
    steps = course.of(AGENT)
    keys = [key_of(step.names) for step in steps]
    if not steps:
        steps = course.of(LLM)
        systems = scene.records["system"]
        keys = [key_of(step.names, int(systems[step.rows[0]])) for step in steps]
    handed = handed_over(scene)
    return [
        made(course, steps, each, handed)
        for each in cycles(keys, fewest, range(1, PERIODS.stop))
        if each.period in PERIODS
    ]


def made(course: Course, steps: list[Step], cycle: Cycle, handed: set[int]) -> Turns:
    """The turns of one cycle: handed over where handoffs tell so, or where nobody says anything
    new, for then there is no work that could get better."""
    part = steps[cycle.first : cycle.stop]
    count = sum(step.rows[0] in handed for step in part)
    found = Turns(course, part, cycle.period, cycle.repeats, count > len(part) // 2)
    said = [set(found.results(at)) for at in range(cycle.period)]
    found.is_handed |= all(len(each) == 1 and 0 not in each for each in said)
    return found


def handed_over(scene: Scene) -> set[int]:
    """The first rows of runs to which control was handed, or that handed it on."""
    tree = scene.tree
    found = {run.rows[0] for run in scene.runs if any(kind == HANDS_OFF for _, kind in run.callers)}
    for row in np.flatnonzero(is_handoff(tree)).tolist():
        above = int(tree.parent[row])
        found.update(before(scene, row))
        while above >= 0 and above not in found:
            found.add(above)
            above = int(tree.parent[above])
    return found


def before(scene: Scene, row: int) -> list[int]:
    """The run beside a handoff that began last before it: the one that hands over."""
    tree = scene.tree
    firsts = [run.rows[0] for run in scene.runs if tree.parent[run.rows[0]] == tree.parent[row]]
    earlier = [first for first in firsts if tree.start_ns[first] <= tree.start_ns[row]]
    return [max(earlier, key=lambda first: (int(tree.start_ns[first]), first))] if earlier else []


def handoffs(scene: Scene, each: Turns, of: int) -> list[int]:
    """What the agent at one position of the round handed over, round by round: the arguments of
    the last handoff between its turn and the next; 0: unknown."""
    rows = np.flatnonzero(is_handoff(scene.tree))
    starts = scene.tree.start_ns[rows]
    begins = [step.start_ns for step in each.steps]
    found = []
    for at in range(of, len(begins), each.period):
        end = begins[at + 1] if at + 1 < len(begins) else each.steps[at].end_ns + 1
        inside = rows[(starts >= begins[at]) & (starts < end)]
        found.append(int(scene.records["call"][inside[-1]]) if len(inside) else 0)
    return found


def is_handoff(tree: Tree) -> Mask:
    """The rows that hand over control: spans that say so, and tools that are named for it."""
    names = np.array([bool(HANDS.search(text)) for text in tree.texts])
    found: Mask = (tree.kind == HANDOFF) | ((tree.kind == TOOL) & names[tree.tool])
    return found


def recurring(results: list[int]) -> int:
    """How many of these results were there before; unknown ones were not."""
    known = [each for each in results if each]
    return len(known) - len(set(known))
