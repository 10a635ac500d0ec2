"""What a span means now and what it would mean with one more mapping, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentscope.vocabulary import Meaning, rule_in_words

TEXTS = (
    "agent agent_id agent_version model request_model provider framework service_tier tool "
    "tool_call_id session user environment response_id outcome error_type error_message"
).split()
COUNTS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "cache_write_1h": "cache_write_1h_tokens",
    "reasoning": "reasoning_tokens",
    "audio_input": "audio_input_tokens",
    "audio_output": "audio_output_tokens",
    "web_searches": "web_searches",
}
LONGEST = 200  # characters of a value


@dataclass(slots=True, frozen=True)
class Said:
    """A value in words, and the attribute that it is from. Empty: not said."""

    value: str = ""
    source: str = ""


@dataclass(slots=True, frozen=True)
class Line:
    """One field before and after."""

    field: str
    now: Said
    then: Said

    @property
    def differs(self) -> bool:
        return self.now != self.then


def lines(now: Meaning, then: Meaning) -> list[Line]:
    """The fields that either says something of."""
    before, after = dict(said(now)), dict(said(then))
    names = list(dict.fromkeys((*before, *after)))
    return [Line(name, before.get(name, Said()), after.get(name, Said())) for name in names]


def said(meaning: Meaning) -> Iterator[tuple[str, Said]]:
    """Each field that a meaning says something of."""
    sources = meaning.sources
    yield "kind", Said(meaning.kind.word, sources.get("kind", ""))
    yield "status", Said(meaning.status.word)
    for name in TEXTS:
        if value := getattr(meaning, name):
            yield name, Said(str(value)[:LONGEST], sources.get(name, ""))
    yield from usage(meaning)
    if meaning.reported_cost is not None:
        yield "reported_cost", Said(f"{meaning.reported_cost:f}", sources.get("reported_cost", ""))
    if meaning.discarded:
        yield "discarded", Said(meaning.discarded.word, sources.get("discarded", ""))
    if flags := [flag.name.lower() for flag in meaning.flags if flag.name]:
        yield "flags", Said(", ".join(flags))
    for name, value in meaning.dimensions.items():
        yield f"group {name}", Said(value, name)


def usage(meaning: Meaning) -> Iterator[tuple[str, Said]]:
    """Tokens, and the rule by which the reported numbers became these."""
    whole = meaning.sources.get("usage", "")
    for part, name in COUNTS.items():
        number = getattr(meaning.usage, part)
        if number is not None:
            yield name, Said(f"{number:,}", meaning.sources.get(name, whole))
    if rule := rule_in_words(meaning.usage.rule):
        yield "rule of the tokens", Said(rule)
