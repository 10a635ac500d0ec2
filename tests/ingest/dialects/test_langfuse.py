"""The law of Langfuse's usage details: buckets are disjoint, and each token is counted once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import Usage
from ingest.dialects import understand
from tests.kit.spans import wire_span

counts = st.integers(0, 10**6)


def usage_of(**buckets: int) -> Usage:
    """What a generation with these details used."""
    said = {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o"}
    details = {"langfuse.observation.usage_details": json.dumps(buckets)}
    return understand(wire_span(attributes=said | details)).usage


@given(counts, counts, counts, counts, counts, st.booleans())
def test_wholes_are_the_sums_of_their_buckets(fresh, read, written, text, thought, with_total):
    buckets = {
        "input": fresh,
        "input_cache_read": read,
        "input_cache_creation": written,
        "output": text,
        "output_reasoning": thought,
    }
    total = {"total": sum(buckets.values())} if with_total else {}
    usage = usage_of(**buckets, **total)
    assert usage.input == fresh + read + written
    assert usage.output == text + thought
    assert (usage.cache_read, usage.cache_write, usage.reasoning) == (read, written, thought)


@given(counts, counts, counts, counts)
def test_a_total_of_the_wholes_says_that_the_parts_are_inside(fresh, read, text, thought):
    usage = usage_of(
        input=fresh + read,
        input_cached_tokens=read,
        output=text + thought,
        output_reasoning_tokens=thought,
        total=fresh + read + text + thought,
    )
    assert usage.input == fresh + read
    assert usage.output == text + thought


@given(counts, counts, counts, counts)
def test_audio_is_part_of_the_wholes(fresh, heard, text, said):
    usage = usage_of(input=fresh, input_audio=heard, output=text, output_audio=said)
    assert usage.input == fresh + heard
    assert usage.output == text + said
    assert (usage.audio_input, usage.audio_output) == (heard, said)
