"""Whatever is said of a span says which attribute it came from, over all recorded runs."""

from collections import Counter

from agentscope.vocabulary import Kind, Meaning
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import cases

TEXTS = (
    "agent agent_id agent_version model request_model provider framework tool tool_call_id session "
    "environment service_tier user response_id step_limit outcome discarded reported_cost"
).split()
TOKENS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "reasoning": "reasoning_tokens",
}


def test_every_field_says_its_source() -> None:
    missing: Counter[str] = Counter()
    for case in cases():
        for body, content_type in case.bodies("traces"):
            for span in decode_traces(body, content_type).items:
                for field in without_source(understand(span)):
                    missing[f"{case.name}: {field}"] += 1
    assert not missing


def without_source(meaning: Meaning) -> list[str]:
    """Fields of which a meaning says something, but not from where."""
    said = [field for field in TEXTS if getattr(meaning, field)]
    said += [] if meaning.kind is Kind.OTHER else ["kind"]
    if "usage" not in meaning.sources:
        said += [name for part, name in TOKENS.items() if getattr(meaning.usage, part)]
    return [field for field in said if field not in meaning.sources]
