"""Shares of calls that went well, and how sure they are."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.routing.record import (
    LEAST_CALLS,
    MARGIN,
    Record,
    calls_needed,
    interval,
    is_as_good,
    is_worse,
)

RECORDS = st.integers(0, 2_000).flatmap(
    lambda calls: st.builds(Record, st.just(calls), st.integers(0, calls))
)


def test_it_works():
    # Wilson's interval of 90 of 100, as statistics packages give it
    low, high = interval(0.9, 100)
    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)


def test_no_calls_tell_nothing():
    assert Record().interval == (0.0, 1.0)
    assert not is_as_good(Record(), Record(100, 90))
    assert not is_worse(Record(), Record(100))


@given(RECORDS)
def test_the_interval_holds_the_share(record):
    low, high = record.interval
    assert 0 <= low <= high <= 1
    assert not record.calls or low - 1e-12 <= record.rate <= high + 1e-12


@given(RECORDS, RECORDS)
def test_nothing_is_better_and_worse(cheaper, now):
    assert not (is_as_good(cheaper, now) and is_worse(cheaper, now))


@given(st.integers(0, 100))
def test_as_many_calls_as_are_asked_for_would_prove_it(flawed):
    now = Record(1_000, flawed)
    needed = calls_needed(now)
    assert needed >= LEAST_CALLS
    assert interval(now.rate, needed)[0] >= now.rate - MARGIN
    assert needed == LEAST_CALLS or interval(now.rate, needed - 1)[0] < now.rate - MARGIN
