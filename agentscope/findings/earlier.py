"""What is kept of a trace for those that come after it, and what a trace sees of those before it.

Nothing of what was said is kept, only keys and times: see models.Act and models.Outline. Of two
traces that have something in common the later one is told of it, whichever was examined first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from uuid import UUID

HOUR_NS = 3600 * 10**9
DAY_NS = 24 * HOUR_NS


class Ended(IntEnum):
    """How a trace ended, as far as its spans tell. Stored: add, never renumber."""

    WELL = 0
    FAILED = 1
    PAUSED = 2  # it waits for a person
    OPEN = 3  # spans are missing or open: it runs, or its process is gone


@dataclass(slots=True, frozen=True)
class Act:
    """A call that does something each time it is made, and that was done. Keys are 0 where nothing
    is known."""

    trace_id: UUID
    span_id: int
    key: int  # tool and arguments
    start_ns: int
    end_ns: int
    said: int  # what people had said to the model that asked for it
    call_id: int  # the id of the call, if it was drawn at random
    answer: int  # the id of the answer that asks for it, likewise
    is_asked: bool  # a model of its trace was asked before it
    asked_row: int = field(default=-1, compare=False)  # of the tree: not kept


@dataclass(slots=True, frozen=True)
class Outline:
    """What a trace was about, what it did and how it ended. Keys are 0 where nothing is known."""

    trace_id: UUID
    session: int = 0
    root: int = 0  # its name; 0 too where it runs again on purpose
    input: int = 0  # what it was asked to do
    start_ns: int = 0
    end_ns: int = 0  # of its last span
    ended: Ended = Ended.WELL
    error: int = 0  # class and type of the failure that it ended with
    result: int = 0  # its last answer, without what varies
    has_effect: bool = False  # something was changed
    states: tuple[int, ...] = ()  # what each model call was sent, in order of time: the first ones
    steps: tuple[int, ...] = ()  # tool calls that succeeded, likewise
    tokens: int = 0
    pico: int = 0  # 1e-12 USD, of the calls whose price is known
    unpriced: int = 0  # calls
    links: tuple[UUID, ...] = ()  # earlier parts of the same task, as its spans say

    @property
    def came_to(self) -> tuple[object, ...] | None:
        """What traces with the same work go by; None while nobody knows how it ended."""
        if self.ended == Ended.OPEN:
            return None
        how = self.ended, self.error, self.result, self.has_effect
        spent = self.tokens, self.pico, self.unpriced
        return self.root, self.input, self.start_ns, *how, *spent


@dataclass(slots=True)
class Earlier:
    """A trace among others of its project: what it is itself, and what came before it."""

    own: Outline | None = None
    acts: Sequence[Act] = ()  # of its session and of linked traces, with keys of its own acts
    before: Sequence[Outline] = ()  # of these, over before it began; the newest first
    same_work: Sequence[Outline] = ()  # of the same name and input, begun within a day before it

    def outline_of(self, trace_id: UUID) -> Outline | None:
        """One of the traces before."""
        return next((each for each in self.before if each.trace_id == trace_id), None)

    def is_same(self, other: Earlier) -> bool:
        """Whether the same is to be said on either."""
        return self.said() == other.said()

    def said(self) -> tuple[object, ...]:
        """What there is to go by."""
        ended = [each for each in self.same_work if each.came_to]
        return list(self.acts), list(self.before), ended


@dataclass(slots=True)
class Rows:
    """The rows of a tree that an outline tells of, in its order."""

    states: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
