"""How the cost of one call came about, and whether it still would, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from agentscope.billing.applied import Applied, applied, cost_now, is_outdated
from agentscope.prices.book import PriceBook
from agentscope.traces.tree import Row
from ui.amounts import exact_money
from ui.buckets import BUCKET_WORDS
from ui.price_words import MILLION, THOUSAND


def price_facts(row: Row, book: PriceBook) -> Iterator[tuple[str, str]]:
    """The rates that a call was billed at, and whether those of today are others; where computed
    and reported cost both are known, both."""
    reported, computed = row.usd("reported_cost"), row.usd("computed_cost")
    if reported and computed:
        yield "Reported cost", exact_money(reported)
        yield "Computed cost", exact_money(computed)
    found = applied(row)
    if found is not None:
        yield "Prices", rates(found)
        yield "Price list", origin(found)
    if is_outdated(row, book):
        yield "Prices today", outdated(computed, cost_now(row, book))


def origin(found: Applied) -> str:
    """`openai gpt-4o, since 2024-10-02, genai-prices 0.1`."""
    named = f"{found.provider} {found.model}".strip()
    since = f"since {found.since}" if found.since else "since ever"
    source = "set by this project instead of the list" if found.is_own else found.source
    return f"{named}, {since}, {source}"


def outdated(then: Decimal | None, now: Decimal | None) -> str:
    """How the kept cost and that of today differ."""
    was = (
        "It was billed with its cost unknown" if then is None else f"Billed at {exact_money(then)}"
    )
    known = "today no price is known for it" if now is None else f"today's give {exact_money(now)}"
    return f"{was}; {known}. Price history again to apply that."


def rates(found: Applied) -> str:
    """`1,200 fresh input at $2.5, 80 output text at $10 for a million tokens`."""
    parts = [
        f"{count:,} {BUCKET_WORDS[bucket]} at {exact_money(usd)}"
        for bucket, count, usd in found.tokens
    ]
    said = f"{', '.join(parts)} for a million tokens" if parts else ""
    return "; ".join(filter(None, (said, *extras(found))))


def extras(found: Applied) -> Iterator[str]:
    """What is paid for beside tokens."""
    if found.request:
        yield f"{exact_money(found.request / Decimal(MILLION))} for the request"
    searches, usd = found.searches
    if searches and usd:
        yield f"{searches:,} web searches at {exact_money(usd * THOUSAND / MILLION)} for a thousand"
