"""A tool that there is not, called again and again; or one that is cancelled before it answers.

A model that guesses a name is told the right ones, so the second wrong call is worth a look. That a
call was cancelled may have reasons outside of the run, so one more of those is let pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agentscope.findings.asked import UNNAMED, stretches
from agentscope.findings.chains import chains
from agentscope.findings.courses import AGENT, LLM, TOOL, Course, Step
from agentscope.findings.failing import error_of, failing_courses
from agentscope.findings.found import Found, Pattern, repeated
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.signatures.canonical import key_of
from agentscope.signatures.record import Fact
from agentscope.vocabulary import ErrorClass

PATTERN = Pattern(
    code="unknown_tool",
    version=1,
    inform=2,
    alert=4,
    confidence=0.9,
    legitimate="It is fine if the tool is being looked for, or somebody meant to cancel it.",
)
HINT = 0.6  # confidence where only the definitions that the model was sent tell
Keys = dict[tuple[int, int], int]  # kind and first row of a step → key of what is missing


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each tool that is missing, or cancelled, more than once."""
    later = replace(limit, inform=limit.inform + 1, alert=limit.alert + 1)
    wanting = scene.records["facts"] & (Fact.NO_SUCH_TOOL | Fact.UNKNOWN_TOOL) > 0
    for course in scene.courses:
        first, stop = course.rows
        if wanting[first:stop].any():
            yield from missing(scene, course, limit)
    for course in failing_courses(scene, is_cancelled, later.inform):
        yield from cancelled(scene, course, later)


def missing(scene: Scene, course: Course, limit: Limit) -> Iterator[Found]:
    """The findings of tools that there are not."""
    keys: Keys = dict(absent(scene, course))

    def key(step: Step) -> int:
        return keys.get((step.kind, step.rows[0]), 0)

    for chain in chains(scene, course, (TOOL, LLM), key) if keys else ():
        if len(chain) >= limit.inform:
            yield told(scene, course, chain, limit)


def absent(scene: Scene, course: Course) -> Iterator[tuple[tuple[int, int], int]]:
    """The steps that called a tool that there is not: by what came back; or they failed, and the
    model was not offered it. If no call of it is told of, the answer that asked stands for it."""
    facts = scene.records["facts"]
    for answer, between, after in stretches(course.steps):
        is_wanting = answer is not None and bool(facts[answer.rows[0]] & Fact.NO_SUCH_TOOL)
        acts = [step for step in between if step.kind in (TOOL, AGENT) and step.name != UNNAMED]
        for step in acts:
            is_unknown = (facts[step.rows] & Fact.UNKNOWN_TOOL).all()
            if step.kind == TOOL and (is_unknown or (is_wanting and error_of(scene, step))):
                yield (TOOL, step.rows[0]), key_of(step.names)
        if answer and is_wanting and after and not acts:
            yield (LLM, answer.rows[0]), key_of(answer.names)


def told(scene: Scene, course: Course, chain: list[Step], limit: Limit) -> Found:
    """The finding of a tool that there is not."""
    name, times = chain[0].name, len(chain)
    is_seen = chain[0].kind == TOOL
    sentence = (
        f"{name} was called {times} times, but there is no tool of this name."
        if is_seen
        else f"{name} asked {times} times for tools that it was not offered."
    )
    return repeated(
        *(scene, course, chain, PATTERN, limit),
        sentence=sentence,
        subject=name,
        repeats=times,
        most=Severity.ALERT if is_seen else Severity.WARNING,
        confidence=PATTERN.confidence if is_seen else HINT,
    )


def is_cancelled(error: ErrorClass) -> bool:
    """Whether something was called off before it answered."""
    return error is ErrorClass.CANCELLED


def cancelled(scene: Scene, course: Course, limit: Limit) -> Iterator[Found]:
    """The findings of tools that are cancelled again and again."""

    def key(step: Step) -> int:
        return key_of(step.names) if is_cancelled(error_of(scene, step)) else 0

    for chain in chains(scene, course, (TOOL,), key):
        if len(chain) >= limit.inform:
            yield repeated(
                *(scene, course, chain, PATTERN, limit),
                sentence=f"{chain[0].name} was cancelled {len(chain)} times before it answered.",
                subject=f"{chain[0].name}: cancelled",
                repeats=len(chain),
            )
