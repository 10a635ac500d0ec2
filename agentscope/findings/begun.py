"""What was done or learned between two plans. Pure.

A plan is begun when something changed, when code or commands ran that did not before, or when other
agents came to something new: what they changed is in runs of their own. It may be written anew when
something was found out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from agentscope.findings.alike import phases
from agentscope.findings.chains import failed
from agentscope.findings.courses import AGENT, LLM, TOOL, Course, Step
from agentscope.findings.effects import plans
from agentscope.findings.looks_up import runs_anything
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact
from agentscope.vocabulary import Kind

EMPTY = int(Fact.EMPTY)


@dataclass(slots=True)
class Stages:
    """For each step, by its first row, how much was done before it, and how much found out."""

    done: dict[int, int] = field(default_factory=dict)
    learned: dict[int, int] = field(default_factory=dict)


def stages(scene: Scene, course: Course) -> Stages:
    """The stages of a course: what is called again, or comes to what it came to before, is none."""
    found, changed = Stages(), phases(scene, course)
    agents = np.flatnonzero(scene.tree.kind == Kind.AGENT)
    seen: set[int] = set()
    done = learned = 0
    for step in course.steps:
        row = step.rows[0]
        found.done[row] = done + changed[row]
        found.learned[row] = learned + changed[row]
        if is_news(scene, step, seen):
            learned += 1
            done += may_act(scene, step, agents)
        seen.add(step.result)
    return found


def is_news(scene: Scene, step: Step, seen: set[int]) -> bool:
    """Whether a step, that is no plan, came to something that was not there before. What it came
    to may be unknown, which is like nothing."""
    if step.kind == LLM or any(map(plans, step.names)) or failed(scene, step):
        return False
    is_empty = step.kind == TOOL and scene.facts[step.rows[0]] & EMPTY and step.result
    return not is_empty and (not step.result or step.result not in seen)


def may_act(scene: Scene, step: Step, agents: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    """Whether a step may have changed something whatever its name is."""
    first, stop = np.searchsorted(agents, (step.rows[0], int(scene.tree.end[step.rows[-1]])))
    return step.kind == AGENT or first < stop or any(map(runs_anything, step.names))
