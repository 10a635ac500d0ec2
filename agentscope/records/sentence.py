"""A decision record as a sentence. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from agentscope.records.answers import Answer, answers
from agentscope.records.models import Record

NOBODY = "A run without an agent"
MOST_NAMES = 4  # tools or people in a sentence
ANSWERS = {Answer.YES: "a yes", Answer.NO: "a no", Answer.OTHER: "an answer"}


class Names(StrEnum):
    """What somebody chose a name for."""

    AGENT = "agent"
    USER = "user"
    SESSION = "session"
    EFFECT = "effect"
    PERSON = "person"


class Piece(NamedTuple):
    """A part of a sentence: words of ours, or the name of something."""

    text: str
    names: Names | None = None


class End(NamedTuple):
    """What came of a decision as the end of a sentence, where it did something and where not."""

    after: str
    alone: str


ENDS = {
    "done": End("", "called no tool with effects"),
    "failed": End(", and failed", "failed"),
    "waiting": End(", and waits for a person", "waits for a person"),
    "rejected": End(", and was turned down", "was turned down"),
    "stopped": End(", and was stopped", "was stopped"),
    "running": End(", and goes on", "goes on"),
}
UNTOLD = End("", "came to an end that nothing tells")


def sentence(record: Record) -> Iterator[Piece]:
    """`refunder, for ann in session S, called refund after an answer by bob; 2 alternatives
    rejected`."""
    yield Piece(record.agent, Names.AGENT) if record.agent else Piece(NOBODY)
    yield from on_behalf(record)
    yield from acted(record)
    if record.rejected:
        noun = "alternative" if record.rejected == 1 else "alternatives"
        yield Piece(f"; {record.rejected:,} {noun} rejected")


def on_behalf(record: Record) -> Iterator[Piece]:
    """For whom, and in which session."""
    if record.end_user:
        yield Piece(", for ")
        yield Piece(record.end_user, Names.USER)
    if record.session:
        yield Piece(" in session " if record.end_user else ", in session ")
        yield Piece(record.session, Names.SESSION)
    yield Piece(", " if record.end_user or record.session else " ")


def acted(record: Record) -> Iterator[Piece]:
    """What it did in the world, with what authority, and how that ended."""
    end, said = ENDS.get(record.outcome, UNTOLD), answers(record)
    is_refused = record.outcome == Record.Outcome.REJECTED
    refusing = said.pop(Answer.NO, []) if is_refused else []
    if record.effects:
        yield Piece("called ")
        yield from several(record.effects, Names.EFFECT)
        yield from checked(record, said)
    yield Piece(end.after if record.effects else end.alone)
    if refusing:
        yield Piece(" by ")
        yield from several(refusing, Names.PERSON)
    if not record.effects:
        yield from checked(record, said)


def checked(record: Record, said: dict[Answer, list[str]]) -> Iterator[Piece]:
    """Who was asked and said what, or that something judged it."""
    if record.authority == Record.Authority.POLICY:
        yield Piece(" after a check")
    for number, (answer, people) in enumerate(said.items()):
        yield Piece(f"{' and' if number else ' after'} {ANSWERS[answer]}")
        yield Piece(" by " if people else "")
        yield from several(people, Names.PERSON)


def several(texts: Sequence[str], names: Names) -> Iterator[Piece]:
    """`a, b and c`."""
    shown, left = texts[:MOST_NAMES], len(texts) - MOST_NAMES
    for number, each in enumerate(shown):
        if number:
            yield Piece(" and " if number == len(shown) - 1 and left <= 0 else ", ")
        yield Piece(each, names)
    if left > 0:
        yield Piece(f" and {left:,} more")
