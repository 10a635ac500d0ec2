"""Several calls in the same order with the same results, round after round.

A cycle needs three whole rounds: two are a second try. Guards of agent frameworks look for periods
of two to eight.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.chains import outcome
from agentscope.findings.courses import TOOL
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.measures import in_turn
from agentscope.findings.periods import cycles
from agentscope.findings.scene import Scene

PATTERN = Pattern(
    code="cycle",
    version=1,
    inform=3,
    alert=5,
    confidence=0.95,
    legitimate="It is fine if the calls are meant to be made in rounds until something changes.",
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each stretch of tool calls of a period of two or more."""
    for course in scene.courses:
        steps = course.of(TOOL)
        for each in cycles([outcome(step) for step in steps], limit.inform):
            if each.period == 1:
                continue
            part = steps[each.first : each.stop]
            names = [step.name for step in part[: each.period]]
            yield repeated(
                *(scene, course, part, PATTERN, limit),
                sentence=f"{', '.join(in_turn(names))} were called in this order {each.repeats} "
                "times with the same arguments and results.",
                subject=", ".join(sorted(names)),
                repeats=each.repeats,
                period=each.period,
            )
