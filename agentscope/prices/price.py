"""What one call costs. Whole numbers only: exact, and rounded once, to 1e-12 USD."""

from __future__ import annotations

from dataclasses import dataclass

from agentscope.prices.book import Rates

PER_PICO = 100  # rates are in 1e-14 USD, costs in 1e-12


@dataclass(slots=True, frozen=True)
class Tokens:
    """Tokens of a call, 0 where not reported. `input` includes the cache, `output` reasoning."""

    input: int
    output: int
    cache_read: int
    cache_write: int


def price(tokens: Tokens, rates: Rates) -> int | None:
    """The cost in 1e-12 USD, half a unit rounded up; None if a rate that is needed is unknown.

    Cached tokens without a price of their own cost as much as fresh ones, as providers bill them.
    """
    read = min(tokens.cache_read, tokens.input)
    written = min(tokens.cache_write, tokens.input - read)
    fresh = tokens.input - read - written
    items = (
        (fresh, rates.input),
        (read, rates.input if rates.cache_read is None else rates.cache_read),
        (written, rates.input if rates.cache_write is None else rates.cache_write),
        (tokens.output, rates.output),
    )
    if any(count and rate is None for count, rate in items):
        return None
    spent = sum(count * rate for count, rate in items if rate is not None)
    return (spent + PER_PICO // 2) // PER_PICO
