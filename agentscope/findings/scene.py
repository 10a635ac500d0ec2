"""A trace as detectors see it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.findings.asked import fill_from_answers
from agentscope.findings.blocks import Blocks
from agentscope.findings.compactions import compactions
from agentscope.findings.courses import Course, courses
from agentscope.findings.earlier import Act, Earlier, Rows
from agentscope.findings.handed import handed_over, handoff_rows
from agentscope.findings.holding import holders, holding
from agentscope.findings.outline import acts, first_rows, work_name
from agentscope.projects.repeated import Effects
from agentscope.projects.tools import Allowed
from agentscope.signatures.mentions import base, declarations
from agentscope.signatures.stored import tails, unpack
from agentscope.traces.spans import Spans
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import ErrorClass, Flag, Kind, Persistence, Status

CLASSES = {each.value: each for each in ErrorClass if each}


@dataclass
class Scene:
    """A trace as detectors see it. `records` are signatures by row: signatures.signature.RECORD."""

    tree: Tree
    spans: Spans  # in the order of the tree
    records: Any
    runs: list[Run]
    courses: list[Course]
    earlier: Earlier = field(default_factory=Earlier)  # other traces: see neighbours.py
    effects: Effects = field(default_factory=Effects)  # of tools, as the project says
    allowed: Allowed = field(default_factory=Allowed)  # tools that agents may call

    @cached_property
    def errors(self) -> dict[int, ErrorClass]:
        """Why rows failed, by row; rows that did not are not in it. Control flow is no failure."""
        tree = self.tree
        rows = np.flatnonzero((tree.error_class != 0) | (tree.status == Status.ERROR)).tolist()
        said = (CLASSES.get(tree.texts[tree.error_class[row]], ErrorClass.UNKNOWN) for row in rows)
        return {
            row: error
            for row, error in zip(rows, said, strict=True)
            if error.persistence is not Persistence.CONTROL_FLOW
        }

    @cached_property
    def failed_at(self) -> list[int]:
        """When rows began that failed, in order, in ns."""
        return sorted(self.tree.start_ns[list(self.errors)].tolist())

    @cached_property
    def blocks(self) -> Blocks:
        """What rows spent, so that sums over any of them are quick."""
        return Blocks(self.tree)

    @cached_property
    def holder(self) -> Ints:
        """For each row the run, by its position, that it belongs to; -1 for none."""
        return holders(self.tree, self.runs, {})

    @cached_property
    def handoffs(self) -> Ints:
        """The rows that hand over control."""
        return handoff_rows(self.tree)

    @cached_property
    def handed(self) -> set[int]:
        """The first rows of runs to which control was handed, or that handed it on."""
        return handed_over(self.tree, self.runs, self.handoffs)

    @property
    def name(self) -> str:
        """The name of the first root, without what is another one in each run."""
        return work_name(self.tree.texts[self.tree.name[0]])

    def when(self, row: int) -> tuple[int, int]:
        """What rows are sorted by to be in order of time."""
        return int(self.tree.start_ns[row]), row

    @cached_property
    def kept(self) -> Rows:
        """The rows by which the trace is recognised: see outline.py."""
        return first_rows(self)

    @cached_property
    def acts(self) -> dict[int, Act]:
        """The calls that do something each time they are made, by row, in order of time."""
        return acts(self)

    @cached_property
    def declared(self) -> dict[int, bool]:
        """Tools that models were offered, or that servers of MCP listed, with a word of whether
        they do their work each time, by the keys of their names; not those of which both is
        said."""
        calls = np.flatnonzero(np.isin(self.tree.kind, (Kind.LLM, Kind.OTHER))).tolist()
        signed = [self.spans.signature[row] for row in calls]
        said = {each for _, tail in tails(signed) for each in declarations(tail)}
        return {tool: again for tool, again in said if (tool, not again) not in said}

    @cached_property
    def bases(self) -> dict[int, int]:
        """The states that model calls go on from by their ids, of each the first that does, by
        row; of a run that says it its first call."""
        is_run = self.tree.kind == Kind.AGENT
        rows = np.flatnonzero((self.tree.kind == Kind.LLM) | is_run).tolist()
        found: dict[int, int] = {}
        for at, tail in tails([self.spans.signature[row] for row in rows]):
            row = self.kept.states[0] if is_run[rows[at]] and self.kept.states else rows[at]
            if state := base(tail):
                found[state] = min(found.setdefault(state, row), row, key=self.when)
        return {row: state for state, row in found.items()}

    @cached_property
    def facts(self) -> list[int]:
        """What is said of each row beside its keys: signatures.Fact. Quicker to walk than arrays
        are, as are the next ones."""
        return list(self.records["facts"].tolist())

    @cached_property
    def humans(self) -> list[int]:
        """The last word of a person that each row saw; 0: unknown."""
        return list(self.records["human"].tolist())

    @cached_property
    def heard(self) -> Ints:
        """The rows that saw a word of a person, in order."""
        return np.flatnonzero(self.records["human"])

    @cached_property
    def cached(self) -> Ints:
        """The rows that a cache answered, in order."""
        return np.flatnonzero(self.tree.flags & int(Flag.CACHED_ANSWER))

    @cached_property
    def results(self) -> list[int]:
        """What came back, by row; 0: unknown."""
        return list(self.records["result"].tolist())

    @cached_property
    def sizes(self) -> list[int]:
        """How long each row's result is, in characters."""
        return list(self.records["output_size"].tolist())

    @cached_property
    def failures(self) -> list[bool]:
        """Which rows have a class of error."""
        return list((self.tree.error_class != 0).tolist())

    @cached_property
    def compactions(self) -> Ints:
        """For each row the compaction that it is a part of: see compactions.py."""
        return compactions(self.tree, self.records)


def scene(tree: Tree, spans: Spans, found: list[Run]) -> Scene:
    """What happened in a trace. `spans` are in the order of the tree, `found` are its runs."""
    records, held = unpack(spans.signature), holding(tree, found)
    walked = courses(tree, records, found, held)
    for course in walked:
        fill_from_answers(course, records)
    return Scene(tree, spans, records, found, walked)
