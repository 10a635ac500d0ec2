"""A validator that says the same of every attempt.

One or two repairs are how models work; at the third equal message nothing is being repaired. Where
each message is another one, something may be, and twice as many are let pass. Where nobody knows
what the validator said, the attempts are only counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.failing import failing_courses, phases, runs_of
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.vocabulary import ErrorClass

PATTERN = Pattern(
    code="validation_retry",
    version=1,
    inform=3,
    alert=5,
    confidence=0.9,
    legitimate="It is fine if each attempt leaves fewer problems than the one before.",
)
FUTILE = 2  # identical calls: the second is worth knowing
CHANGING = 2  # times as many, where the messages differ
HINT = 0.4  # confidence where nobody knows the messages


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of attempts that were refused."""
    for course in failing_courses(scene, is_refused, FUTILE):
        for phase in phases(scene, course):
            for kind in (TOOL, LLM):
                steps = [step for step in phase if step.kind == kind]
                for error, run in runs_of(scene, steps):
                    if is_refused(error):
                        yield from judged(scene, course, run, limit)


def is_refused(error: ErrorClass) -> bool:
    """Whether something did not fit its schema."""
    return error is ErrorClass.VALIDATION


def judged(scene: Scene, course: Course, run: list[Step], limit: Limit) -> Iterator[Found]:
    """The finding of refused attempts, if there are enough."""
    said = Counter(step.result for step in run if step.result)
    same = max(said.values(), default=0)
    is_same_call = run[0].call and len({step.call for step in run}) == 1
    times = len(run)
    if same >= limit.inform:
        words = f", {same} times with the same message"
        yield told(scene, course, run, limit, words, same)
    elif said and times >= limit.times(CHANGING).inform:
        words = f", with {len(said)} different messages"
        yield told(scene, course, run, limit.times(CHANGING), words, times)
    elif is_same_call and times >= FUTILE:
        yield told(scene, course, run, limit, " with the same arguments", times)
    elif not said and times >= limit.inform:
        words = "; what the validator said is not known"
        yield told(scene, course, run, limit, words, times, is_known=False)


def told(
    scene: Scene,
    course: Course,
    run: list[Step],
    limit: Limit,
    words: str,
    repeats: int,
    *,
    is_known: bool = True,
) -> Found:
    """The finding, in `words` that say how the attempts were alike."""
    return repeated(
        *(scene, course, run, PATTERN, limit),
        sentence=f"What {run[0].name} was given or gave did not fit its schema {len(run)} times in "
        f"a row{words}.",
        subject=run[0].name,
        repeats=repeats,
        most=Severity.ALERT if is_known else Severity.INFO,
        confidence=PATTERN.confidence if is_known else HINT,
    )
