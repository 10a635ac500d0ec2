"""A call that failed for a reason that passes, tried again without waiting longer.

Clients of model providers make three attempts by default; the fourth without a growing wait is
somebody's own loop. Ten are what users of such loops reported bills for. Waits of ten seconds and
more are patient, even where they stay the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.findings.failing import failing_courses
from agentscope.findings.found import Found, Pattern, Severity, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.retries import Backoff, Retries, passes, retries
from agentscope.findings.scene import Scene
from agentscope.traces.tree import PICO

PATTERN = Pattern(
    code="missing_backoff",
    version=1,
    inform=4,
    alert=10,
    confidence=0.85,
    legitimate="It is fine if the other side said how long to wait, and that was done.",
)
PATIENT_NS = 10 * 10**9
HINT = 0.4  # confidence where nobody knows whether it was the same call
SECOND = 10**9  # ns
BETWEEN = {
    Backoff.NONE: "less than a second after one another",
    Backoff.CONSTANT: "without longer and longer waits between them",
}


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each call that was tried again and again too soon."""
    for course in failing_courses(scene, passes, limit.inform):
        for each in retries(scene, course):
            is_patient = each.backoff is Backoff.GROWING or max(each.gaps) >= PATIENT_NS
            if len(each.failed) >= limit.inform and not is_patient:
                yield told(scene, each, limit)


def told(scene: Scene, each: Retries, limit: Limit) -> Found:
    """The finding of some attempts."""
    failed, name = each.failed, each.steps[0].name
    ended = "the next attempt succeeded" if each.recovered else "none succeeded"
    found = repeated(
        *(scene, each.course, failed, PATTERN, limit),
        sentence=f"{name} failed {len(failed)} times ({', '.join(sorted(set(each.errors)))}) "
        f"{BETWEEN[each.backoff]}; {ended}.",
        subject=name,
        repeats=len(failed),
        most=Severity.ALERT if each.is_known else Severity.INFO,
        confidence=PATTERN.confidence if each.is_known else HINT,
    )
    found.evidence = evidence(scene, each)
    return found


def evidence(scene: Scene, each: Retries) -> dict[str, Any]:
    """The numbers of some attempts: waits in seconds, costs in USD."""
    waits = [gap / SECOND for gap in each.gaps]
    return {
        "attempts": len(each.steps),
        "failed": len(each.failed),
        "backoff": str(each.backoff),
        "shortest_wait_s": round(min(waits), 3),
        "longest_wait_s": round(max(waits), 3),
        "recovered": each.recovered,
        "failed_cost_usd": f"{each.pico(scene) * PICO:f}",
    }
