"""All findings of a trace. Pure: a function of its spans and of the limits of its project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentscope.findings.detectors import DETECTORS
from agentscope.findings.found import Found
from agentscope.findings.limits import USUAL, Limits
from agentscope.findings.scene import Scene

NEARLY_ALL = 0.8  # of the steps of a finding: it says nothing of its own then


def detect(scene: Scene, limits: Limits = USUAL) -> list[Found]:
    """The findings of a trace, the most severe first, then in order of time."""
    starts = scene.tree.start_ns
    return sorted(
        without_repetition(every(scene, limits)),
        key=lambda found: (
            -found.severity,
            int(starts[found.rows[0]]),
            found.pattern.code,
            found.rows,
        ),
    )


def every(scene: Scene, limits: Limits) -> Iterator[Found]:
    """What each detector finds, in their order."""
    for each in DETECTORS:
        pattern = each.PATTERN
        limit = limits.of_repeats(pattern.code, pattern.inform, pattern.alert)
        if limit.enabled:
            yield from each.detect(scene, limit)


def without_repetition(findings: Iterable[Found]) -> list[Found]:
    """Of what several detectors find in the same steps, or in nearly the same, what the first of
    them says."""
    kept: list[Found] = []
    told: set[int] = set()
    for found in findings:
        if found.pattern.apart:
            kept.append(found)
        elif sum(row in told for row in found.rows) < NEARLY_ALL * len(found.rows):
            kept.append(found)
            told.update(found.rows)
    return kept
