"""The same work is picked again and again, in a trace of its own each time, and comes to nothing.

Each of these traces looks normal. Together they have one name, were asked the same within a day,
but for the time and the number of the run, and all failed in the same way (class, type and message
of the error, without what varies), or changed nothing and gave the same answer. Three are worth a
look; five that cost something are money that is burnt by the clock. Time is no floor here, for a
schedule takes its time. Evaluations and probes do the same on purpose: they are left out where an
attribute, the environment or a name says so (outline.is_on_purpose).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentscope.findings.earlier import Ended, Outline
from agentscope.findings.found import Found, Pattern, Spent, of_rows, severity
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene

PATTERN = Pattern(
    code="rescheduled_work",
    version=2,
    inform=3,
    alert=5,
    confidence=0.85,
    legitimate="It is fine if the run only looks whether there is anything to do.",
)
MOST_TOLD = 20  # traces in the evidence
Outcome = tuple[str, int]


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for a trace that ends as those before it did."""
    own = scene.earlier.own
    how = outcome(own) if own else None
    if own is None or how is None:
        return
    before = list(with_outcome(how, scene.earlier.same_work))
    if len(before) + 1 < limit.inform:
        return
    times = len(before) + 1
    end = "failed in the same way" if own.ended == Ended.FAILED else "changed nothing"
    yield of_rows(
        *(scene, [0], PATTERN),
        severity(times, limit, spent_by([own, *before[:-1]])),
        sentence=f"It ran {times} times within a day with the same input, and each time {end}.",
        subject=scene.name,
        repeats=times,
        evidence={"earlier": [{"trace": each.trace_id.hex} for each in before[:MOST_TOLD]]},
    )


def outcome(said: Outline) -> Outcome | None:
    """How a trace came to nothing; None if it did not, or nobody knows."""
    if said.ended == Ended.FAILED:
        return ("failed", said.error) if said.error else None
    if said.ended == Ended.WELL and said.result and not said.has_effect:
        return "nothing", said.result
    return None


def with_outcome(how: Outcome, before: Sequence[Outline]) -> Iterator[Outline]:
    """The traces before, the newest first, up to the first with another outcome. Those of which
    nobody knows how they ended do not count."""
    for each in before:
        if each.ended == Ended.OPEN:
            continue
        if outcome(each) != how:
            return
        yield each


def spent_by(several: Sequence[Outline]) -> Spent:
    """What some traces spent together."""
    return Spent(
        tokens=sum(each.tokens for each in several),
        pico=sum(each.pico for each in several),
        unpriced=sum(each.unpriced for each in several),
    )
