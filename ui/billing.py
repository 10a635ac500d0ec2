"""Whether a span counts towards the bill: a quiet pill in the tree, a sentence in its panel."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from agentscope.billing.words import (
    billing_reason,
    billing_word,
    discarded_reason,
    is_rest,
    is_unpriced,
)
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.vocabulary import Billing, Discarded, Why
from ui.pills import Pill
from ui.rejected import rejected_pill

Original = tuple[UUID, int]  # trace and span
FOR_WANT_OF_A_PRICE = {Why.UNKNOWN_MODEL, Why.NO_RATE, Why.NO_PRICE_AT_THE_TIME}
UNSAID = {"counted", "none"}  # what most spans are needs no pill
SENTENCES = {
    "counted": "Counted.",
    "wrapper": "Not counted here.",
    "duplicate": "Not counted: told twice.",
    "copied": "Not counted: told by another trace before.",
    "aggregate": "Counted.",
    "free": "Costs nothing.",
    "unpriced": "Counted.",
    "none": "",
}


def billing_pills(row: Row) -> Iterator[Pill]:
    """What is special about the bill of a row, and that nobody used its work, on the outermost row
    of such work."""
    word = billing_word(row)
    if word not in UNSAID:
        yield Pill(word, "mark", billing_sentence(row))
    if gone := rejected_pill(row):
        yield gone


def billing_sentence(row: Row) -> str:
    """Whether a row counts, and why; empty where there is nothing to count."""
    first = "" if is_rest(row) else SENTENCES[billing_word(row)]
    return " ".join(filter(None, (first, billing_reason(row))))


def billing_facts(row: Row) -> Iterator[tuple[str, str]]:
    """The lines of the panel."""
    if sentence := billing_sentence(row):
        yield "Billing", sentence
    if row.discarded != Discarded.NONE:
        yield "Discarded", discarded_reason(row)


def could_be_priced(row: Row) -> bool:
    """Whether the cost of a row is unknown only for want of a price."""
    return is_unpriced(row) and row.why in FOR_WANT_OF_A_PRICE


def copy_address(row: Row, original: Original | None) -> tuple[str, str] | None:
    """Where the page of a copy's original is, seen from the page of a trace, and its ids."""
    if row.billing != Billing.COPIED or original is None:
        return None
    trace, span = original[0].hex, span_hex(original[1])
    return f"../{trace}/?span={span}", f"{trace} {span}"
