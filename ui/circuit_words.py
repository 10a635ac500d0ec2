"""Circuits in words and as strips: how each stood over a period. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agentscope.findings.circuits import Circuit, Spell, State
from ui import amounts

WIDTH, HEIGHT = 1000, 12  # of a strip, in its own units
WORDS = {State.CLOSED: "closed", State.OPEN: "open", State.HALF_OPEN: "half open"}
TONES = {State.CLOSED: "good", State.OPEN: "bad", State.HALF_OPEN: "warn"}
HEIGHTS = {State.CLOSED: 4, State.HALF_OPEN: 8, State.OPEN: HEIGHT}  # seen without colour, too
NARROWEST = 4  # units, so that a single hour is seen
LEAST = 0.01  # a smaller share is not shown as a number
MOST_SAID = 6  # spells that are read out; the newest


@dataclass(slots=True, frozen=True)
class Stretch:
    """A spell on a strip, in its units."""

    tone: str
    x: int
    width: int
    y: int
    height: int
    words: str


@dataclass(slots=True, frozen=True)
class CircuitLine:
    """A circuit as a row of a table."""

    circuit: Circuit
    stretches: list[Stretch]

    @property
    def state(self) -> str:
        """The word of its last state."""
        return WORDS[self.circuit.state]

    @property
    def tone(self) -> str:
        """The tone of its last state."""
        return TONES[self.circuit.state]

    @property
    def since(self) -> datetime:
        """When that state began, as far as the period shows it."""
        return self.circuit.spells[-1].since

    @property
    def last(self) -> datetime:
        """The end of the last hour with calls."""
        return self.circuit.spells[-1].until

    @property
    def share(self) -> str:
        """How many of the calls failed; several things may fail inside of one."""
        share = min(self.circuit.errors / self.circuit.calls, 1)
        return f"{share:.0%}" if share >= LEAST else "< 1%"

    @property
    def words(self) -> str:
        """The strip for who cannot see it."""
        told = [stretch.words for stretch in self.stretches]
        left = len(told) - MOST_SAID
        earlier = f"{amounts.count(left, 'state')} before, " if left > 0 else ""
        return earlier + ", ".join(told[-MOST_SAID:])


def circuit_lines(
    found: Sequence[Circuit], since: datetime | None, until: datetime
) -> list[CircuitLine]:
    """Rows whose strips share one scale of time; it begins with the first call where `since` is
    None."""
    begin = since or min((each.spells[0].since for each in found), default=until)
    return [CircuitLine(each, list(stretches(each.spells, begin, until))) for each in found]


def stretches(spells: Sequence[Spell], begin: datetime, end: datetime) -> Iterator[Stretch]:
    """The spells on a strip. One lasts until the next: hours without calls change nothing."""
    starts = [spell.since for spell in spells]
    for spell, until in zip(spells, [*starts[1:], end], strict=True):
        x, height = place(spell.since, begin, end), HEIGHTS[spell.state]
        width = max(place(until, begin, end) - x, NARROWEST)
        left = min(x, WIDTH - width)
        yield Stretch(TONES[spell.state], left, width, HEIGHT - height, height, said(spell))


def place(at: datetime, begin: datetime, end: datetime) -> int:
    """Where a moment is on a strip; the first hour may begin before it."""
    whole = (end - begin).total_seconds() or 1
    return round(WIDTH * min(max((at - begin).total_seconds() / whole, 0), 1))


def said(spell: Spell) -> str:
    """`open from 2026-11-25 12:00: 9 of 10 calls failed`."""
    failed = f"{spell.errors:,} of {amounts.count(spell.calls, 'call')} failed"
    if spell.errors > spell.calls:
        failed = f"{amounts.count(spell.errors, 'failure')} in {amounts.count(spell.calls, 'call')}"
    return f"{WORDS[spell.state]} from {spell.since:%Y-%m-%d %H:%M}: {failed}"
