"""The same calls on another model: exact where that is possible, else between two bounds."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.book import book_of
from agentscope.prices.price import Call, price_call
from agentscope.prices.rates import BUCKETS
from agentscope.prices.what_if import OTHER_TOKENS, Use, WhatIf, what_if
from agentscope.vocabulary import Buckets

TODAY = date(2026, 11, 25)
USD = 10**12


def row(unit, usd, size=0):
    return ("p", "m", unit, "", size, Decimal(usd), None, None, "test")


BOOK = book_of(
    [
        *(row(unit, usd) for unit, usd in (("input", 1), ("output", 5), ("cache_write", 2))),
        *(row(unit, usd, 201) for unit, usd in (("input", 2), ("output", 9))),
    ]
)


def asked(*uses, book=BOOK, model="m"):
    return what_if(book, "p", model, TODAY, uses)


def test_it_works():
    use = Use(1, Buckets(fresh_input=100, output_text=10))
    assert asked(use) == WhatIf(150 * 10**6, 150 * 10**6, 0, [OTHER_TOKENS])


def test_calls_that_may_be_large_lie_between_two_bounds():
    found = asked(Use(2, Buckets(fresh_input=300)))
    assert (found.least, found.most) == (300 * 10**6, 600 * 10**6)
    assert "Calls with more than 200 input tokens cost more" in found.notes[0]


def test_calls_that_cannot_be_large_are_exact():
    found = asked(Use(50, Buckets(fresh_input=200)), Use(1, Buckets(fresh_input=300)))
    assert found.least == found.most == 800 * 10**6


def test_sound_without_a_price_of_its_own_is_left_out_and_said_to_be():
    found = asked(Use(1, Buckets(fresh_input=100, audio_input=50)))
    assert (found.least, found.unknown_tokens) == (100 * 10**6, 50)
    assert found.notes[0] == "It has no price for sound: audio tokens are left out."


def test_what_else_is_not_known():
    found = asked(Use(1, Buckets(cache_read=100, cache_write_1h=10), web_searches=1))
    assert found.notes[:-1] == [
        "It has no price for cached input: it is priced as fresh input.",
        "It has no price for an hour in the cache: these tokens are left out.",
        "It has no price for web searches: they are left out.",
    ]
    assert (found.least, found.unknown_tokens) == (100 * 10**6, 10)


def test_each_request_is_paid_for():
    book = book_of([row("input", 0), row("request", 1_000_000)])
    assert asked(Use(7, Buckets(fresh_input=1)), book=book).least == 7 * USD


def test_a_model_without_a_price():
    found = asked(Use(1, Buckets(fresh_input=100)), model="n")
    assert found == WhatIf(None, None, 100, ["n has no price."])
    assert asked(Use(1, Buckets(fresh_input=100)), model="n:free").most == 0


SOME = st.builds(Buckets, **dict.fromkeys(BUCKETS, st.integers(0, 500)))


@given(st.lists(SOME, min_size=1, max_size=5))
def test_what_the_calls_would_have_cost_lies_within_the_bounds(calls):
    book = book_of([row(unit, 1) for unit in ("input", "output")] + [row("input", 3, 201)])
    total = Buckets(*(sum(getattr(each, name) for each in calls) for name in BUCKETS))
    found = what_if(book, "p", "m", TODAY, [Use(len(calls), total)])
    known = [
        Buckets(**{name: getattr(each, name) for name in BUCKETS if "audio" not in name})
        for each in calls
    ]
    exact = sum(price_call(book, Call("p", "m", TODAY, "", each)).pico for each in known)
    if not total.audio_input:  # sound makes a call larger, but has no price here
        assert found.least <= exact <= found.most
