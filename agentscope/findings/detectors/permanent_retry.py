"""The same permanent error, again and again: trying again cannot help.

The second identical call after such an error is already futile; three with changed arguments are a
search for a way around; four burn money.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentscope.findings.courses import LLM, TOOL, Step
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.vocabulary import ErrorClass

PATTERN = Pattern(
    code="permanent_retry",
    version=1,
    inform=3,
    alert=4,
    confidence=0.95,
    legitimate="It is fine if each call asks for another thing and a failure is an answer.",
)
PERMANENT = frozenset(
    (
        *(ErrorClass.AUTH, ErrorClass.PERMISSION, ErrorClass.QUOTA, ErrorClass.INVALID_REQUEST),
        *(ErrorClass.NOT_FOUND, ErrorClass.CONTEXT_LENGTH, ErrorClass.CONTENT_FILTER),
    )
)


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each row of failures of one class and one tool or model."""
    for course in scene.courses:
        for kind in (TOOL, LLM):
            for error, chain in failures(scene, course.of(kind)):
                if len(chain) < limit.inform or is_probe(error, chain):
                    continue
                name, calls = chain[0].name, {step.call for step in chain}
                same = ", each time called with the same arguments" if 0 not in calls else ""
                yield repeated(
                    *(scene, course, chain, PATTERN, limit),
                    sentence=f"{name} failed {len(chain)} times in a row with the permanent error "
                    f"{error}{same if len(calls) == 1 else ''}.",
                    subject=f"{name}: {error}",
                    repeats=len(chain),
                )


def failures(scene: Scene, steps: list[Step]) -> Iterator[tuple[str, list[Step]]]:
    """Neighbours that failed permanently in one way, with the class of the error."""
    chain: list[Step] = []
    before: tuple[str, str] = ("", "")
    for step in steps:
        now = (step.name, error_of(scene, step))
        if now != before and chain:
            yield before[1], chain
            chain = []
        before = now
        if now[1] in PERMANENT:
            chain.append(step)
    if chain:
        yield before[1], chain


def error_of(scene: Scene, step: Step) -> str:
    """The class of a failure, "" where the step did not fail."""
    text: str = scene.tree.texts[scene.tree.error_class[step.rows[0]]]
    return text


def is_probe(error: str, chain: list[Step]) -> bool:
    """Whether different things are looked for, and not found."""
    return error == ErrorClass.NOT_FOUND and len({step.call for step in chain}) == len(chain)
