"""Runs of an agent inside of other runs of the same agent, and what each was asked to do. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.findings.blocks import first_in
from agentscope.findings.scene import Scene
from agentscope.signatures.sketch import likeness
from agentscope.traces.above import nearest
from agentscope.vocabulary import Kind

THRICE = 3  # times, before it is worth a walk
ALIKE = 0.9  # of two tasks: passed on in nearly the same words


@dataclass(slots=True)
class Nested:
    """A run, and the nearest one of the same agent around it."""

    run: Run
    around: int | None  # position in the list of all
    is_same_task: bool | None  # as that one had; None: not known
    works: bool  # it calls tools of its own, beside those that delegate


def nested(scene: Scene) -> list[Nested]:
    """All runs in reading order, if some agent is inside of itself twice; else none, for that needs
    a walk over them."""
    paths = {int(scene.tree.path[run.rows[0]]) for run in scene.runs}
    if not any(recurs(scene.tree.texts[path]) for path in paths):
        return []
    works = working(scene)
    found: list[Nested] = []
    for run, around in zip(scene.runs, arounds(scene), strict=True):
        same = None if around is None else is_same_task(scene, scene.runs[around], run)
        found.append(Nested(run, around, same, run.rows[0] in works))
    return found


def recurs(path: str) -> bool:
    """Whether an agent is there three times on a path."""
    return max(Counter(path.split("/")).values()) >= THRICE


def arounds(scene: Scene) -> Iterator[int | None]:
    """For each run the nearest one of the same agent around it, by position."""
    ends = scene.tree.end
    open_runs: dict[str, list[tuple[int, int]]] = defaultdict(list)  # position, end
    for at, run in enumerate(scene.runs):
        row = run.rows[0]
        around = open_runs[run.agent]
        while around and around[-1][1] <= row:
            around.pop()
        yield around[-1][0] if around else None
        around.append((at, int(ends[row])))


def working(scene: Scene) -> set[int]:
    """The first rows of runs that call a tool which no other agent is inside of."""
    tree = scene.tree
    firsts = np.array(sorted(run.rows[0] for run in scene.runs))
    tools = np.flatnonzero(tree.kind == Kind.TOOL)
    holds = np.searchsorted(firsts, tools, side="right") < np.searchsorted(firsts, tree.end[tools])
    begins = np.zeros(len(tree), bool)
    begins[firsts] = True
    return set(nearest(tree.parent, begins)[tools[~holds]].tolist())


def is_same_task(scene: Scene, outer: Run, inner: Run) -> bool | None:
    """Whether two runs were asked for the same, or nearly; None if that is not known."""
    rows = outer.rows[0], inner.rows[0]
    above = [int(scene.tree.parent[row]) for row in rows]
    for one, other in (rows, above):
        first, second = scene.records[one], scene.records[other]
        if min(one, other) >= 0 and first["call"] and second["call"]:
            alike = likeness(first["arguments"], second["arguments"])
            return bool(first["call"] == second["call"] or alike >= ALIKE)
    words = [word(scene, row) for row in rows]
    return words[0] == words[1] if all(words) else None


def word(scene: Scene, row: int) -> int:
    """What the first model call of a run was told; 0 if that is not known."""
    told = first_in(scene.heard, row, int(scene.tree.end[row]))
    return 0 if told is None else int(scene.records["human"][told])
