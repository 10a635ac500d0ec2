"""What closed rows hide of the state of a run, in words: where it stopped for a person, where its
state was kept, what people said. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agentscope.decisions.resumed import waits
from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Kind, Status
from ui import amounts


class Lineage:
    """Interrupts, checkpoints and answers of people in a tree, to be counted in any of its parts.
    An interrupt counts where it began, and not for what lies around it."""

    def __init__(self, tree: Tree) -> None:
        self.waits = waits(tree)  # how long those that were answered were not, in ns, by row
        stopped = tree.status == Status.WAITING
        is_first = stopped & (subtree_sums(stopped, tree.end) == 1)
        is_answered = np.zeros(len(tree), np.bool_)
        is_answered[list(self.waits)] = True
        self.waiting = summed(is_first & ~is_answered)
        self.resumed = summed(is_first & is_answered)
        self.kept = summed(tree.kind == Kind.CHECKPOINT)
        self.people = summed((tree.kind == Kind.HUMAN) & ~stopped)

    def within(self, first: int, stop: int) -> Iterator[str]:
        """What rows from `first` to before `stop` hold of it."""
        if found := int(self.waiting[stop] - self.waiting[first]):
            yield f"{found:,} {'waits' if found == 1 else 'wait'} for a person"
        if found := int(self.resumed[stop] - self.resumed[first]):
            yield f"{amounts.count(found, 'interrupt')} resumed"
        if found := int(self.kept[stop] - self.kept[first]):
            yield amounts.count(found, "checkpoint")
        if found := int(self.people[stop] - self.people[first]):
            yield f"{amounts.count(found, 'answer')} by people"


def summed(marked: Mask) -> Ints:
    """How many marked rows are before each row, and at last all."""
    return np.append(0, np.cumsum(marked))
