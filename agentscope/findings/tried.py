"""The retries of a stored trace, worked out when somebody asks: nothing is wrong with most of them,
so they are no findings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from agentscope.agents.invoked import runs
from agentscope.findings.courses import LLM
from agentscope.findings.retries import Backoff, Retries, passes, retries
from agentscope.findings.scene import CLASSES, Scene, scene
from agentscope.traces.load import load_spans
from agentscope.traces.read import trace_tree
from agentscope.traces.tree import UNKNOWN, Tree
from agentscope.vocabulary import PICO

FEWEST = 2  # errors that pass: a single one says nothing of how waits grow


@dataclass(slots=True, frozen=True)
class Tried:
    """Attempts at one call, the first included, in order of time."""

    agent: str
    path: str
    of: str  # model or tool
    name: str
    errors: list[str]  # classes, of the attempts that failed
    waits: list[int]  # ns, between the attempts
    backoff: Backoff
    recovered: bool  # the last attempt succeeded
    is_known: bool  # that it was the same call; else calls of one name that nothing came between
    failed_cost: Decimal  # USD, known, of the attempts that failed
    unpriced: int  # of these attempts, spans of unknown cost
    span_ids: list[int]


def retries_of_trace(project_id: int, trace_id: UUID) -> list[Tried] | None:
    """The retries of a trace in order of time. None if the project has no such trace. Spans are
    read only where enough errors pass; their content never is."""
    tree = trace_tree(project_id, trace_id)
    return None if tree is None else retries_of_tree(project_id, trace_id, tree)


def retries_of_tree(project_id: int, trace_id: UUID, tree: Tree) -> list[Tried]:
    """The same where the tree is known."""
    if transient(tree) < FEWEST:
        return []
    spans = load_spans(project_id, trace_id).follow(tree.span_id)
    seen = scene(tree, spans, runs(tree))
    found = [each for course in seen.courses for each in retries(seen, course)]
    found.sort(key=lambda each: (each.steps[0].start_ns, each.steps[0].rows))
    return [tried(seen, each) for each in found]


def transient(tree: Tree) -> int:
    """How many rows failed with an error that passes."""
    return int(passing(tree).sum())


def may_be_tried(tree: Tree, row: int) -> bool:
    """Whether a row may be one of several attempts: enough of its name failed with an error that
    passes, itself or others. Cheap to know."""
    alike = (tree.name == tree.name[row]) & (tree.kind == tree.kind[row])
    return bool((passing(tree) & alike).any()) and transient(tree) >= FEWEST


def passing(tree: Tree) -> NDArray[np.bool_]:
    """Which rows failed with an error that passes."""
    classes = [
        at for at, text in enumerate(tree.texts) if text in CLASSES and passes(CLASSES[text])
    ]
    return np.isin(tree.error_class, classes)


def tried(seen: Scene, each: Retries) -> Tried:
    """Retries with what their rows say."""
    tree, rows = seen.tree, [row for step in each.failed for row in step.rows]
    return Tried(
        agent=each.course.agent,
        path=each.course.path,
        of="model" if each.steps[0].kind == LLM else "tool",
        name=each.steps[0].name,
        errors=[str(error) for error in each.errors],
        waits=each.gaps,
        backoff=each.backoff,
        recovered=each.recovered,
        is_known=each.is_known,
        failed_cost=each.pico(seen) * PICO,
        unpriced=int((tree.cost[rows] == UNKNOWN).sum()),
        span_ids=[int(tree.span_id[row]) for step in each.steps for row in step.rows],
    )
