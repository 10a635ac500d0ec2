"""A plan that is written down again and again, and not begun.

A plan is a call of a tool that is named for it, or an answer that lists steps. Four are past a
first draft and its corrections; six say that nobody acts. What is ticked off, a change that a tool
made, a command that ran, work of another agent and a word of a person are progress. Plans in nearly
the same words are told whatever was read in between; plans in other words about the same only where
nothing was found out, for research is a reason to plan anew. Both are a warning at most; an alert
needs plans that came back word by word.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.findings.alike import LAGS, compared, is_alike, parted, stretches_of
from agentscope.findings.begun import stages
from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.effects import plans
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.signatures.record import Fact

PATTERN = Pattern(
    code="replanning",
    version=2,
    inform=4,
    alert=6,
    confidence=0.75,
    legitimate="It is fine if a plan is all that was asked for, or it follows what was found.",
)
ALIKE = 0.85
# Of plans for one task in other words, since its things keep their names; for other tasks it is
# next to none.
REWORDED = 0.15
PLANS = int(Fact.PLANS)
WORD_BY_WORD = 3  # plans that were there before, for an alert


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of plans without a step of them."""
    for course in scene.courses:
        for name, several in written(scene, course):
            if len(several) >= limit.inform:
                yield from of_plans(scene, course, name, several, limit)


def of_plans(
    scene: Scene, course: Course, name: str, several: list[Step], limit: Limit
) -> Iterator[Found]:
    """The findings of plans that were written in one way."""
    said = scene.records[[step.rows[0] for step in several]]
    texts, keys = ("output", "result") if name == ANSWER else ("arguments", "call")
    likeness = [compared(said[texts], said[keys], lag) for lag in LAGS]
    alike = np.any([is_alike(each, ALIKE) for each in likeness], axis=0)
    stage = stages(scene, course)
    told_of = False
    for place in stretches_of(alike):
        for chain in chains_of(scene, several[place], stage.done, limit):
            told_of = True
            yield told(scene, course, name, chain, limit, "in nearly the same words")
    if not told_of and np.mean(likeness[0][1:]) >= REWORDED:
        for chain in chains_of(scene, several, stage.learned, limit):
            yield told(scene, course, name, chain, limit, "in other words about the same")


def chains_of(
    scene: Scene, several: list[Step], stage: dict[int, int], limit: Limit
) -> Iterator[list[Step]]:
    """Enough plans in a row in one stage, of which none ticks anything off."""
    if len(several) < limit.inform:
        return
    for part in parted(several, stage):
        yield from (chain for chain in unticked(scene, part) if len(chain) >= limit.inform)


def told(
    scene: Scene, course: Course, name: str, chain: list[Step], limit: Limit, words: str
) -> Found:
    """The finding of some plans."""
    keys = [step.result if name == ANSWER else step.call for step in chain]
    again = len(keys) - len(set(keys))
    how = f"{again} of them word by word as before" if again else words
    return repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=f"A plan was written down {len(chain)} times with {name}, {how}, and no tool "
        "made a new change in between.",
        subject=name,
        repeats=len(chain),
        most=Severity.ALERT if again >= WORD_BY_WORD else Severity.WARNING,
    )


ANSWER = "an answer"


def written(scene: Scene, course: Course) -> Iterator[tuple[str, list[Step]]]:
    """The plans of a course by the way in which they were written down."""
    found: dict[str, list[Step]] = {}
    for step in course.steps:
        if step.kind == TOOL and step.call and plans(step.name):
            found.setdefault(step.name, []).append(step)
        elif step.kind == LLM and scene.facts[step.rows[0]] & PLANS:
            found.setdefault(ANSWER, []).append(step)
    yield from found.items()


def unticked(scene: Scene, steps: list[Step]) -> Iterator[list[Step]]:
    """Plans in a row in which no more is done than in the one before."""
    chain: list[Step] = []
    done = scene.records["position"]
    for step in steps:
        if chain and done[step.rows[0]] > done[chain[-1].rows[0]]:
            yield chain
            chain = []
        chain.append(step)
    yield chain
