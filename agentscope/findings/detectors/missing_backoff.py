"""A call that failed for a reason that passes, tried again without waiting longer.

Clients of model providers make three attempts by default; the fourth without a growing wait is
somebody's own loop. Ten are what users of such loops reported bills for. Waits of ten seconds and
more are patient, even where they stay the same, and so is who waits as long as the other side asks.
Who does not, although it was said, is told from the second time on: the first may have been under
way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.findings.failing import failing_courses
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.retries import Backoff, Retries, passes, retries
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.vocabulary import PICO

PATTERN = Pattern(
    code="missing_backoff",
    version=2,
    inform=4,
    alert=10,
    confidence=0.85,
    legitimate="It is fine if the other side said how long to wait, and that was done.",
)
TOO_SOON = 2
PATIENT_NS = 10 * 10**9
HINT = 0.4  # confidence where nobody knows whether it was the same call
SECOND = 10**9  # ns
BETWEEN = {
    Backoff.NONE: "less than a second after one another",
    Backoff.CONSTANT: "without longer and longer waits between them",
}


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each call that was tried again and again too soon."""
    for course in failing_courses(scene, passes, min(limit.inform, TOO_SOON)):
        for each in retries(scene, course):
            is_many = len(each.failed) >= limit.inform
            if len(each.too_soon(scene)) >= TOO_SOON or (is_many and not is_patient(scene, each)):
                yield told(scene, each, limit)


def is_patient(scene: Scene, each: Retries) -> bool:
    """Whether somebody waits longer and longer, or long, or as long as was asked for."""
    asked = each.told(scene)
    waits_as_asked = any(asked) and not each.too_soon(scene)
    return waits_as_asked or each.backoff is Backoff.GROWING or max(each.gaps) >= PATIENT_NS


def told(scene: Scene, each: Retries, limit: Limit) -> Found:
    """The finding of some attempts."""
    failed, name = each.failed, each.steps[0].name
    ended = "the next attempt succeeded" if each.recovered else "none succeeded"
    found = repeated(
        *(scene, each.course, failed, PATTERN, limit),
        sentence=f"{name} failed {len(failed)} times ({', '.join(sorted(set(each.errors)))}) "
        f"{how(scene, each)}; {ended}.",
        subject=name,
        repeats=len(failed),
        most=Severity.ALERT if each.is_known else Severity.INFO,
        confidence=PATTERN.confidence if each.is_known else HINT,
    )
    found.evidence = evidence(scene, each)
    return found


def how(scene: Scene, each: Retries) -> str:
    """How soon was tried again."""
    soon = each.too_soon(scene)
    if len(soon) < TOO_SOON:
        return BETWEEN[each.backoff]
    gap, asked = min(soon, key=lambda pair: pair[0] / pair[1])
    return (
        f"and was tried again sooner than it asked for, {len(soon)} times:"
        f" after {gap / SECOND:.1f} s of {asked / SECOND:.1f} s"
    )


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
        **(
            {"asked_wait_s": max(asked) / SECOND}
            if (asked := each.told(scene)) and any(asked)
            else {}
        ),
        "failed_cost_usd": f"{each.pico(scene) * PICO:f}",
    }
