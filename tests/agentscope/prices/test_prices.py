"""What calls cost: exact, aware of day, size and service tier, and unknown rather than wrong."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.book import PriceBook, book_of
from agentscope.prices.catalogue import read_catalogue, rows_of
from agentscope.prices.price import Call, Priced, price_call
from agentscope.prices.rates import BUCKETS
from agentscope.vocabulary import Buckets, Why

TODAY = date(2026, 11, 25)
PICO = Decimal("1e-12")


def cost(book: PriceBook, provider: str, model: str, day: date = TODAY, **used) -> Decimal | Why:
    """The cost of a call in USD, or why it is unknown."""
    extras = {
        name: used.pop(name)
        for name in ("service_tier", "web_searches", "is_total")
        if name in used
    }
    call = Call(provider, model, day, extras.pop("service_tier", ""), Buckets(**used), **extras)
    priced = price_call(book, call)
    return priced.why if priced.pico is None else priced.pico * PICO


def row(usd, unit="input", size=0, *, tier="", since=None, until=None, model="m", provider="p"):
    """A row of the price table."""
    return (provider, model, unit, tier, size, Decimal(usd), since, until, "test")


def test_it_works(book):
    buckets = Buckets(fresh_input=3_000, cache_read=95_000, cache_write_5m=2_000, output_text=1_000)
    call = Call("anthropic", "claude-sonnet-4-5-20250929", TODAY, "", buckets)
    pico = 3_000 * 3_000_000 + 95_000 * 300_000 + 2_000 * 3_750_000 + 1_000 * 15_000_000
    priced = price_call(book, call)
    assert priced[:3] == (pico, Why.NONE, next(rows_of(read_catalogue()))[-1])
    assert (priced.rates.provider, priced.rates.model) == ("anthropic", "claude-sonnet-4-5")


def test_an_hour_in_the_cache_costs_more_than_five_minutes(book):
    short, long = (
        cost(book, "anthropic", "claude-sonnet-4-5", **{name: 10**5})
        for name in ("cache_write_5m", "cache_write_1h")
    )
    assert (short, long) == (Decimal("0.375"), Decimal("0.6"))


def test_without_a_price_of_its_own_a_part_costs_as_much_as_the_whole():
    book = book_of([row(1), row(2, "output")])
    parts = {name: cost(book, "p", "m", **{name: 10**6}) for name in BUCKETS}
    assert parts == {name: 2 if name in BUCKETS[5:] else 1 for name in BUCKETS}


def test_nobody_knows_what_an_hour_costs_where_only_five_minutes_have_a_price():
    book = book_of([row(1), row(2, "cache_write")])
    assert cost(book, "p", "m", cache_write_1h=1) == Why.NO_RATE


def test_sound_and_searches_have_prices_of_their_own(book):
    assert cost(book, "google", "gemini-2.0-flash", audio_input=10**6) == Decimal("0.7")
    assert cost(book, "anthropic", "claude-sonnet-4-5", web_searches=1) == Decimal("0.01")
    assert cost(book, "openai", "text-embedding-3-small", web_searches=1) == Why.NO_RATE


def test_a_rate_that_is_not_needed_may_be_unknown(book):
    assert cost(book, "openai", "text-embedding-3-small", fresh_input=10**6) == Decimal("0.02")
    assert cost(book, "openai", "text-embedding-3-small", output_text=1) == Why.NO_RATE


@pytest.mark.parametrize(
    ("tokens", "usd"),
    [
        (199_999, Decimal("0.24999875")),
        (200_000, Decimal("0.25")),
        (200_001, Decimal("0.5000025")),  # as a whole, not only what is beyond
    ],
)
def test_large_calls_cost_more_if_they_have_more_than_the_threshold(book, tokens, usd):
    assert cost(book, "google", "gemini-2.5-pro", fresh_input=tokens) == usd


def test_cached_tokens_count_towards_the_threshold(book):
    usd = cost(book, "google", "gemini-2.5-pro", fresh_input=1, cache_read=200_000)
    assert usd == Decimal("0.0000025") + 200_000 * Decimal("0.25") / 10**6


def test_of_a_total_only_this_is_known_that_its_calls_are_no_larger(book):
    small, large = (
        cost(book, "google", "gemini-2.5-pro", fresh_input=tokens, is_total=True)
        for tokens in (200_000, 200_001)
    )
    assert (small, large) == (Decimal("0.25"), Why.SEVERAL_CALLS)


def test_of_a_total_nobody_knows_how_many_calls_are_charged():
    book = book_of([row(1), row(5_000, "request")])
    assert cost(book, "p", "m", fresh_input=10**6) == Decimal("1.005")
    assert cost(book, "p", "m", fresh_input=10**6, is_total=True) == Why.SEVERAL_CALLS


def test_service_tiers_have_prices_of_their_own():
    searches = row(10_000, "web_search")
    book = book_of([row(2), row(8, "output"), searches, row(1, tier="batch")])
    for ordinary in ("", "default", "auto", "standard", "ON_DEMAND"):
        assert cost(book, "p", "m", fresh_input=10**6, service_tier=ordinary) == 2
    assert cost(book, "p", "m", fresh_input=10**6, service_tier="Batch") == 1
    assert cost(book, "p", "m", web_searches=1, service_tier="batch") == Decimal("0.01")
    assert cost(book, "p", "m", output_text=1, service_tier="batch") == Why.NO_RATE
    assert cost(book, "p", "m", fresh_input=1, service_tier="priority") == Why.NO_RATE


def test_prices_hold_from_a_day_to_the_next(book):
    before = cost(book, "openai", "o3", date(2025, 6, 9), fresh_input=10**6)
    since = cost(book, "openai", "o3", date(2025, 6, 10), fresh_input=10**6)
    assert (before, since) == (10, 2)


def test_a_model_may_have_had_no_price_yet():
    book = book_of([row(1, since=TODAY)])
    yesterday = TODAY - timedelta(days=1)
    assert cost(book, "p", "m", yesterday, fresh_input=1) == Why.NO_PRICE_AT_THE_TIME


def test_a_release_with_a_price_of_its_own(book):
    assert cost(book, "openai", "gpt-4o-2024-05-13", fresh_input=10**6) == 5


def test_prices_that_depend_on_the_hour_are_left_out_and_said_to_be(book):
    assert cost(book, "deepseek", "deepseek-chat", fresh_input=1) == Why.PRICE_BY_THE_HOUR


def test_why_there_is_no_price(book):
    assert cost(book, "openai", "gpt-77", fresh_input=1) == Why.UNKNOWN_MODEL
    assert cost(book, "openai", " ", fresh_input=1) == Why.NO_MODEL


def test_free_is_nothing_to_pay_and_says_so(book):
    call = Call("openrouter", "z-ai/glm-4.5-air:free", TODAY, "", Buckets(fresh_input=10))
    assert price_call(book, call) == Priced(0, Why.FREE_MODEL, "its name")
    no_price = book_of([row(0), row(0, "output")])
    call = Call("p", "m", TODAY, "", Buckets(fresh_input=10))
    assert price_call(no_price, call)[:3] == (0, Why.FREE_MODEL, "test")


def test_the_last_digit_is_rounded_half_up():
    for usd, pico in (("0.00000149", 1), ("0.0000015", 2)):
        call = Call("p", "m", TODAY, "", Buckets(fresh_input=1))
        assert price_call(book_of([row(usd)]), call).pico == pico


def test_what_a_project_set_wins(book):
    own = [row(7, model="gpt-4o", provider="openai"), row(3, model="house-model", provider="")]
    ours = PriceBook(book.prices, book_of(own).prices, {"chat-prod": ("openai", "gpt-4o-mini")})
    assert cost(ours, "openai", "gpt-4o", fresh_input=10**6) == 7
    assert cost(ours, "openai", "gpt-4o-2024-08-06", fresh_input=10**6) == 7
    assert cost(ours, "vllm", "house-model", fresh_input=10**6) == 3
    assert cost(ours, "azure", "Chat-Prod", fresh_input=10**6) == Decimal("0.15")
    assert cost(book, "openai", "gpt-4o", fresh_input=10**6) == Decimal("2.5")
    assert cost(book, "vllm", "house-model", fresh_input=10**6) == Why.UNKNOWN_MODEL


def test_on_days_without_a_price_of_the_project_that_of_the_installation_holds(book):
    own = book_of([row(7, model="gpt-4o", provider="openai", since=TODAY)])
    ours = PriceBook(book.prices, own.prices)
    before = TODAY - timedelta(days=1)
    assert cost(ours, "openai", "gpt-4o", before, fresh_input=10**6) == Decimal("2.5")
    assert cost(ours, "openai", "gpt-4o", TODAY, fresh_input=10**6) == 7


def test_a_million_calls_of_a_ten_millionth_of_a_dollar_are_ten_cents():
    book = book_of([row("0.1")])
    call = Call("p", "m", TODAY, "", Buckets(fresh_input=1))
    assert sum(price_call(book, call).pico for _ in range(10**6)) * PICO == Decimal("0.1")


COUNTS = st.integers(min_value=0, max_value=10**9)
USD = st.decimals(min_value=0, max_value=1000, places=8)
SOME = st.builds(Buckets, **dict.fromkeys(BUCKETS, COUNTS))
UNITS = ("input", "cache_read", "cache_write", "cache_write_1h", "audio_input")
OUTPUTS = ("output", "reasoning", "audio_output")


@given(SOME, st.lists(USD, min_size=8, max_size=8))
def test_a_cost_is_off_by_less_than_its_last_digit(buckets, usd):
    book = book_of([row(price, unit) for price, unit in zip(usd, UNITS + OUTPUTS, strict=True)])
    exact = sum(
        Fraction(price) * getattr(buckets, bucket) / 10**6
        for price, bucket in zip(usd, BUCKETS, strict=True)
    )
    priced = price_call(book, Call("p", "m", TODAY, "", buckets))
    assert abs(priced.pico * Fraction(PICO) - exact) <= Fraction(PICO) / 2


@given(SOME, st.sampled_from(BUCKETS), COUNTS)
def test_more_tokens_never_cost_less(book, buckets, bucket, more):
    used = {name: getattr(buckets, name) for name in BUCKETS}
    larger = Buckets(**used | {bucket: used[bucket] + more})
    costs = [
        price_call(book, Call("google", "gemini-2.5-pro", TODAY, "", each)).pico
        for each in (buckets, larger)
    ]
    assert costs == sorted(costs)


@given(USD, USD, COUNTS)
def test_an_override_beats_the_catalogue_and_stays_in_its_project(listed, own, tokens):
    installation = book_of([row(listed)])
    ours = PriceBook(installation.prices, book_of([row(own)]).prices)
    call = Call("p", "m", TODAY, "", Buckets(fresh_input=tokens))
    assert price_call(ours, call)[:3] == price_call(book_of([row(own)]), call)[:3]
    assert price_call(ours, call).rates.is_own
    assert price_call(installation, call) == price_call(book_of([row(listed)]), call)


def test_a_hundred_thousand_calls_are_priced_in_a_moment(book):
    buckets = Buckets(fresh_input=3_000, cache_read=95_000, output_text=1_000)
    calls = [Call("google", "gemini-2.5-pro", TODAY, "", buckets)] * 100_000
    began = process_time()
    for call in calls:
        price_call(book, call)
    assert process_time() - began < 2.5  # measured: 0.15 s; the slack is for a busy machine
