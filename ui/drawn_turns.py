"""The turns of a transcript as HTML: as many as a page has room for, so that it is small whatever
they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import get_template

from agentscope.transcript.read import Spoken
from agentscope.transcript.turns import Turns
from ui.transcript import Step, around, block, steps

ROOM = 126_000  # bytes of the turns of a page and of the panel beside them
AROUND = 26_000  # bytes of what stands around a turn at most
HALVED = 4  # times at most that what a turn shows is halved, until there is room for it
LEAST = 1 / 3  # of the room, for turns before what the page is about
CLOSES = Step(closes=True)


@dataclass(slots=True)
class Drawn:
    """Draws turns that are asked for, each of them once."""

    turns: Turns
    listed: Sequence[int]
    spoken: dict[int, Spoken]  # by turn
    said: dict[str, Any]  # what templates know beside the turn
    room: int  # bytes
    chosen: int
    live: bool
    known: dict[tuple[int, bool], list[str]] = field(default_factory=dict)

    def filled(self, start: int, stop: int, about: int) -> tuple[int, int]:
        """Which positions between these there is room for: the one that the page is about in any
        case, some before it, and what follows; then more before it."""
        first, last = about, about + 1
        while first > start and self.size(first - 1, last) <= self.room * LEAST:
            first -= 1
        while last < stop and self.size(first, last + 1) <= self.room:
            last += 1
        while first > start and self.size(first - 1, last) <= self.room:
            first -= 1
        return first, last

    def size(self, first: int, stop: int) -> int:
        """The bytes of the turns from one position up to before another."""
        return sum(len(piece.encode()) for piece in self.page(first, stop))

    def page(self, first: int, stop: int) -> list[str]:
        """These turns, each after what stands before it, and the end of the last group."""
        found = [piece for at in range(first, stop) for piece in self.turn(at, at == first)]
        _, opened = around(self.turns, self.listed[stop - 1])
        return found + self.between([CLOSES] * len(opened))

    def turn(self, position: int, is_first: bool) -> list[str]:
        """The turn at a position of the list after what stands before it, where it is the first one
        of a page or not."""
        key = position, is_first
        if key not in self.known:
            turn = self.listed[position]
            before = None if is_first else self.listed[position - 1]
            self.known[key] = [*self.between(steps(self.turns, turn, before)), self.alone(turn)]
        return self.known[key]

    def between(self, found: Sequence[Step]) -> list[str]:
        """What stands between two turns."""
        template = get_template("trace/_between.html")
        return [template.render(self.said | {"step": step}) for step in found]

    def alone(self, turn: int) -> str:
        """A turn; if it says more than there is room for, less of each thing that it says."""
        template, spoken = get_template("trace/_turn.html"), self.spoken[turn]
        is_selected, drawn = turn == self.chosen, ""
        for halved in range(HALVED + 1):
            shown = block(
                self.turns, spoken, is_selected=is_selected, live=self.live, halved=halved
            )
            drawn = template.render(self.said | {"block": shown})
            if len(drawn.encode()) <= self.room - AROUND:
                break
        return drawn
