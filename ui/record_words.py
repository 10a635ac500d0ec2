"""Decision records in words: as a sentence, and what outcomes and authorities mean. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from agentscope.records.answers import Answer, answers
from agentscope.records.models import Record
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import PICO
from ui import amounts
from ui.finding_words import code_words

NOBODY = "A run without an agent"
MOST_NAMES = 4  # tools or people in a sentence


class Outcome(NamedTuple):
    """What came of a decision: in a word, with a tone, and as the end of a sentence, where it did
    something and where it did not."""

    word: str
    tone: str
    after: str
    alone: str


OUTCOMES = {
    "done": Outcome("done", "good", "", "called no tool with effects"),
    "failed": Outcome("failed", "bad", ", and failed", "failed"),
    "waiting": Outcome(
        "waits for a person", "warn", ", and waits for a person", "waits for a person"
    ),
    "rejected": Outcome("turned down", "bad", ", and was turned down", "was turned down"),
    "stopped": Outcome("stopped", "bad", ", and was stopped", "was stopped"),
    "running": Outcome("running", "plain", ", and goes on", "goes on"),
}
UNTOLD = Outcome("unknown", "plain", "", "came to an end that nothing tells")
AUTHORITIES = {
    "approved": "A person was asked",
    "policy": "A guardrail or evaluator judged it",
    "budget": "A budget let it, or it was told to stop",
    "none": "None that is told",
}
ANSWERS = {Answer.YES: "a yes", Answer.NO: "a no", Answer.OTHER: "an answer"}
ANSWERED = {Answer.YES: "Yes by", Answer.NO: "No by", Answer.OTHER: "Answered by"}


class Piece(NamedTuple):
    """A part of a sentence; a name, or words of ours. Leads somewhere if it has an address."""

    text: str
    address: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A decision in the list."""

    record: Record
    address: str
    pieces: list[Piece]
    outcome: Outcome
    cost: str
    findings: list[tuple[str, str]]  # words, and the address of the list with that filter


def line(record: Record, project: str) -> Line:
    """A record as one line."""
    findings = [(code_words(code), listed(project, finding=code)) for code in record.findings]
    return Line(
        record=record,
        address=page_of(record, project),
        pieces=list(pieces(record, project)),
        outcome=outcome(record),
        cost=cost(record),
        findings=findings,
    )


def page_of(record: Record, project: str) -> str:
    """The page of a decision."""
    return address("decision", project, record.trace_id, span_hex(record.span_id))


def cost(record: Record) -> str:
    """What its own steps cost; empty where there was nothing to pay."""
    known, unpriced = record.pico or 0, record.unpriced
    if record.pico is None:
        return amounts.UNKNOWN
    return amounts.cost(known * PICO, unpriced)


def outcome(record: Record) -> Outcome:
    """What came of a decision."""
    return OUTCOMES.get(record.outcome, UNTOLD)


def pieces(record: Record, project: str) -> Iterator[Piece]:
    """`refunder, for ann in session S, called refund after an answer by bob; 2 alternatives
    rejected`."""
    yield Piece(record.agent or NOBODY, is_name=bool(record.agent))
    yield from on_behalf(record, project)
    yield from acted(record, project)
    if record.rejected:
        yield Piece(f"; {amounts.count(record.rejected, 'alternative')} rejected{price(record)}")


def on_behalf(record: Record, project: str) -> Iterator[Piece]:
    """For whom, and in which session."""
    if record.end_user:
        yield Piece(", for ")
        yield name(record.end_user, listed(project, user=record.end_user))
    if record.session:
        yield Piece(" in session " if record.end_user else ", in session ")
        yield name(record.session, address("session", project, record.session))
    yield Piece(", " if record.end_user or record.session else " ")


def acted(record: Record, project: str) -> Iterator[Piece]:
    """What it did in the world, with what authority, and how that ended."""
    ended, said = outcome(record), answers(record)
    is_refused = record.outcome == Record.Outcome.REJECTED
    refusing = said.pop(Answer.NO, []) if is_refused else []
    if record.effects:
        yield Piece("called ")
        yield from several(record.effects, project, "effect")
        yield from checked(record, said, project)
    yield Piece(ended.after if record.effects else ended.alone)
    if refusing:
        yield Piece(" by ")
        yield from several(refusing, project, "person")
    if not record.effects:
        yield from checked(record, said, project)


def checked(record: Record, said: dict[Answer, list[str]], project: str) -> Iterator[Piece]:
    """Who was asked and said what, or that something judged it."""
    if record.authority == Record.Authority.POLICY:
        yield Piece(" after a check")
    for number, (answer, people) in enumerate(said.items()):
        yield Piece(f"{' and' if number else ' after'} {ANSWERS[answer]}")
        yield Piece(" by " if people else "")
        yield from several(people, project, "person")


def answered(record: Record) -> list[tuple[str, str]]:
    """Who said what, for the figures of a decision."""
    return [(ANSWERED[answer], ", ".join(people)) for answer, people in answers(record).items()]


def several(names: Sequence[str], project: str, filtered: str) -> Iterator[Piece]:
    """`a, b and c`, each leading to the list of what has it."""
    shown, left = names[:MOST_NAMES], len(names) - MOST_NAMES
    for number, each in enumerate(shown):
        if number:
            yield Piece(" and " if number == len(shown) - 1 and left <= 0 else ", ")
        yield name(each, listed(project, **{filtered: each}))
    if left > 0:
        yield Piece(f" and {left:,} more")


def price(record: Record) -> str:
    """What was spent on what was rejected; empty where there was nothing to pay."""
    known, unpriced = record.rejected_pico or 0, record.rejected_unpriced
    return f" ({said_cost(known * PICO, unpriced)})" if known or unpriced else ""


def said_cost(known: Decimal, unpriced: int) -> str:
    """A cost within a sentence."""
    said = amounts.cost(known, unpriced)
    return f"cost {said}" if said == amounts.UNKNOWN else said


def name(text: str, where: str) -> Piece:
    """A name somebody chose."""
    return Piece(amounts.short(text), where, is_name=True)


def listed(project: str, **filters: str) -> str:
    """The list with a filter."""
    return f"{reverse('decisions', args=[project])}?{urlencode(filters)}"


def address(view: str, project: str, *parts: UUID | str) -> str:
    """A page of the project."""
    return reverse(view, args=[project, *parts])
