"""The usage of a span: the numbers that its attributes report, completed from inside the answer.

Which number counts where attributes disagree is decided here; what the numbers mean, in `usage`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

from agentscope.vocabulary import Kind, Meaning, Usage, UsageRule, Value
from ingest.reading.json_values import parsed
from ingest.reading.source import Facts
from ingest.reading.usage import APART, UNKNOWN, Habit, adds_up, api_of, usage_of
from ingest.reading.usage_objects import usage_inside

# Attributes whose writers follow a rule: the cache is inside the input, reasoning in the output
INSIDE = (
    "gen_ai.usage.cache_read.",
    "gen_ai.usage.cache_write.",
    "gen_ai.usage.cache_creation.",
    "gen_ai.usage.reasoning.",
    "gen_ai.usage.details.",
    "gen_ai.usage.input_token_details",  # LangChain's, through LangSmith
    "gen_ai.usage.output_token_details",
    "gen_ai.usage.input_tokens.",  # OpenRouter's
    "gen_ai.usage.output_tokens.",
    "gen_ai.usage.prompt_tokens_details.",
    "gen_ai.usage.completion_tokens_details.",
    "llm.token_count.",
    "ai.usage.inputTokenDetails.",
    "ai.usage.outputTokenDetails.",
    "langsmith.",
    "codex.",
)
CALLS_OF_MODELS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK)
ONE_SIDED = (Kind.EMBEDDING, Kind.RERANK)  # calls that only take tokens in
NO_RULE = UsageRule(0)
WHOLES = ("input_tokens", "output_tokens")
PARTS = (
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "reasoning",
    "audio_input",
    "audio_output",
    "web_searches",
)
# Words of a usage object that tell of a part
MARKS = {
    "cache_read": ("cache",),
    "cache_write_1h": ("ephemeral_1h", "cacheDetails"),
    "reasoning": ("reasoning_tokens", "thoughtsToken", "thoughts_token"),
    "audio_input": ("audio_tokens",),
    "web_searches": ("web_search_requests", "web_search_call"),
}
ANSWERS = ("output", "output_messages", "result")


def say_usage(meaning: Meaning, facts: Facts) -> None:
    """The usage that attributes report. The model and the provider are known by now."""
    values, candidates = facts.values, facts.candidates
    known, rule = UNKNOWN, NO_RULE
    if len(candidates.get("input_tokens", ())) > 1 or len(candidates.get("output_tokens", ())) > 1:
        known, rule = settle(facts)
    if facts.kind in ONE_SIDED and "total_tokens" in values and not values.get("input_tokens"):
        values["input_tokens"] = values["total_tokens"]
        facts.sources["input_tokens"] = facts.sources["total_tokens"]
    api = api_of(meaning.provider, meaning.model)
    meaning.usage = usage_of(values, known=known, usual=usual(facts), api=api)
    if rule:
        meaning.usage.rule |= rule


def usual(facts: Facts) -> Habit:
    """How the dialects count from whose attributes the parts came."""
    sources = facts.sources
    cached = sources.get("cache_read_tokens") or sources.get("cache_write_tokens", "")
    reasoning = sources.get("reasoning_tokens", "")
    return habit(cached.startswith(INSIDE), reasoning.startswith(INSIDE))


@cache
def habit(cache_inside: bool, reasoning_inside: bool) -> Habit:
    """A habit by what is known to be inside of the whole: making one costs more than looking it
    up."""
    return replace(
        APART,
        cache=False if cache_inside else None,
        reasoning=False if reasoning_inside else None,
    )


def settle(facts: Facts) -> tuple[Habit, UsageRule]:
    """Choose among attributes that report different numbers: those with which the total adds up;
    else, of two inputs that are the cache apart, the one that has it; else the best that is not 0,
    which many senders write for "unknown"."""
    said = {whole: list(facts.ranked(whole)) for whole in WHOLES}
    if not any(found[0][1] != number for found in said.values() for _, number in found):
        return UNKNOWN, NO_RULE
    if "total_tokens" in facts.values and (pair := first_that_adds_up(facts, said)):
        take(facts, pair)
        return UNKNOWN, UsageRule.DISAGREED
    cached = sum(facts.values.get(f"cache_{way}_tokens") or 0 for way in ("read", "write"))
    numbers = {number for _, number in said["input_tokens"]}
    whole = next((at for at in said["input_tokens"] if at[1] - cached in numbers), None)
    take(facts, {name: best(found) for name, found in said.items() if found})
    if whole and cached:
        take(facts, {"input_tokens": whole})
        return Habit(cache=False), UsageRule.DISAGREED
    return UNKNOWN, UsageRule.DISAGREED


Said = tuple[str, int]  # an attribute and its number


def first_that_adds_up(facts: Facts, said: dict[str, list[Said]]) -> dict[str, Said] | None:
    """The best attributes for input and output with which the total adds up."""
    present = {name: found for name, found in said.items() if found}
    for chosen in product(*present.values()):
        pair = dict(zip(present, chosen, strict=True))
        if adds_up(facts.values | {name: number for name, (_, number) in pair.items()}):
            return pair
    return None


def best(found: list[Said]) -> Said:
    """The first that is not 0, else the first."""
    return next((at for at in found if at[1]), found[0])


def take(facts: Facts, chosen: dict[str, Said]) -> None:
    """Let these attributes win."""
    for name, (key, number) in chosen.items():
        facts.sources[name], facts.values[name] = key, number


def complete_usage(meaning: Meaning, facts: Facts) -> None:
    """Take numbers that no attribute has from the usage object inside the answer of a model: all of
    them, or those that are missing if it speaks of as many tokens."""
    if meaning.kind not in CALLS_OF_MODELS:
        return
    for key, numbers in inside_answers(facts, meaning.usage):
        inside = usage_of(numbers, api=api_of(meaning.provider, meaning.model))
        if not meaning.usage:
            meaning.usage = inside
        elif is_the_same(meaning.usage, inside, numbers):
            fill(meaning.usage, inside)
        else:
            continue
        meaning.usage.rule |= UsageRule.FROM_CONTENT
        meaning.service_tier = meaning.service_tier or numbers.get("service_tier", "")
        facts.sources["usage"] = key
        return


def inside_answers(facts: Facts, known: Usage) -> Iterator[tuple[str, dict[str, Any]]]:
    """Usage objects in the attributes that hold answers, with more than what is known."""
    for field in ANSWERS:
        for _, key, value, _ in facts.candidates.get(field, ()):
            if may_tell(value, known) and (numbers := usage_inside(parsed(value))):
                yield key, numbers


def may_tell(answer: Value, known: Usage) -> bool:
    """Whether an answer is worth being decoded: it speaks of tokens, in any spelling, and of a part
    of them that is not known."""
    if not isinstance(answer, str):
        return isinstance(answer, dict)
    return "oken" in answer and (not known or any(mark in answer for mark in missing_marks(known)))


def missing_marks(known: Usage) -> Iterator[str]:
    """What a usage object with a part that is not known contains."""
    for part, marks in MARKS.items():
        if getattr(known, part) is None:
            yield from marks


def is_the_same(usage: Usage, inside: Usage, numbers: dict[str, Any]) -> bool:
    """Whether an answer speaks of the call that the attributes report, parts left out or not."""
    return usage.input in {inside.input, numbers.get("input_tokens")} and usage.output in {
        inside.output,
        numbers.get("output_tokens"),
        None,
    }


def fill(usage: Usage, inside: Usage) -> None:
    """Set the parts that are not known; and the wholes, with the reason, if they were left out of
    them."""
    if (usage.input, usage.output) != (inside.input, inside.output) or not usage.rule:
        usage.input, usage.output, usage.rule = inside.input, inside.output, inside.rule
    for part in PARTS:
        if getattr(usage, part) is None:
            setattr(usage, part, getattr(inside, part))
