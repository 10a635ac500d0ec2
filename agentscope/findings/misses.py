"""Steps that come to nothing, or to the same, one after another: lanes of them. Pure.

A lane holds the steps of one tool, or all that look something up, or all that go to one host, for
as long as they come to the same. What comes to something else ends it, for then the search hits; so
does a change that a tool makes, a new word of a person, and a distance of more than WINDOW.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from agentscope.findings.came_of import SPEAKS
from agentscope.findings.chains import WINDOW, failed, is_progress, said
from agentscope.findings.courses import AGENT, TOOL, Course, Step
from agentscope.findings.effects import changes_state
from agentscope.findings.failing import error_of
from agentscope.findings.looks_up import checks, looks_up, runs_anything
from agentscope.findings.polls import asks_how_far
from agentscope.findings.scene import Scene
from agentscope.signatures.record import Fact
from agentscope.vocabulary import ErrorClass, Kind, Persistence

EMPTY, ASKS, IN_FOLDER = int(Fact.EMPTY), int(Fact.CALLS_TOOLS), int(Fact.IN_FOLDER)
INFORMATIVE = 32  # characters; what is shorter is an acknowledgement, or a verdict
RAW = 64  # of what a model wrote, the marks of JSON and names of fields included
NOTHING = 1  # the key of what found nothing
ANSWERS, ALL, HOST, TARGET, REASON = "answers", "all", "host", "folder or table", "reason"
Lane = tuple[str, object]  # what its steps have in common
FAILURES = (HOST, TARGET, REASON)
UNTOLD = (ErrorClass.UNKNOWN, ErrorClass.TOOL_REPORTED)  # the class does not tell whether it passes


@dataclass(slots=True)
class Misses:
    """Steps of one lane that came to the same."""

    lane: Lane
    key: int
    steps: list[Step] = field(default_factory=list)
    last: int = 0  # the position of the last of them among the steps of the course


def misses(scene: Scene, course: Course, places: Places) -> Iterator[Misses]:
    """The stretches of all lanes of a course."""
    open_: dict[Lane, Misses] = {}
    made: set[int] = set()
    at, human = 0, 0
    for step in course.steps:
        word = said(scene, step)
        if is_progress(scene, step, made) or (word and human and word != human):
            yield from open_.values()
            open_ = {}
        human = word or human
        if step.kind not in (TOOL, AGENT):
            continue
        at += 1
        for lane, key in lanes(scene, step, places):
            before = open_.get(lane)
            if before and (before.key != key or at - before.last > WINDOW):
                yield open_.pop(lane)
            if key:
                each = open_.setdefault(lane, Misses(lane, key))
                each.steps.append(step)
                each.last = at
    yield from open_.values()


class Places:
    """Where the calls of a scene go, coarsely: their hosts, folders and tables; and where in it
    agents run, and tools change something."""

    def __init__(self, scene: Scene) -> None:
        tree = scene.tree
        self.hosts: list[int] = scene.records["host"].tolist()
        self.targets: list[int] = scene.records["target"].tolist()
        self.agents: list[int] = np.flatnonzero(tree.kind == Kind.AGENT).tolist()
        named = [at for at in np.unique(tree.tool).tolist() if changes_state(tree.texts[at])]
        acts = (tree.kind == Kind.TOOL) & np.isin(tree.tool, named)
        self.changes: list[int] = np.flatnonzero(acts).tolist()

    def of(self, step: Step) -> Iterator[Lane]:
        """The lanes of a step by where it goes, if all of its calls go there."""
        for name, keys in ((HOST, self.hosts), (TARGET, self.targets)):
            where = {keys[row] for row in step.rows}
            if len(where) == 1 and 0 not in where:
                yield name, where.pop()


def any_of(rows: list[int], first: int, stop: int) -> bool:
    """Whether one of some rows, in order, is among those from `first` up to `stop`."""
    return bisect_left(rows, first) < bisect_left(rows, stop)


def lanes(scene: Scene, step: Step, places: Places) -> Iterator[tuple[Lane, int]]:
    """The lanes of a step, with what it came to; 0 for something else than nothing."""
    if failed(scene, step):
        yield from of_failure(scene, step, places)
        return
    if scene.errors:
        for lane in places.of(step):
            yield lane, 0
        yield (REASON, step.names), 0
    if step.result:
        key = came_to(scene, step, places)
        yield (ANSWERS, step.names), key
        if step.kind == TOOL and all(map(looks_up, step.names)):
            yield (ALL, ""), NOTHING if key == NOTHING else 0


def of_failure(scene: Scene, step: Step, places: Places) -> Iterator[tuple[Lane, int]]:
    """The lanes of a step that failed: what passes, or may, fails for one host, folder or table, or
    with one message. That a thing is not there is told of files alone: to ask for many things by
    their ids, most of which there are not, is work. What judges or runs anything fails in the same
    words for many reasons."""
    error = error_of(scene, step)
    if error is ErrorClass.NOT_FOUND:
        if scene.facts[step.rows[0]] & IN_FOLDER:
            yield from ((lane, NOTHING) for lane in places.of(step) if lane[0] == TARGET)
            yield (REASON, step.names), step.result
    elif error.persistence is Persistence.TRANSIENT:
        yield from ((lane, NOTHING) for lane in places.of(step))
        yield (REASON, step.names), step.result
    elif error in UNTOLD and not any(checks(name) or runs_anything(name) for name in step.names):
        yield from ((lane, step.result) for lane in places.of(step))
        if scene.sizes[step.says] >= INFORMATIVE:
            yield (REASON, step.names), step.result


def came_to(scene: Scene, step: Step, places: Places) -> int:
    """NOTHING if a step found nothing, and what it said if that may mean as much; 0 if it found or
    did something, or that is not known."""
    if asks_how_far(scene, step) or any(map(checks, step.names)):
        return 0
    if not (is_agent(scene, step, places) or looks(scene, step)):
        return 0
    if all(scene.facts[row] & EMPTY for row in told_by(step)):
        return NOTHING
    is_raw = scene.tree.kind[step.says] == Kind.LLM
    is_enough = scene.sizes[step.says] >= (RAW if is_raw else INFORMATIVE)
    return (step.result if step.result != NOTHING else 0) if is_enough else 0


def told_by(step: Step) -> list[int]:
    """The rows that tell the results of a step."""
    return step.rows if step.kind == TOOL else [step.says]


def looks(scene: Scene, step: Step) -> bool:
    """Whether the tools of a step look something up."""
    kinds = {int(scene.tree.kind[row]) for row in step.rows}
    return kinds == {Kind.RETRIEVAL} or all(map(looks_up, step.names))


def is_agent(scene: Scene, step: Step, places: Places) -> bool:
    """Whether a step is an agent, or a tool that is one, and nothing was changed by it. One that
    hands over answers nothing."""
    if step.kind == AGENT and scene.facts[step.says] & SPEAKS == ASKS:
        return False
    inside = step.rows[0] + 1, int(scene.tree.end[step.rows[-1]])
    is_one = step.kind == AGENT or any_of(places.agents, *inside)
    return is_one and not any_of(places.changes, *inside)
