"""Tokens to one model: input includes the cache, output includes reasoning.

Providers and instrumentations differ in both, and the name of a dialect alone does not tell. What
decides, in this order: what a sender is known to do against all appearance; the reported total,
which says of which other numbers it is made; a part that is larger than its whole; how the dialect
counts by its own rules; how the provider's API counts. Each answer is kept with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, NamedTuple

from agentscope.vocabulary import Usage, UsageRule


@dataclass(frozen=True, slots=True)
class Habit:
    """Which parts somebody leaves out of the whole. `None`: not known."""

    cache: bool | None = None
    reasoning: bool | None = None
    tool_input: bool | None = None


UNKNOWN = Habit()
# Only who leaves results of the provider's tools out of the input reports them apart.
APART = Habit(tool_input=True)
COMMON = Habit(cache=False, reasoning=False)  # OpenAI's API, and those that are like it
ANTHROPIC = Habit(cache=True, reasoning=False)
GEMINI = Habit(cache=False, reasoning=True)
GOOGLE = ("gcp.gemini", "gcp.vertex_ai", "gcp.gen_ai")
CLAUDE_HOSTS = ("anthropic", "aws.bedrock", *GOOGLE)


class Reading(NamedTuple):
    """One way to read the numbers: which parts are outside of what was reported as the whole."""

    cache: bool
    reasoning: bool
    tool_input: bool


ALL_INSIDE = Reading(cache=False, reasoning=False, tool_input=False)
ADDED = {
    "cache": UsageRule.ADDED_CACHE,
    "reasoning": UsageRule.ADDED_REASONING,
    "tool_input": UsageRule.ADDED_TOOL_INPUT,
}


# The number that each part is told by
PARTS = {"cache": "cached", "reasoning": "reasoning", "tool_input": "tool_input"}


@dataclass(slots=True)
class Numbers:
    """What was reported, as far as the decision needs it. Parts that were not reported are 0."""

    input: int | None
    output: int | None
    total: int | None
    read: int
    cached: int
    reasoning: int
    tool_input: int

    def can_be_inside(self) -> bool:
        """Whether both wholes are known, and no smaller than their parts."""
        if self.input is None or self.output is None or self.tool_input:
            return False
        return self.cached <= self.input and self.reasoning <= self.output

    def readings(self) -> Iterator[Reading]:
        """Every reading under which no part is larger than its whole."""
        sides = product(
            (False, True) if self.cached and self.input is not None else (False,),
            (False, True) if self.reasoning and self.output is not None else (False,),
            (False, True) if self.tool_input and self.input is not None else (False,),
        )
        for cache, reasoning, tool_input in sides:
            if not cache and self.input is not None and self.cached > self.input:
                continue
            if not reasoning and self.output is not None and self.reasoning > self.output:
                continue
            yield Reading(cache, reasoning, tool_input)

    def fits(self, reading: Reading) -> bool:
        """Whether the total is made of all that this reading says is used. Some totals count what
        was read from the cache, but not what was written to it."""
        rest = self.beyond(reading)
        return rest == self.cached or rest == self.read > 0 if reading.cache else rest == 0

    def fits_loosely(self, reading: Reading) -> bool:
        """The same for totals that leave the cache out, wherever it is in the input."""
        return self.beyond(reading) == (0 if reading.cache else -self.cached)

    def beyond(self, reading: Reading) -> int:
        """What the total has beyond input, output, and all outside of them but the cache."""
        outside = self.reasoning * reading.reasoning + self.tool_input * reading.tool_input
        return (self.total or 0) - (self.input or 0) - (self.output or 0) - outside


def usage_of(
    numbers: dict[str, Any],
    *,
    known: Habit = UNKNOWN,
    usual: Habit = APART,
    api: Habit = COMMON,
) -> Usage:
    """Usage from fields of `source.ScalarField`: `input_tokens`, `output_tokens`, `total_tokens`
    and the parts of the first two.

    `known` is what the sender leaves out whatever the numbers say (the fields `cache_outside` and
    `reasoning_outside` say so too), `usual` what its dialect does, `api` what the provider does.
    """
    usage = Usage(
        numbers.get("input_tokens"),
        numbers.get("output_tokens"),
        numbers.get("cache_read_tokens"),
        numbers.get("cache_write_tokens"),
        numbers.get("reasoning_tokens"),
        numbers.get("cache_write_1h_tokens"),
        numbers.get("audio_input_tokens"),
        numbers.get("audio_output_tokens"),
        numbers.get("web_searches"),
    )
    complete_cache_write(usage, numbers.get("cache_write_5m_tokens"))
    if api == GEMINI and usage.reasoning is None and (thoughts := unreported(usage, numbers)):
        usage.reasoning = thoughts
        usage.rule = UsageRule.AMBIGUOUS  # it may be what the provider's tools added to the prompt
    sent = Numbers(
        usage.input,
        usage.output,
        numbers.get("total_tokens"),
        usage.cache_read or 0,
        (usage.cache_read or 0) + (usage.cache_write or 0),
        usage.reasoning or 0,
        numbers.get("tool_input_tokens") or 0,
    )
    if sent.cached or sent.reasoning or sent.tool_input:
        include(usage, sent, (exceptions(numbers, known), usual, api))
    return usage


def unreported(usage: Usage, numbers: dict[str, Any]) -> int:
    """What Gemini's total has beyond prompt and answer, in tokens: its API counts thoughts apart,
    and some senders pass on the total but not them. 0 if something else explains the rest."""
    total = numbers.get("total_tokens")
    if total is None or usage.input is None or usage.output is None:
        return 0
    if numbers.get("tool_input_tokens"):
        return 0
    rest: int = total - usage.input - usage.output
    cached = {usage.cache_read or 0, (usage.cache_read or 0) + (usage.cache_write or 0)}
    return 0 if rest in cached else max(rest, 0)


def exceptions(numbers: dict[str, Any], known: Habit) -> Habit:
    """What a sender is known to leave out, also from the fields that say so."""
    if "cache_outside" in numbers:
        known = replace(known, cache=True)
    return replace(known, reasoning=True) if "reasoning_outside" in numbers else known


def complete_cache_write(usage: Usage, for_minutes: int | None) -> None:
    """What was written to the cache in all, where only its parts are reported or are more."""
    parts = (for_minutes or 0) + (usage.cache_write_1h or 0)
    if parts > (usage.cache_write or 0):
        usage.cache_write = parts


def include(usage: Usage, sent: Numbers, habits: tuple[Habit, Habit, Habit]) -> None:
    """Add to input and output what is not in them yet, and note the rule."""
    reading, rule = decide(sent, *habits)
    usage.rule |= rule
    if usage.input is not None:
        usage.input += sent.cached * reading.cache + sent.tool_input * reading.tool_input
    if usage.output is not None:
        usage.output += sent.reasoning * reading.reasoning


def decide(sent: Numbers, known: Habit, usual: Habit, api: Habit) -> tuple[Reading, UsageRule]:
    """The reading of the numbers, and what decided for it. Most calls are plain, and are told from
    the others in a tenth of the time."""
    if known == UNKNOWN and sent.can_be_inside():
        if sent.total is not None and sent.total == (sent.input or 0) + (sent.output or 0):
            return ALL_INSIDE, UsageRule.BY_TOTAL
        parts = ((sent.cached, usual.cache), (sent.reasoning, usual.reasoning))
        if sent.total is None and all(side is False for size, side in parts if size):
            return ALL_INSIDE, UsageRule.BY_DIALECT
    return deliberate(sent, known, usual, api)


def deliberate(sent: Numbers, known: Habit, usual: Habit, api: Habit) -> tuple[Reading, UsageRule]:
    """The same, with every reading looked at, one part after the other."""
    possible = list(sent.readings())
    agreed = [it for it in possible if agrees(it, known, sent)] or possible
    pool, by_numbers = fitting(sent, agreed)
    rule = UsageRule(0)
    for part in ADDED:
        if not getattr(sent, PARTS[part]):
            continue
        sides = {getattr(it, part) for it in pool}
        if len(sides) == 1 and getattr(known, part) in sides:
            rule |= UsageRule.BY_DIALECT
        elif len(sides) == 1:
            rule |= by_numbers if is_open(sent, part) else UsageRule(0)
        else:
            side, why = habit_of(part, usual, api)
            pool, rule = [it for it in pool if getattr(it, part) == side], rule | why
    for part, added in ADDED.items():
        rule |= added if getattr(pool[0], part) else UsageRule(0)
    return pool[0], rule


def fitting(sent: Numbers, possible: list[Reading]) -> tuple[list[Reading], UsageRule]:
    """The readings with which the total adds up, else all; and what is then the reason."""
    if sent.total is not None and sent.input is not None and sent.output is not None:
        for fits in (sent.fits, sent.fits_loosely):
            if found := [it for it in possible if fits(it)]:
                return found, UsageRule.BY_TOTAL
    return possible, UsageRule.BY_PARTS


def agrees(reading: Reading, habit: Habit, sent: Numbers) -> bool:
    """Whether a reading is as somebody counts, as far as that is known and there is such a part."""
    return all(
        getattr(habit, part) in {None, getattr(reading, part)} or not getattr(sent, number)
        for part, number in PARTS.items()
    )


def is_open(sent: Numbers, part: str) -> bool:
    """Whether the whole is known, so that there was something to decide."""
    return (sent.output if part == "reasoning" else sent.input) is not None


def habit_of(part: str, usual: Habit, api: Habit) -> tuple[bool, UsageRule]:
    """Where a part is by the rules of the dialect, else as the provider's API counts."""
    side = getattr(usual, part)
    if side is not None:
        return side, UsageRule.BY_DIALECT
    return bool(getattr(api, part)), UsageRule.BY_PROVIDER | UsageRule.AMBIGUOUS


def api_of(provider: str, model: str) -> Habit:
    """How the API of a provider counts. Anthropic's models count the same on every host."""
    if provider == "anthropic" or (provider in CLAUDE_HOSTS and "claude" in model.lower()):
        return ANTHROPIC
    return GEMINI if provider in GOOGLE else COMMON


def adds_up(numbers: dict[str, Any]) -> bool:
    """Whether the total is made of the other numbers under any reading."""
    sent = Numbers(
        numbers.get("input_tokens"),
        numbers.get("output_tokens"),
        numbers["total_tokens"],
        numbers.get("cache_read_tokens") or 0,
        (numbers.get("cache_read_tokens") or 0) + (numbers.get("cache_write_tokens") or 0),
        numbers.get("reasoning_tokens") or 0,
        numbers.get("tool_input_tokens") or 0,
    )
    return any(sent.fits(reading) for reading in sent.readings())
