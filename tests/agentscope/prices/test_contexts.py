"""What the list knows of models beside prices."""

from agentscope.prices.contexts import Known, known_of


def test_it_works():
    assert known_of("openai", "gpt-4o-mini") == Known(128_000)
    assert known_of("OpenAI", "gpt-4o-mini-2024-07-18").context == 128_000


def test_what_nobody_says_is_unknown():
    assert known_of("openai", "no-such-model") == Known()
    assert known_of("google", "gemini-2.5-pro").context is None


def test_models_that_are_going_to_be_switched_off_are_known():
    assert known_of("google", "gemini-2.0-flash").is_deprecated
    assert not known_of("google", "gemini-2.5-flash").is_deprecated
