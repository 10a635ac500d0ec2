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

    def buckets(self) -> Buckets:
        """The same tokens with each in one bucket. They add up to `input` and `output`.

        A part that is larger than what is left of its whole is cut to that; where a whole is not
        known, its parts are all that there is. A cached token of audio counts as cached, because
        no provider reports the overlap.
        """
        given = Rest(self.input)
        read, written = given.take(self.cache_read), given.take(self.cache_write)
        for_an_hour = min(self.cache_write_1h or 0, written)
        heard = given.take(self.audio_input)
        made = Rest(self.output)
        thought, spoken = made.take(self.reasoning), made.take(self.audio_output)
        return Buckets(
            fresh_input=given.left or 0,
            cache_read=read,
            cache_write_5m=written - for_an_hour,
            cache_write_1h=for_an_hour,
            audio_input=heard,
            output_text=made.left or 0,
            reasoning=thought,
            audio_output=spoken,
        )


@dataclass(slots=True)
class Rest:
    """What parts leave of a whole. `left` is None where the whole is not known."""

    left: int | None

    def take(self, part: int | None) -> int:
        """So much of a part as there is."""
        wanted = max(part or 0, 0)
        if self.left is None:
            return wanted
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


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

    @property
    def input(self) -> int:
        """All tokens that went in."""
        written = self.cache_write_5m + self.cache_write_1h
        return self.fresh_input + self.cache_read + written + self.audio_input

    @property
    def output(self) -> int:
        """All tokens that came out."""
        return self.output_text + self.reasoning + self.audio_output


ADDED = {
    UsageRule.ADDED_CACHE: "the cache was added to the input",
    UsageRule.ADDED_REASONING: "reasoning was added to the output",
    UsageRule.ADDED_TOOL_INPUT: "results of the provider's tools were added to the input",
}
DECIDED = {
    UsageRule.BY_TOTAL: "the reported total adds up that way",
    UsageRule.BY_PARTS: "a part was larger than the whole",
    UsageRule.BY_DIALECT: "this sender is known to count that way",
    UsageRule.BY_PROVIDER: "nothing else decides, and the provider's API counts that way",
}
REMARKS = {
    UsageRule.AMBIGUOUS: "The numbers fit another reading too.",
    UsageRule.FROM_CONTENT: "What no attribute says is from the usage object inside the answer.",
    UsageRule.FROM_LOG: "They are from a log record.",
    UsageRule.DISAGREED: "Attributes named different numbers; the one that adds up was taken.",
}


def rule_in_words(rule: int) -> str:
    """How reported numbers became these, in sentences; empty where they are as reported and
    nothing had to be decided. For people; `UsageRule` is for programs."""
    added = [words for bit, words in ADDED.items() if rule & bit]
    decided = [words for bit, words in DECIDED.items() if rule & bit]
    said = [said for bit, said in REMARKS.items() if rule & bit]
    if added or decided:
        what = " and ".join(added) or "nothing was added, the parts are inside"
        why = f": {'; '.join(decided)}" if decided else ""
        said.insert(0, f"{what[0].upper()}{what[1:]}{why}.")
    return " ".join(said)


def rule_names(rule: int) -> list[str]:
    """The same for programs: the names of the bits in lower case."""
    return [(bit.name or "").lower() for bit in UsageRule if rule & bit]
