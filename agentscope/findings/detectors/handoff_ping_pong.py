"""Agents that hand the same work to each other, round after round.

Never by structure alone, since people are not agents: what they say, or what they hand over, must
be what it was before. Where that is not known the rounds are told as a hint.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern, Severity, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, handoffs, recurring, turns

PATTERN = Pattern(
    code="handoff_ping_pong",
    version=1,
    inform=3,
    alert=5,
    confidence=0.9,
    legitimate="It is fine if each handoff carries a new task, or the rounds were agreed on.",
)
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
    is_known = any(any(keys) for keys in (*said, *handed))
    needed = len(each.steps) - 2 * each.period
    again = sum(each.stale(scene, at) for at in range(each.period))
    stale = max(again, sum(map(recurring, handed)))
    if is_known and stale < needed:
        return None
    told = "saying what they said before" if is_known else "what they said is not known"
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
