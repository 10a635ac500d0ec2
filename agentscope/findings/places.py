"""Where in a trace an anomaly is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.traces.tree import Mask, Tree

MOST = 5  # of the dearest spans that are shown as evidence


@dataclass(slots=True, frozen=True)
class Place:
    """Which rows of a trace an anomaly is about."""

    agent: str = ""  # "": of all
    tool: str = ""
    model: str = ""
    provider: str = ""
    error_class: str = ""
    span_id: int = 0  # 0: of any
    hours: tuple[int, int] | None = None  # ns: rows that began in between, the end excluded

    def rows(self, tree: Tree) -> list[int]:
        """The first row that it is about, and the dearest ones, in order of time; none if nothing
        in the tree is."""
        found = np.flatnonzero(self.holds(tree))
        if not len(found):
            return []
        costs = tree.cost[found]
        dear = found[np.lexsort((found, -costs))][: min(MOST, int((costs > 0).sum()))]
        first = found[np.lexsort((found, tree.start_ns[found]))][:1]
        kept = np.unique(np.concatenate((first, dear)))
        in_time: list[int] = kept[np.lexsort((kept, tree.start_ns[kept]))].tolist()
        return in_time

    def holds(self, tree: Tree) -> Mask:
        """Which rows of a tree it is about."""
        found = np.ones(len(tree), np.bool_)
        for column, text in (
            (tree.agent, self.agent),
            (tree.tool, self.tool),
            (tree.model, self.model),
            (tree.provider, self.provider),
            (tree.error_class, self.error_class),
        ):
            if text:
                found &= column == number(tree, text)
        if self.span_id:
            found &= tree.span_id == self.span_id
        if self.hours:
            begin, end = self.hours
            found &= (tree.start_ns >= begin) & (tree.start_ns < end)
        return found


def number(tree: Tree, text: str) -> int:
    """The position of a text in a tree; -1 if it is not there."""
    return tree.texts.index(text) if text in tree.texts else -1
