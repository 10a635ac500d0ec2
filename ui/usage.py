"""The tokens of a span in words: each bucket, what was reported of it and where, and the rule by
which the one became the other. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agentscope.traces.tree import Row
from agentscope.traces.used import usage_of
from agentscope.vocabulary import BY_MAPPING, Buckets, Usage, rule_in_words
from ui.buckets import BUCKET_WORDS

# Buckets in the order of a bill → the reported part that says whether a bucket is known
INPUT = {
    "fresh_input": "input",
    "cache_read": "cache_read",
    "cache_write_5m": "cache_write",
    "cache_write_1h": "cache_write_1h",
    "audio_input": "audio_input",
}
OUTPUT = {"output_text": "output", "reasoning": "reasoning", "audio_output": "audio_output"}
# Numbers as senders report them: field of a source → its words
REPORTED = {
    "input_tokens": "input",
    "output_tokens": "output",
    "total_tokens": "total",
    "cache_read_tokens": "cache read",
    "cache_write_tokens": "cache write",
    "cache_write_5m_tokens": "cache write, 5 min",
    "cache_write_1h_tokens": "cache write, 1 h",
    "reasoning_tokens": "reasoning",
    "audio_input_tokens": "audio in",
    "audio_output_tokens": "audio out",
    "tool_input_tokens": "results of the provider's tools",
    "web_searches": "web searches",
    "service_tier": "tier of service",
    "reported_cost": "cost",
    "usage": "inside the answer",
}


@dataclass(slots=True, frozen=True)
class Bucket:
    """Tokens of one kind; `tokens` is empty where the whole that they are of was not reported."""

    words: str
    tokens: str


@dataclass(slots=True, frozen=True)
class Reported:
    """A number as the sender wrote it, and the attribute that it is from."""

    words: str
    value: str
    source: str


@dataclass(slots=True, frozen=True)
class Tokens:
    """What a span used."""

    buckets: list[Bucket]
    searches: str
    rule: str  # sentences; empty where nothing had to be decided
    reported: list[Reported]


def tokens_of(row: Row, sources: Mapping[str, str], sent: Mapping[str, Any]) -> Tokens | None:
    """The tokens of a span; None if it reported none. `sent` has the values by their sources."""
    usage = usage_of(row)
    if usage is None:
        return None
    return Tokens(
        buckets=list(buckets_of(usage)),
        searches=f"{usage.web_searches:,}" if usage.web_searches else "",
        rule=rule_in_words(usage.rule),
        reported=list(reported(sources, sent)),
    )


def buckets_of(usage: Usage) -> Iterator[Bucket]:
    """Input and output, and each part that was reported. What nobody told is not there, for that
    is unknown and no zero."""
    found = usage.buckets()
    for words, names, whole in (("Input", INPUT, usage.input), ("Output", OUTPUT, usage.output)):
        told = [name for name in names if is_told(name, names, usage, found)]
        rest = next(iter(names))
        if whole is None:
            yield Bucket(words, "")
        elif told == [rest]:
            told = []
            yield Bucket(words, f"{whole:,}")
        for name in told:
            if whole is not None or name != rest:
                yield Bucket(BUCKET_WORDS[name].capitalize(), f"{getattr(found, name):,}")


def is_told(name: str, names: dict[str, str], usage: Usage, found: Buckets) -> bool:
    """Whether a bucket was reported. One that holds nothing is not worth a line, if it is no
    whole."""
    said = getattr(usage, names[name]) is not None
    return said and (getattr(found, name) > 0 or name in ("fresh_input", "output_text"))


def reported(sources: Mapping[str, str], sent: Mapping[str, Any]) -> Iterator[Reported]:
    """The numbers as they came, each with its attribute."""
    for field, words in REPORTED.items():
        if source := sources.get(field):
            value = sent.get(source.replace(BY_MAPPING, ""))
            plain = isinstance(value, int | float | str) and len(str(value)) <= LONG
            yield Reported(words, str(value) if plain else "", source)


LONG = 40  # characters of a number
