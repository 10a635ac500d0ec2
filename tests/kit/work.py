"""How much work something is, in counts that no other load of the machine changes: instructions of
Python, and elements of arrays that came into being."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from types import FrameType
from typing import Any

import numpy as np

from agentscope.traces.tree import Tree


@dataclass
class Counts:
    """Work that was done so far."""

    instructions: int = 0
    elements: int = 0


class Counted(np.ndarray[Any, Any]):
    """An array that counts the elements of all that is made of it: each slice, and each result of
    a calculation."""

    counts = Counts()

    def __array_finalize__(self, obj: object) -> None:
        if obj is not None:
            Counted.counts.elements += self.size


def counted(tree: Tree) -> Tree:
    """The same tree, the columns of which are counted."""
    columns = {each.name: getattr(tree, each.name) for each in fields(Tree)}
    for name, column in columns.items():
        if isinstance(column, np.ndarray):
            columns[name] = column.view(Counted)
    return Tree(**columns)


def work_of(done: Callable[[], Any]) -> Counts:
    """The work that this is."""
    Counted.counts = Counts()

    def note(frame: FrameType, event: str, arg: Any) -> Any:
        frame.f_trace_opcodes = True
        Counted.counts.instructions += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        done()
    finally:
        sys.settrace(before)
    return Counted.counts
