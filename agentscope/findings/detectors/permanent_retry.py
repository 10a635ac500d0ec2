"""The same permanent error, again and again: trying again cannot help.

The second identical call after a failure is futile in nearly all labelled runs (98 %), and worth
knowing; three with changed arguments are a search for a way around; four burn money. Other tools
that fail for the same reason are such a search too. Of errors whose class does not tell whether
they last only two identical calls are told here: a third is a repetition like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.failing import (
    error_of,
    failing_courses,
    is_told_by_class,
    phases,
    runs_of,
)
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.vocabulary import ErrorClass, Persistence

PATTERN = Pattern(
    code="permanent_retry",
    version=2,
    inform=3,
    alert=4,
    confidence=0.95,
    legitimate="It is fine if each call asks for another thing and a failure is an answer.",
)
FUTILE = 2  # identical calls
HINT = 0.4  # confidence where nobody knows whether different things were looked for


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of failures of one class, and one tool or model if it is by one."""
    for course in failing_courses(scene, may_last, FUTILE):
        for phase in phases(scene, course):
            for kind in (TOOL, LLM):
                steps = [step for step in phase if step.kind == kind]
                for error, run in rows_of(scene, steps, limit):
                    yield from judged(scene, course, error, run, limit)


def may_last(error: ErrorClass) -> bool:
    """Whether trying again may not help after an error, as far as its class tells."""
    return error.persistence is Persistence.PERMANENT or not is_told_by_class(error)


def rows_of(
    scene: Scene, steps: list[Step], limit: Limit
) -> Iterator[tuple[ErrorClass, list[Step]]]:
    """Neighbours that failed for one reason: each name alone, if one of them is a finding; else
    all together, where the reason is the same for all. That something is not there is not."""
    for error, same in groupby(steps, key=lambda step: error_of(scene, step)):
        run = list(same)
        alone = list(runs_of(scene, run))
        lasts = error.persistence is Persistence.PERMANENT and error is not ErrorClass.NOT_FOUND
        is_enough = any(times_of(error, each) >= limit.inform for _, each in alone)
        if lasts and len(alone) > 1 and not is_enough and len(run) >= limit.inform:
            yield error, run
        else:
            yield from alone


def judged(
    scene: Scene, course: Course, error: ErrorClass, run: list[Step], limit: Limit
) -> Iterator[Found]:
    """The findings of neighbours that failed for one reason."""
    lasts = error.persistence is Persistence.PERMANENT
    if lasts and times_of(error, run) >= limit.inform:
        yield told(scene, course, error, run, limit)
    elif lasts or not is_told_by_class(error):
        for alike in identical(run):
            if lasts or len(alike) == FUTILE or not alike[0].result:
                yield told(scene, course, error, alike, limit)


def told(scene: Scene, course: Course, error: ErrorClass, run: list[Step], limit: Limit) -> Found:
    """The finding of some failures."""
    name = ", ".join(sorted({step.name for step in run}))
    calls = {step.call for step in run}
    which = "permanent error" if error.persistence is Persistence.PERMANENT else "error"
    same = ", each time called with the same arguments" if 0 not in calls else ""
    is_guess = is_search(error, run) and 0 in calls
    return repeated(
        *(scene, course, run, PATTERN, limit),
        sentence=f"{name} failed {len(run)} times in a row with the {which} {error}"
        f"{same if len(calls) == 1 else ''}.",
        subject=f"{name}: {error}",
        repeats=times_of(error, run),
        most=Severity.INFO if is_guess else Severity.ALERT,
        confidence=HINT if is_guess else PATTERN.confidence,
    )


def identical(run: list[Step]) -> Iterator[list[Step]]:
    """Neighbours with the same known call, as often as is futile. What came back must not differ,
    as far as it is known."""
    for (call, _), alike in groupby(run, key=lambda step: (step.call, step.result)):
        steps = list(alike)
        if call and len(steps) >= FUTILE:
            yield steps


def times_of(error: ErrorClass, run: list[Step]) -> int:
    """How often the same was tried. A search that finds nothing tries each thing once, which is
    once in all."""
    if not is_search(error, run):
        return len(run)
    known = [step.call for step in run if step.call]
    return len(run) - max(0, len(set(known)) - 1)


def is_search(error: ErrorClass, run: list[Step]) -> bool:
    """Whether "not found" may be an answer: of a tool it may, of a model it may not."""
    return error is ErrorClass.NOT_FOUND and run[0].kind == TOOL
