"""Which models are the same release in another size."""

import pytest

from agentscope.prices.catalogue import read_catalogue
from agentscope.routing.smaller import families, family, siblings

LISTED = families((m["provider"], name) for m in read_catalogue()["models"] for name in m["names"])


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("openai", "gpt-4o", ["gpt-4o-mini"]),
        ("openai", "gpt-5", ["gpt-5-mini", "gpt-5-nano", "gpt-5-pro"]),
        ("anthropic", "claude-sonnet-4-5", ["claude-haiku-4-5", "claude-opus-4-5"]),
        ("google", "gemini-2.5-pro", ["gemini-2.5-flash", "gemini-2.5-flash-lite"]),
        ("openai", "gpt-3.5-turbo", []),
    ],
)
def test_it_works(provider, model, expected):
    assert siblings(LISTED, provider, model) == expected


def test_another_release_or_another_purpose_is_another_family():
    assert family("gpt-4o") != family("gpt-4.1")
    assert family("gpt-4o-mini") != family("gpt-4o-mini-audio-preview")
    assert family("gpt-4o-2024-08-06") == family("gpt-4o-mini")


def test_models_that_are_going_to_be_switched_off_are_no_siblings():
    assert siblings(LISTED, "google", "gemini-2.0-flash") == []
