"""A trace as detectors see it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentscope.agents.invoked import Run, runs
from agentscope.findings.asked import fill_from_answers
from agentscope.findings.courses import Course, courses
from agentscope.signatures.signature import unpack
from agentscope.traces.spans import Spans
from agentscope.traces.tree import Tree


@dataclass(slots=True)
class Scene:
    """A trace as detectors see it. `records` are signatures by row: signatures.signature.RECORD."""

    tree: Tree
    spans: Spans  # in the order of the tree
    records: Any
    runs: list[Run]
    courses: list[Course]


def scene(tree: Tree, spans: Spans) -> Scene:
    """What happened in a trace. `spans` are in the order of the tree."""
    found = runs(tree)
    records = unpack(spans.signature)
    walked = courses(tree, records, found)
    for course in walked:
        fill_from_answers(course, records)
    return Scene(tree, spans, records, found, walked)
