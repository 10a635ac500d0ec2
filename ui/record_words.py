"""Decision records in words: as a sentence, and what outcomes and authorities mean. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from agentscope.records.answers import Answer, answers
from agentscope.records.models import Record
from agentscope.records.sentence import Names, sentence
from agentscope.traces.ids import span_hex
from agentscope.vocabulary import PICO
from ui import amounts
from ui.finding_words import code_words


class Outcome(NamedTuple):
    """What came of a decision: in a word, with a tone."""

    word: str
    tone: str


OUTCOMES = {
    "done": Outcome("done", "good"),
    "failed": Outcome("failed", "bad"),
    "waiting": Outcome("waits for a person", "warn"),
    "rejected": Outcome("turned down", "bad"),
    "stopped": Outcome("stopped", "bad"),
    "running": Outcome("running", "plain"),
}
UNTOLD = Outcome("unknown", "plain")
AUTHORITIES = {
    "approved": "A person was asked",
    "policy": "A guardrail or evaluator judged it",
    "budget": "A budget let it, or it was told to stop",
    "none": "None that is told",
}
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
    """The sentence of a record, in which names lead on; with what was spent on what was rejected
    behind it."""
    for text, names in sentence(record):
        if names is None:
            yield Piece(text)
        else:
            yield Piece(amounts.short(text), leads(names, text, project), is_name=True)
    if record.rejected and (spent := price(record)):
        yield Piece(spent)


def leads(names: Names, text: str, project: str) -> str:
    """Where a name leads: to its session, or to the list of what has it. An agent leads where its
    sentence does."""
    if names is Names.AGENT:
        return ""
    if names is Names.SESSION:
        return address("session", project, text)
    return listed(project, **{names: text})


def answered(record: Record) -> list[tuple[str, str]]:
    """Who said what, for the figures of a decision."""
    return [(ANSWERED[answer], ", ".join(people)) for answer, people in answers(record).items()]


def price(record: Record) -> str:
    """What was spent on what was rejected; empty where there was nothing to pay."""
    known, unpriced = record.rejected_pico or 0, record.rejected_unpriced
    return f" ({said_cost(known * PICO, unpriced)})" if known or unpriced else ""


def said_cost(known: Decimal, unpriced: int) -> str:
    """A cost within a sentence."""
    said = amounts.cost(known, unpriced)
    return f"cost {said}" if said == amounts.UNKNOWN else said


def listed(project: str, **filters: str) -> str:
    """The list with a filter."""
    return f"{reverse('decisions', args=[project])}?{urlencode(filters)}"


def address(view: str, project: str, *parts: UUID | str) -> str:
    """A page of the project."""
    return reverse(view, args=[project, *parts])
