"""Usage that was sent as one object in one attribute: candidates for each of its numbers."""

from __future__ import annotations

from agentscope.vocabulary import Value
from ingest.reading.json_values import mapping, parsed
from ingest.reading.source import Facts
from ingest.reading.usage_objects import Numbers, spelled_out, usage_inside

# What an instrumentation may have no name for, although it tells the rest. All are parts of wholes.
PARTS = (
    *("reasoning_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"),
    *("audio_input_tokens", "audio_output_tokens", "web_searches", "service_tier"),
)


def usage_object(value: Value) -> Numbers:
    """The numbers of a usage object, given as it is or as JSON; empty if it is none."""
    return spelled_out(mapping(value) or {})


def usage_of_answer(value: Value) -> Numbers:
    """The numbers of the usage object inside an answer; empty if there is none."""
    if isinstance(value, str) and "oken" not in value:
        return {}  # not worth decoding
    return usage_inside(parsed(value)) or {}


def add_numbers(facts: Facts, rank: int, source: str, numbers: Numbers) -> None:
    """Offer each number as a candidate for its field."""
    for field, number in numbers.items():
        facts.add(field, rank, source, number)  # type: ignore[arg-type]


def parts_only(numbers: Numbers) -> Numbers:
    """The numbers that divide up what was reported elsewhere."""
    return {field: numbers[field] for field in PARTS if field in numbers}
