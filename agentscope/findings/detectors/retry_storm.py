"""Nearly everything fails, whatever is tried: guards that look at one call cannot see it.

Three failures in five steps are what separates storms from ordinary work in labelled runs; five in
a row are a whole such window. Errors that pass are left out: retries.py tells of them. So is what
failed before something was changed or a person spoke, since that was answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agentscope.findings.courses import AGENT, TOOL, Course, Step
from agentscope.findings.failing import error_of, failing_courses, phases
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.vocabulary import ErrorClass, Persistence

PATTERN = Pattern(
    code="retry_storm",
    version=1,
    inform=3,
    alert=5,
    confidence=0.85,
    legitimate="It is fine if failures are answers here, such as those of tests or of probes.",
)
WINDOW = 5  # steps, in which `inform` failures are a storm
NAMED = 5  # tools in a sentence


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each stretch of steps most of which failed."""
    for course in failing_courses(scene, counts, limit.inform):
        for phase in phases(scene, course):
            steps = [step for step in phase if step.kind in (TOOL, AGENT)]
            failed = [at for at, step in enumerate(steps) if counts(error_of(scene, step))]
            for first, last in storms(failed, limit.inform):
                if finding := told(scene, course, steps[first : last + 1], limit):
                    yield finding


def counts(error: ErrorClass) -> bool:
    """Whether a failure is one of a storm: it does not pass by itself, and nobody wanted it."""
    passes = error.persistence is Persistence.TRANSIENT or error is ErrorClass.CANCELLED
    return bool(error) and not passes


def storms(failed: list[int], fewest: int) -> list[tuple[int, int]]:
    """The first and the last position of stretches in which at least `fewest` of any WINDOW
    neighbours are among these positions; stretches that touch are one."""
    found: list[tuple[int, int]] = []
    far = fewest - 1
    for first, last in zip(failed, failed[far:], strict=False):
        if last - first >= max(WINDOW, fewest):
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def told(scene: Scene, course: Course, steps: list[Step], limit: Limit) -> Found | None:
    """The finding of a stretch. None if one tool did not find what was looked for.

    Different tools that fail are a storm. One tool that fails has a reason of its own, which
    others tell better; and where some calls succeed the work may get on.
    """
    failed = [step for step in steps if counts(error_of(scene, step))]
    errors = Counter(str(error_of(scene, step)) for step in failed)
    names = sorted({name for step in failed for name in step.names})
    if len(names) == 1 and set(errors) == {ErrorClass.NOT_FOUND}:
        return None
    worst = Severity.ALERT if len(failed) == len(steps) else Severity.WARNING
    found = repeated(
        *(scene, course, failed, PATTERN, limit),
        sentence=f"{len(failed)} of {len(steps)} steps in a row failed, of {listed(names)}: "
        f"{', '.join(sorted(errors))}.",
        subject=", ".join(names),
        repeats=len(failed),
        most=worst if len(names) > 1 else Severity.INFO,
    )
    found.agent = course.agent
    found.evidence = {"steps": len(steps), "failed": len(failed), "errors": dict(errors)}
    return found


def listed(names: list[str]) -> str:
    """Some names, and how many more there are."""
    left = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {left} more" if left > 0 else "")
