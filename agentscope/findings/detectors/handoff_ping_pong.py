"""Agents that hand the same work to each other, round after round.

Never by structure alone, since people are not agents: what they say, or what they hand over, must
be what it was before; or none of them does anything else than to hand over, whatever reasons it
gives. A new word of a person is a reason to begin again. Where nothing of that is known the rounds
are told as a hint.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.findings.courses import Step
from agentscope.findings.courtesy import SHORT
from agentscope.findings.found import Found, Pattern, Severity, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, handoffs, recurring, turns
from agentscope.signatures.record import Fact
from agentscope.vocabulary import Kind

PATTERN = Pattern(
    code="handoff_ping_pong",
    version=2,
    inform=3,
    alert=5,
    confidence=0.9,
    legitimate="It is fine if each handoff carries a new task, or the rounds were agreed on.",
)
ACTS = (Kind.TOOL, Kind.RETRIEVAL, Kind.HANDOFF)
ASKS = int(Fact.CALLS_TOOLS)
HINT = 0.4  # confidence where nobody knows what was said


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for agents that hand over to each other without anything new."""
    for course in scene.courses:
        for each in turns(scene, course, limit.inform):
            if each.is_handed and (finding := judged(scene, each, limit)):
                yield finding


def judged(scene: Scene, each: Turns, limit: Limit) -> Found | None:
    """The finding of some turns; None if they say something new."""
    said = [each.results(at) for at in range(each.period)]
    handed = [handoffs(scene, each, at) for at in range(each.period)]
    if each.rounds - new_words(scene, each) < limit.inform:
        return None
    is_known = any(any(keys) for keys in (*said, *handed))
    needed = len(each.steps) - 2 * each.period
    again = sum(each.stale(scene, at) for at in range(each.period))
    stale = max(again, sum(map(recurring, handed)))
    told = "saying what they said before" if is_known else "what they said is not known"
    if is_known and stale < needed:
        if not all(only_hands_over(scene, step) for step in each.steps):
            return None
        told = "and did nothing else"
    return repeated(
        *(scene, each.course, each.steps, PATTERN, limit),
        sentence=f"{' and '.join(each.names)} handed over to each other {each.rounds} times, "
        f"{told}.",
        subject=", ".join(sorted(each.names)),
        repeats=each.rounds,
        period=each.period,
        most=Severity.ALERT if is_known else Severity.INFO,
        confidence=PATTERN.confidence if is_known else HINT,
    )


def new_words(scene: Scene, each: Turns) -> int:
    """How often a person had said something new since the first turn."""
    words = []
    for step in each.steps:
        at = int(np.searchsorted(scene.heard, step.rows[0]))
        if at < len(scene.heard) and scene.heard[at] < scene.tree.end[step.rows[-1]]:
            words.append(scene.humans[scene.heard[at]])
    return max(0, len(set(words)) - 1)


def only_hands_over(scene: Scene, step: Step) -> bool:
    """Whether an agent asks for nothing but to hand over, with a few words at most."""
    tree = scene.tree
    rows = np.arange(step.rows[0], int(tree.end[step.rows[-1]]))
    kinds = tree.kind[rows]
    acts, answers = rows[np.isin(kinds, ACTS)], rows[kinds == Kind.LLM]
    if not len(acts) or not len(answers) or not np.isin(acts, scene.handoffs).all():
        return False
    said = scene.records[answers]
    return bool(((said["facts"] & ASKS > 0) & (said["output_size"] < SHORT)).all())
