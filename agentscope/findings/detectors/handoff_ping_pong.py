"""Agents that hand the same work to each other, round after round.

Never by structure alone, since people are not agents: what each of them says, or hands over, must
be what it was before; or none of them does anything else than to hand over, whatever reasons it
gives. A new word of a person, and work that a tool did in between, are a reason to begin again; who
hands out one task after another to somebody who only reports back is a supervisor. Empty arguments
of a handoff say nothing. Where nothing of all that is known the rounds are told as a hint.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.findings.courses import Step
from agentscope.findings.courtesy import SHORT
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.renewed import gives_tasks, unbroken
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.findings.turns import Turns, handoffs, recurring, turns
from agentscope.signatures.record import Fact
from agentscope.vocabulary import Kind

PATTERN = Pattern(
    code="handoff_ping_pong",
    version=3,
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
            for part in unbroken(scene, each) if each.is_handed else ():
                if part.rounds >= limit.inform and (finding := judged(scene, part, limit)):
                    yield finding


def judged(scene: Scene, each: Turns, limit: Limit) -> Found | None:
    """The finding of some turns; None if they say something new."""
    is_known = any(
        any(keys)
        for at in range(each.period)
        for keys in (each.results(at), handoffs(scene, each, at))
    )
    told = "saying what they said before" if is_known else "what they said is not known"
    if is_known and gives_tasks(scene, each):
        return None
    if is_known and not all(is_stale(scene, each, at) for at in range(each.period)):
        if not all(only_hands_over(scene, step) for step in each.steps):
            return None
        told = "and did nothing new"
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


def is_stale(scene: Scene, each: Turns, of: int) -> bool:
    """Whether the agent at one position said, or handed over, what it had before, but for once."""
    again = max(each.stale(scene, of), recurring(handoffs(scene, each, of)))
    return again >= each.rounds - 2


def only_hands_over(scene: Scene, step: Step) -> bool:
    """Whether an agent hands over, with a few words at most; its tools did nothing new, or it were
    no part of these rounds."""
    tree = scene.tree
    rows = np.arange(step.rows[0], int(tree.end[step.rows[-1]]))
    kinds = tree.kind[rows]
    acts, answers = rows[np.isin(kinds, ACTS)], rows[kinds == Kind.LLM]
    if not len(acts) or not len(answers) or not np.isin(acts, scene.handoffs).any():
        return False
    said = scene.records[answers]
    return bool(((said["facts"] & ASKS > 0) & (said["output_size"] < SHORT)).all())
