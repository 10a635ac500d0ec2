"""A run that is resumed starts over, and repeats the steps that were finished.

What a trace repeats is the beginning of the one before it in its session, if that one failed, was
paused or never ended, or is linked as its earlier part: it is asked the same, and its first tool
calls are those that had succeeded there. One or two may be how every run of this agent begins;
three in the same order with the same arguments are work that was lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentscope.findings.earlier import Ended, Outline
from agentscope.findings.found import Found, Pattern, of_rows, severity, spent_since
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="lost_state",
    version=1,
    inform=3,
    alert=10,
    confidence=0.9,
    legitimate="It is fine if the work was meant to begin anew.",
)
HINT = 0.5  # confidence where nobody knows what was asked for
HOW = {
    Ended.WELL: "which it continues",
    Ended.FAILED: "which had failed",
    Ended.PAUSED: "which had been paused",
    Ended.OPEN: "which never ended",
}


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for a trace that begins as an unfinished one before it did."""
    own = scene.earlier.own
    before = continued(own, scene.earlier.before) if own and own.steps else None
    if own is None or before is None:
        return
    count = alike(own.steps, before.steps)
    is_known = bool(own.input and before.input)
    if count < limit.inform or (is_known and own.input != before.input):
        return
    rows = sorted((*scene.kept.states[:1], *scene.kept.steps[:count]), key=scene.when)
    most = Severity.ALERT if is_known else Severity.INFO
    yield of_rows(
        *(scene, rows, PATTERN),
        min(most, severity(count, limit, spent_since(scene, rows))),
        sentence=f"It began anew: its first {count} tool calls had succeeded with the same "
        f"arguments in the trace before it, {HOW[before.ended]}.",
        subject=scene.name,
        repeats=count,
        confidence=PATTERN.confidence if is_known else HINT,
        evidence={"earlier": [{"trace": before.trace_id.hex}]},
    )


def continued(own: Outline, before: Sequence[Outline]) -> Outline | None:
    """The last trace that began with the same step, if this one continues it."""
    last = next((each for each in before if each.steps[:1] == own.steps[:1]), None)
    if last is None or (last.ended == Ended.WELL and last.trace_id not in own.links):
        return None
    return last


def alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many of the first keys are the same."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
