"""A run is resumed from an older state than the last one: what was done since then is forgotten, or
done again on another branch.

A state is what a model was sent, known by its last message, what people had said and the number of
its tokens; or by its id, where a call or a run says from which answer or checkpoint it goes on. The
first state of a trace is looked for among those of the traces before it in its session. If one of
them had gone on from there, this is a fork; at its very beginning it is only the same question
again, unless the state has an id and what came of it ended well. Two that continue from where a
third was paused are a fork as well, unless the first of them failed. A single model call that is
forgotten is worth knowing, and worth a look if the trace had changed something; ten are a part of
the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentscope.findings.earlier import Ended, Outline
from agentscope.findings.found import Found, Pattern, Spent, of_rows, severity
from agentscope.findings.limits import Limit
from agentscope.findings.outline import MOST
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="stale_checkpoint",
    version=2,
    inform=1,
    alert=10,
    confidence=0.8,
    legitimate="It is fine if somebody went back on purpose, to edit a message or to try again.",
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for a trace that continues from an older state of its session."""
    own, before = scene.earlier.own, scene.earlier.before
    if own is None or not own.states or not own.states[0]:
        return
    at = next((at for at, each in enumerate(before) if own.states[0] in each.states), None)
    if at is None:
        return
    later = gone_on(own.states[0], before[at], before[at + 1 :])
    if not later and scene.kept.states[0] in scene.bases:
        later = gone_on_by_id(own.states[0], before[at])
    if later < limit.inform:
        return
    calls = "1 model call" if later == 1 else f"{later} model calls"
    most = Severity.ALERT if before[at].has_effect else Severity.INFO
    effect = ", and changed something" if before[at].has_effect else ""
    yield of_rows(
        *(scene, scene.kept.states[:1], PATTERN),
        min(most, severity(later, limit, Spent(own.tokens, own.pico, own.unpriced))),
        sentence=f"It continues from an older state: an earlier trace of the session went on from "
        f"there for {calls}{effect}.",
        subject=scene.name,
        repeats=later,
        evidence={"earlier": [{"trace": before[at].trace_id.hex}]},
    )


def gone_on(state: int, other: Outline, still_earlier: Sequence[Outline]) -> int:
    """How many model calls a trace had made since a state of its own; 0 where that is the last that
    is known of it, or no state that it was left in."""
    place = len(other.states) - 1 - other.states[::-1].index(state)
    later = len(other.states) - 1 - place
    if place == 0:
        was_resumed = bool(still_earlier) and still_earlier[0].ended == Ended.PAUSED
        return len(other.states) if was_resumed and other.ended == Ended.WELL else 0
    return 0 if place == MOST - 1 else later


def gone_on_by_id(state: int, other: Outline) -> int:
    """How many model calls a trace had made that began at a state with an id, and ended well: what
    failed may be tried again from there."""
    began_there = other.states[0] == state and other.ended == Ended.WELL
    return len(other.states) if began_there else 0
