"""The price book: strict about names, exact about money, aware of day and size of a call."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.book import PriceBook, Rates, book_of
from agentscope.prices.catalogue import read_catalogue, rows_of
from agentscope.prices.price import Tokens, price

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def book() -> PriceBook:
    """The prices that come with AgentScope."""
    return book_of(row[:7] for row in rows_of(read_catalogue()))


def usd(rates: Rates) -> dict[str, Decimal]:
    """Rates as USD per million tokens, those that are known."""
    named = {name: getattr(rates, name) for name in Rates.__slots__}
    return {name: Decimal(rate) / 10**8 for name, rate in named.items() if rate is not None}


def test_it_works(book):
    found = book.rates("openai", "gpt-4o", TODAY, 100)
    assert usd(found) == {
        "input": Decimal("2.5"),
        "output": Decimal(10),
        "cache_read": Decimal("1.25"),
    }


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4o-2024-08-06"),
        ("openai", "GPT-4o"),
        ("", "gpt-4o"),
        ("", "openai/gpt-4o"),
        ("azure.ai.openai", "gpt-4o"),
    ],
)
def test_spellings_of_one_model(book, provider, model):
    assert book.find(provider, model) == book.find("openai", "gpt-4o")


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("anthropic", "claude-sonnet-4-5-20250929"),
        ("gcp.gemini", "models/gemini-2.5-flash"),
        ("aws.bedrock", "anthropic.claude-opus-4-1-20250805-v1:0"),
        ("", "claude-3-5-haiku-latest"),
        ("openai", "text-embedding-3-small"),
    ],
)
def test_models_that_are_known(book, provider, model):
    assert book.find(provider, model)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "my-gpt-4o"),
        ("openai", "gpt-4o-finetuned"),
        ("openai", "gpt-4o-mini-2024-07-18-custom"),
        ("ollama", "gpt-4o"),  # runs at home
        ("anthropic", "gpt-4o"),
        ("", "gpt"),
        ("", ""),
        ("openai", ""),
    ],
)
def test_what_only_looks_alike_has_no_price(book, provider, model):
    assert book.rates(provider, model, TODAY, 1) is None


def test_a_release_with_a_price_of_its_own(book):
    assert usd(book.rates("openai", "gpt-4o-2024-05-13", TODAY, 1))["input"] == 5


def test_prices_hold_from_a_day_to_the_next(book):
    before = book.rates("openai", "o3", date(2025, 6, 9), 1)
    since = book.rates("openai", "o3", date(2025, 6, 10), 1)
    assert (usd(before)["input"], usd(since)["input"]) == (10, 2)


def test_large_calls_cost_more_from_the_first_token_beyond(book):
    small, large = (
        book.rates("google", "gemini-2.5-pro", TODAY, tokens) for tokens in (200_000, 200_001)
    )
    assert (usd(small)["input"], usd(large)["input"]) == (Decimal("1.25"), Decimal("2.5"))


def test_prices_that_depend_on_the_hour_are_left_out(book):
    assert book.rates("deepseek", "deepseek-chat", TODAY, 1) is None


def test_a_price_to_the_last_digit():
    rates = Rates(input=250_000_000, output=10**9, cache_read=125_000_000, cache_write=None)
    assert price(Tokens(100, 10, 40, 0), rates) == 300_000_000  # 1e-12 USD
    assert price(Tokens(1, 0, 0, 0), Rates(149, None, None, None)) == 1
    assert price(Tokens(1, 0, 0, 0), Rates(150, None, None, None)) == 2


def test_without_a_price_of_their_own_cached_tokens_cost_as_much_as_others():
    assert price(Tokens(100, 0, 40, 10), Rates(100, None, None, None)) == 100


def test_a_rate_that_is_needed_and_unknown_makes_the_cost_unknown():
    rates = Rates(input=100, output=None, cache_read=None, cache_write=None)
    assert price(Tokens(1, 1, 0, 0), rates) is None
    assert price(Tokens(1, 0, 0, 0), rates) == 1


COUNTS = st.integers(min_value=0, max_value=10**9)
RATES = st.integers(min_value=0, max_value=10**11)


@given(COUNTS, COUNTS, COUNTS, COUNTS, RATES, RATES, RATES, RATES)
def test_a_cost_is_off_by_less_than_its_last_digit(fresh, read, written, output, i, o, r, w):
    tokens = Tokens(fresh + read + written, output, read, written)
    exact = Fraction(fresh * i + read * r + written * w + output * o, 100)
    assert abs(price(tokens, Rates(i, o, r, w)) - exact) <= Fraction(1, 2)
