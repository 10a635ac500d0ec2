"""Tokens of a call, and how they became known."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag


class UsageRule(IntFlag):
    """How reported numbers became a `Usage`. Stored: add, never renumber."""

    ADDED_CACHE = 1  # the input left the cache out
    ADDED_REASONING = 2  # the output left reasoning out
    ADDED_TOOL_INPUT = 4  # the input left results of tools out that the provider runs
    BY_TOTAL = 16  # the reported total decided
    BY_PARTS = 32  # a part was larger than the whole
    BY_DIALECT = 64  # this sender is known to count so
    BY_PROVIDER = 128  # nothing else decided: as the provider's API counts
    AMBIGUOUS = 256  # the numbers fit more than one reading
    FROM_CONTENT = 512  # from a usage object inside the answer
    FROM_LOG = 1024  # from a log record of the span
    DISAGREED = 2048  # sources named different numbers; the one that adds up was taken


@dataclass(slots=True)
class Usage:
    """Tokens of one call. `input` includes the cache, `output` includes reasoning.

    The others are parts of those two. `None` means not reported, which is not zero.
    """

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None  # of input
    cache_write: int | None = None  # of input: what went into the cache, for however long
    reasoning: int | None = None  # of output
    cache_write_1h: int | None = None  # of cache_write: what went in for an hour, not 5 minutes
    audio_input: int | None = None  # of input
    audio_output: int | None = None  # of output
    web_searches: int | None = None  # searches that the provider ran and charges for, not tokens
    rule: UsageRule = UsageRule(0)  # noqa: RUF009 — an IntFlag is immutable

    def __bool__(self) -> bool:
        """Whether anything was used. Many senders write 0 for "unknown": all zero is no usage."""
        return any((self.input, self.output, self.cache_read, self.cache_write, self.reasoning))


@dataclass(slots=True, frozen=True)
class Buckets:
    """Tokens of one call in disjoint buckets: each token is in one of them, and has one price."""

    fresh_input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    audio_input: int = 0
    output_text: int = 0
    reasoning: int = 0
    audio_output: int = 0
