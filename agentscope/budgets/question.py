"""What is asked before a call: by whom it is made, and what it may use. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from agentscope.meter.scope import Scope, is_meant
from agentscope.prices.book import PriceBook
from agentscope.prices.price import Call, price_call
from agentscope.vocabulary import PICO, Buckets


@dataclass(frozen=True, slots=True)
class Settled:
    """What a call came to for which something was reserved. None: not said."""

    key: UUID
    usd: Decimal | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A call that somebody is about to make. "" and None are "not said"."""

    session: str = ""
    trace: UUID | None = None
    agent: str = ""
    path: str = ""  # agents, outermost first, joined by "/"
    provider: str = ""
    model: str = ""
    user: str = ""
    environment: str = ""
    key: str = ""  # with which it is asked: projects.Key.name; nobody says it of himself
    tool: str = ""
    tokens: int | None = None  # that it may use, in and out
    output_tokens: int | None = None  # of them
    usd: Decimal | None = None  # that it may cost
    reserve: bool = False
    settled: Settled | None = None

    def of(self, dimension: str) -> str:
        """What it says of one of meter.scope.COLUMN. The innermost agent of a path is the agent."""
        if dimension == "agent":
            return self.agent or self.path.rpartition("/")[2]
        return str(getattr(self, dimension) or "")


def group_of(scope: Scope, asked: Question) -> str | None:
    """The group of a scope in which a call counts; None if it does not, or does not say so."""
    if not all(is_meant(name, asked.of(name), only) for name, only in scope.only.items()):
        return None
    if not scope.each:
        return ""
    return asked.of(scope.each) or None


def is_untold(scope: Scope, asked: Question) -> bool:
    """Whether a call may count in a scope, but does not say enough to tell."""
    missing = {name for name in scope.dimensions if not asked.of(name)}
    return bool(missing) and all(
        name in missing or is_meant(name, asked.of(name), only) for name, only in scope.only.items()
    )


def estimated_usd(book: PriceBook, asked: Question, day: date) -> Decimal | None:
    """What a call may cost; None: not known. Tokens that are not said to be output are taken as
    whatever is dearer, so that it is no less than what it comes to."""
    if asked.usd is not None or asked.tokens is None:
        return asked.usd
    if asked.output_tokens is not None:
        split = Buckets(
            fresh_input=max(asked.tokens - asked.output_tokens, 0),
            output_text=asked.output_tokens,
        )
        return price(book, asked, split, day)
    both = (
        price(book, asked, Buckets(fresh_input=asked.tokens), day),
        price(book, asked, Buckets(output_text=asked.tokens), day),
    )
    known = [each for each in both if each is not None]
    return max(known) if len(known) == len(both) else None


def price(book: PriceBook, asked: Question, buckets: Buckets, day: date) -> Decimal | None:
    """What tokens cost today, in USD."""
    found = price_call(book, Call(asked.provider, asked.model, day, "", buckets)).pico
    return None if found is None else found * PICO
