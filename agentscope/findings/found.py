"""What a detector finds, before it is written down. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agentscope.findings.courses import TOOL, Course, Step
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity


@dataclass(slots=True, frozen=True)
class Spent:
    """What was spent from a first repeat on."""

    tokens: int = 0
    pico: int = 0  # 1e-12 USD, of the calls whose price is known
    unpriced: int = 0  # calls
    nanoseconds: int = 0


@dataclass(slots=True, frozen=True)
class Pattern:
    """What is said of every finding of a detector."""

    code: str
    version: int  # raise it when the same spans give another finding
    inform: int  # repeats
    alert: int
    confidence: float  # 0 to 1: how often such a shape is what it looks like
    legitimate: str  # what would make it so
    apart: bool = False  # about something else than work: hides no other finding, nor is hidden


@dataclass(slots=True)
class Found:
    """One finding in one trace."""

    pattern: Pattern
    severity: Severity
    sentence: str  # one true sentence of observed counts
    subject: str  # what repeats: a tool, agents in order; a part of the fingerprint
    agent: str
    path: str
    rows: list[int]  # of the tree: the steps that are the evidence, in order of time
    spent: Spent
    confidence: float
    period: int = 1
    repeats: int = 0
    evidence: dict[str, Any] = field(default_factory=dict)  # numbers by their names


# An alert says that money or time burns: below all of these a repetition is only shown.
ALERT_TOKENS = 20_000
ALERT_PICO = 25 * 10**10  # 0.25 USD
ALERT_NS = 5 * 60 * 10**9


def repeated(
    scene: Scene,
    course: Course,
    steps: Sequence[Step],
    pattern: Pattern,
    limit: Limit,
    *,
    sentence: str,
    subject: str,
    repeats: int,
    period: int = 1,
    most: Severity = Severity.ALERT,
    confidence: float | None = None,
) -> Found:
    """The finding that these steps of a course repeat themselves. It is `most` at the worst."""
    used = spent(scene, course, steps[period:] or steps)
    return Found(
        pattern=pattern,
        severity=min(most, severity(repeats, limit, used)),
        sentence=sentence,
        subject=subject,
        agent=course.agent or (steps[0].name if period > 1 else ""),
        path=course.path,
        rows=[row for step in steps for row in step.rows],
        spent=used,
        confidence=pattern.confidence if confidence is None else confidence,
        period=period,
        repeats=repeats,
    )


def of_rows(
    scene: Scene,
    rows: Sequence[int],
    pattern: Pattern,
    level: Severity,
    *,
    sentence: str,
    subject: str,
    repeats: int,
    confidence: float | None = None,
    evidence: dict[str, Any] | None = None,
) -> Found:
    """A finding that is told by some rows, in order of time, by whatever run they belong to."""
    tree = scene.tree
    return Found(
        pattern=pattern,
        severity=level,
        sentence=sentence,
        subject=subject,
        agent=tree.texts[tree.agent[rows[0]]],
        path=tree.texts[tree.path[rows[0]]],
        rows=list(rows),
        spent=spent_since(scene, rows),
        confidence=pattern.confidence if confidence is None else confidence,
        repeats=repeats,
        evidence=evidence or {},
    )


def spent_since(scene: Scene, rows: Sequence[int]) -> Spent:
    """What a whole trace spent from the first of some rows to the end of the last."""
    tree, several = scene.tree, list(rows)
    starts = tree.start_ns[several]
    start, last = int(starts.min()), int(np.maximum(tree.end_ns[several], starts).max())
    everything = Course("", "", (0, len(tree)))
    end = max(start, last - 1)  # what begins at that moment is the next step
    return spent(scene, everything, [Step(TOOL, list(rows), (), start, end)])


def severity(repeats: int, limit: Limit, used: Spent) -> Severity:
    """ALERT from the limit's `alert` on, if what was spent is worth it; INFO below `inform`."""
    is_dear = used.tokens >= ALERT_TOKENS or used.pico >= ALERT_PICO or used.nanoseconds >= ALERT_NS
    if repeats >= limit.alert and is_dear:
        return Severity.ALERT
    return Severity.WARNING if repeats >= limit.inform else Severity.INFO


def spent(scene: Scene, course: Course, steps: Sequence[Step]) -> Spent:
    """What the run of an agent spent between the first and the last of these steps, both included,
    with all that it called."""
    start, end = steps[0].start_ns, max(step.end_ns for step in steps)
    tokens, pico, unpriced = scene.blocks.between(course.rows, start, end)
    return Spent(tokens, pico, unpriced, nanoseconds=end - start)
