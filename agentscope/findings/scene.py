"""A trace as detectors see it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agentscope.agents.invoked import Run
from agentscope.findings.asked import fill_from_answers
from agentscope.findings.courses import Course, courses
from agentscope.findings.handed import handed_over, handoff_rows
from agentscope.signatures.signature import unpack
from agentscope.traces.spans import Spans
from agentscope.traces.tree import Ints, Tree


@dataclass
class Scene:
    """A trace as detectors see it. `records` are signatures by row: signatures.signature.RECORD."""

    tree: Tree
    spans: Spans  # in the order of the tree
    records: Any
    runs: list[Run]
    courses: list[Course]

    @cached_property
    def handoffs(self) -> Ints:
        """The rows that hand over control."""
        return handoff_rows(self.tree)

    @cached_property
    def handed(self) -> set[int]:
        """The first rows of runs to which control was handed, or that handed it on."""
        return handed_over(self.tree, self.runs, self.handoffs)


def scene(tree: Tree, spans: Spans, found: list[Run]) -> Scene:
    """What happened in a trace. `spans` are in the order of the tree, `found` are its runs."""
    records = unpack(spans.signature)
    walked = courses(tree, records, found)
    for course in walked:
        fill_from_answers(course, records)
    return Scene(tree, spans, records, found, walked)
