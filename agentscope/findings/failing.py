"""Steps that failed, between the steps at which something changed. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import groupby

from agentscope.findings.chains import is_progress, said
from agentscope.findings.courses import TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.scene import Scene
from agentscope.vocabulary import ErrorClass


def failing_courses(
    scene: Scene, counts: Callable[[ErrorClass], bool], fewest: int
) -> Iterator[Course]:
    """The courses with at least so many errors that count: few, so that the others cost next to
    nothing."""
    rows = sorted(row for row, error in scene.errors.items() if counts(error))
    for course in scene.courses if len(rows) >= fewest else ():
        first, stop = course.rows
        if bisect_left(rows, stop) - bisect_left(rows, first) >= fewest:
            yield course


def error_of(scene: Scene, step: Step) -> ErrorClass:
    """Why a step failed; NONE if it did not, or if one of the calls that ran at the same time did
    not. Different reasons at the same time are UNKNOWN."""
    found = {scene.errors.get(row, ErrorClass.NONE) for row in step.rows}
    if ErrorClass.NONE in found:
        return ErrorClass.NONE
    return found.pop() if len(found) == 1 else ErrorClass.UNKNOWN


def phases(scene: Scene, course: Course) -> Iterator[list[Step]]:
    """The steps of a course, parted where something changed: a tool that changes something
    succeeded, with a call that was not made before or is not known; or a person said a new word.
    What failed before that is another matter than what fails after it."""
    phase: list[Step] = []
    made: set[int] = set()
    human = 0
    for step in course.steps:
        word = said(scene, step)
        if (word and human and word != human) or has_changed(scene, step, made):
            yield phase
            phase = []
        human = word or human
        phase.append(step)
    yield phase


def has_changed(scene: Scene, step: Step, made: set[int]) -> bool:
    """Whether a step changed something, as far as one can tell. `made` are the calls that did, and
    is kept."""
    if step.call:
        return is_progress(scene, step, made)
    changes = step.kind == TOOL and any(changes_state(name) for name in step.names)
    return changes and not error_of(scene, step)


def runs_of(scene: Scene, steps: list[Step]) -> Iterator[tuple[ErrorClass, list[Step]]]:
    """Neighbours of one name that failed for one reason."""
    for (_, error), run in groupby(steps, key=lambda step: (step.names, error_of(scene, step))):
        if error:
            yield error, list(run)


def is_told_by_class(error: ErrorClass) -> bool:
    """Whether a repetition of an error is told of by a detector of its own. Others are told of as
    any result that comes again."""
    return bool(error) and error not in {ErrorClass.TOOL_REPORTED, ErrorClass.UNKNOWN}
