"""What calls cost on two models. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from agentscope.billing.words import SENTENCES
from agentscope.prices.book import PriceBook
from agentscope.routing.advised import Saving
from agentscope.routing.candidates import Offer
from agentscope.routing.lines import Line, cost
from agentscope.vocabulary import Why

Costs = Sequence[tuple[Decimal | None, Why]]


def costs_now(book: PriceBook, day: date, lines: Sequence[Line]) -> Costs:
    """What each line costs on the model that is called."""
    return [cost(book, day, line, line.provider, line.model) for line in lines]


def saved(
    book: PriceBook, day: date, lines: Sequence[Line], costs: Costs, offer: Offer
) -> Saving | None:
    """What lines that cost this are on another model; None if any would cost more there, or nothing
    is saved. What has no price on either is left out of both, and counted."""
    now = then = Decimal(0)
    priced = unpriced = 0
    reasons: set[str] = set()
    for line, (ours, why) in zip(lines, costs, strict=True):
        theirs, why_not = cost(book, day, line, offer.provider, offer.model)
        if ours is None or theirs is None:
            unpriced += line.record.calls
            reasons.add(words(why, line.model) if ours is None else words(why_not, offer.model))
            continue
        if theirs > ours:
            return None
        now, then, priced = now + ours, then + theirs, priced + line.record.calls
    if now == then:
        return None
    return Saving(now, then, priced, unpriced, tuple(sorted(reasons)))


def words(why: Why, model: str) -> str:
    """Why a cost is unknown, as the rest of a sentence."""
    said = SENTENCES[why].format(model=model)
    return said.removeprefix("Its cost is unknown: ").removesuffix(".")
