"""What providers add to an answer of Vercel's AI SDK."""

import json
from decimal import Decimal

import pytest

from ingest.reading.vercel_metadata import of_metadata, reported_cost, tier


@pytest.mark.parametrize(
    ("said", "which", "number"),
    [
        ({"anthropic": {"cacheCreationInputTokens": 300}}, "cache_write", 300),
        ({"anthropic": {"usage": {"cache_creation_input_tokens": 300}}}, "cache_write", 300),
        ({"bedrock": {"usage": {"cacheWriteInputTokens": 300}}}, "cache_write", 300),
        ({"openai": {"cachedPromptTokens": 64}}, "cache_read", 64),
        ({"google": {"usageMetadata": {"cachedContentTokenCount": 64}}}, "cache_read", 64),
        ({"google": {"usageMetadata": {"thoughtsTokenCount": 8}}}, "reasoning", 8),
        (
            {"anthropic": {"usage": {"cache_creation": {"ephemeral_1h_input_tokens": 100}}}},
            "cache_write_1h",
            100,
        ),
        ({"openai": {"responseId": "resp_1"}}, "cache_read", None),
    ],
)
def test_numbers_under_the_names_of_each_provider(said, which, number):
    assert of_metadata(which)(json.dumps(said)) == number


@pytest.mark.parametrize("said", ["", "no JSON", "[1]", '{"a": {"b": {"c": {"d": {"e": {}}}}}}', 7])
def test_what_is_no_metadata_says_nothing(said):
    assert of_metadata("cache_read")(said) is None
    assert tier(said) is None
    assert reported_cost(said) is None


def test_the_ordinary_tier_has_no_name():
    assert tier('{"openai": {"serviceTier": "default"}}') is None
    assert tier('{"openai": {"serviceTier": "priority"}}') == "priority"


def test_only_a_gateway_s_cost_is_what_is_paid():
    assert reported_cost('{"gateway": {"cost": "0.0012"}}') == Decimal("0.0012")
    assert reported_cost('{"openrouter": {"usage": {"cost": 0.5}}}') == Decimal("0.5")
    assert reported_cost('{"someone": {"cost": 7}}') is None
