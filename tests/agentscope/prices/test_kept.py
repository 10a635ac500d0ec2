"""What is kept of the rates that a cost was worked out with."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agentscope.prices.kept import read, written
from agentscope.prices.rates import Rates

RATE = st.none() | st.integers(0, 2**53)
RATES = st.builds(
    Rates,
    tier_from=st.integers(0, 2**31),
    by_bucket=st.tuples(*[RATE] * 8),
    request=st.integers(0, 2**53),
    web_search=RATE,
    source=st.text(),
    since=st.dates(),
    provider=st.text(),
    model=st.text(),
    is_own=st.booleans(),
)


@given(RATES)
def test_rates_come_back_as_they_were(rates):
    assert read(written(rates)) == rates


def test_what_was_needed_only_to_work_it_out_is_left_out():
    rates = Rates(0, (1,) * 8, 0, None, "list", frozenset({"input"}), date(2025, 1, 1))
    assert read(written(rates)) == replace(rates, units=frozenset())


def test_earlier_versions_kept_nothing():
    assert read("") is None
