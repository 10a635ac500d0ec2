"""One agent makes, another reviews, and it never gets done: what was written before comes again.

Four rounds are a thorough review. Progress is an answer that was not given before; a work that
returns to an earlier state swings between two faults.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.turns import Turns, recurring, turns

PATTERN = Pattern(
    code="no_convergence",
    version=1,
    inform=4,
    alert=6,
    confidence=0.85,
    legitimate="It is fine if a fixed number of rounds was agreed on, whatever comes of them.",
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for agents that take turns and come to the same again."""
    for course in scene.courses:
        for each in turns(scene, course, limit.inform):
            if not each.is_handed and (finding := judged(scene, each, limit)):
                yield finding


def judged(scene: Scene, each: Turns, limit: Limit) -> Found | None:
    """The finding of some turns; None if what they come to is new."""
    again = [recurring(each.results(at)) for at in range(each.period)]
    if min(again) <= each.rounds - limit.inform:
        return None
    return repeated(
        *(scene, each.course, each.steps, PATTERN, limit),
        sentence=f"{' and '.join(each.names)} took turns {each.rounds} times; {max(again)} of the "
        "answers had been given before.",
        subject=", ".join(sorted(each.names)),
        repeats=each.rounds,
        period=each.period,
    )
