"""Equal steps among others: chains of them that nothing interrupts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentscope.findings.courses import LLM, TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.scene import Scene

WINDOW = 20  # steps: what is further apart is no repetition, however long a run lasts

Key = Callable[[Step], int]


def outcome(step: Step) -> int:
    """What was asked for and what came back, as one key; 0 if either is not known."""
    return hash((step.call, step.result)) or 1 if step.call and step.result else 0


def chains(scene: Scene, course: Course, kinds: tuple[int, ...], key: Key) -> Iterator[list[Step]]:
    """Steps of some kinds with equal keys, in order, at most WINDOW of these steps apart, between
    which nothing changed: no other tool that changes something succeeded with a call that was not
    made before, and nobody said a new word. Keys of 0 are equal to none."""
    chain: dict[int, list[tuple[int, Step]]] = {}
    made: set[int] = set()
    at, human = 0, 0
    for step in course.steps:
        word = said(scene, step)
        if is_progress(scene, step, made) or (word and human and word != human):
            yield from broken(chain)
        human = word or human
        if step.kind not in kinds or not (found := key(step)):
            continue
        at += 1
        before = chain.get(found)
        if before and at - before[-1][0] > WINDOW:
            yield [each for _, each in before]
            chain[found] = []
        chain.setdefault(found, []).append((at, step))
    yield from broken(chain)


def broken(chain: dict[int, list[tuple[int, Step]]]) -> Iterator[list[Step]]:
    """The chains so far; they begin anew."""
    for several in chain.values():
        yield [step for _, step in several]
    chain.clear()


def said(scene: Scene, step: Step) -> int:
    """The last word of a person that a model call saw; 0 if that is not known."""
    return scene.humans[step.rows[0]] if step.kind == LLM else 0


def is_progress(scene: Scene, step: Step, made: set[int]) -> bool:
    """Whether a step changed something that was not changed so before. `made` are the calls that
    were, and is kept."""
    if step.kind != TOOL or not step.call or step.call in made:
        return False
    if not any(changes_state(name) for name in step.names) or failed(scene, step):
        return False
    made.add(step.call)
    return True


def failed(scene: Scene, step: Step) -> bool:
    """Whether a step failed, or one of those that ran at the same time."""
    failures = scene.failures
    return any(failures[row] for row in step.rows)
