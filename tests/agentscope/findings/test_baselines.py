"""What is far above the usual is told with its arithmetic; what is not, is not."""

from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.baselines import FEWEST, anomaly, baseline, times

CENT = 10**10  # 1e-12 USD
FLOOR = 25 * CENT
some = st.lists(st.integers(1, 10**15), min_size=FEWEST, max_size=60)
amounts = st.integers(1, 10**15)


def spread_out(median: int, factor: float, count: int = 100) -> list[int]:
    """Values around a median, that vary by such a factor."""
    chance = np.random.default_rng(1)
    return [int(median * each) for each in factor ** chance.normal(0, 1, count)]


def usd(pico: float) -> str:
    return f"${pico / 10**12:.2f}"


def test_the_arithmetic_is_printed() -> None:
    found = anomaly(48 * CENT, [4 * CENT] * 214, FLOOR)
    assert found is not None
    assert found.arithmetic(usd, "this agent's", "runs") == (
        "12 × this agent's median of $0.04 over 214 runs"
    )


def test_cents_times_a_large_factor_are_cents() -> None:
    assert anomaly(FLOOR - 1, [CENT // 10] * 50, FLOOR) is None
    assert anomaly(FLOOR, [CENT // 10] * 50, FLOOR) is not None


def test_three_times_the_median_is_the_least() -> None:
    history = [100 * CENT] * 50
    assert anomaly(299 * CENT, history, FLOOR) is None
    assert anomaly(300 * CENT, history, FLOOR) is not None


def test_what_varies_much_may_vary_much() -> None:
    assert anomaly(400 * CENT, spread_out(100 * CENT, 1.2), FLOOR) is not None
    assert anomaly(400 * CENT, spread_out(100 * CENT, 3), FLOOR) is None


def test_odd_ones_in_the_history_do_not_hide_the_next() -> None:
    plain = spread_out(100 * CENT, 1.3, 90)
    before = anomaly(500 * CENT, plain, FLOOR)
    after = anomaly(500 * CENT, plain + [10_000 * CENT] * 9, FLOOR)
    assert before is not None
    assert after is not None
    assert after.is_strong


def test_few_samples_say_little_of_how_much_they_vary() -> None:
    few, many = baseline([100] * FEWEST), baseline([100] * 1000)
    assert few is not None
    assert many is not None
    assert few.spread > 5 * many.spread


def test_without_history_only_what_is_very_dear_is_told_and_once() -> None:
    assert anomaly(19 * FLOOR, [], FLOOR) is None
    found = anomaly(20 * FLOOR, [], FLOOR)
    assert found is not None
    assert found.z == inf
    assert found.arithmetic(usd, "this agent's", "runs") == (
        "there are no earlier runs to compare it with"
    )
    assert anomaly(25 * FLOOR, [20 * FLOOR], FLOOR) is None
    assert anomaly(60 * FLOOR, [20 * FLOOR], FLOOR) is not None


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (1, "of earlier runs there is one, too few to compare it with"),
        (3, "there are 3 earlier runs, too few to compare it with"),
    ],
)
def test_a_short_history_is_said_to_be_one(samples: int, said: str) -> None:
    found = anomaly(60 * FLOOR, [FLOOR] * samples, FLOOR)
    assert found is not None
    assert found.arithmetic(usd, "this agent's", "runs") == said


def test_what_did_nothing_or_is_unknown_is_no_sample() -> None:
    history = [0] * 500 + [-1] * 500 + [100 * CENT] * 20
    found = anomaly(500 * CENT, history, FLOOR)
    assert found is not None
    assert (found.median, found.samples) == (100 * CENT, 20)


@given(amounts, some, st.randoms())
def test_the_order_of_history_does_not_matter(value, history, chance) -> None:
    shuffled = history.copy()
    chance.shuffle(shuffled)
    assert anomaly(value, history, FLOOR) == anomaly(value, shuffled, FLOOR)


@given(amounts, amounts, some)
def test_more_is_never_less_odd(value, more, history) -> None:
    lower, higher = (anomaly(each, history, FLOOR) for each in sorted((value, value + more)))
    assert lower is None or (higher is not None and higher.z >= lower.z)


@given(amounts, some, st.integers(2, 1000))
def test_the_currency_does_not_matter(value, history, factor) -> None:
    one = anomaly(value, history, FLOOR)
    other = anomaly(value * factor, [each * factor for each in history], FLOOR * factor)
    assert (one is None) == (other is None)
    assert one is None or other is None or other.ratio == pytest.approx(one.ratio)


@given(some)
def test_the_bound_is_where_it_begins(history) -> None:
    usual = baseline(history)
    assert usual is not None
    bound = usual.bound(FLOOR)
    assert usual.verdict(bound, FLOOR) is not None
    assert usual.verdict(bound * 0.999, FLOOR) is None
    assert bound >= usual.median * exp(2.5 * usual.spread) * 0.999


def test_factors_read_well() -> None:
    assert [times(each) for each in (3.0, 3.44, 12.4, 7200)] == ["3", "3.4", "12", "7,200"]
