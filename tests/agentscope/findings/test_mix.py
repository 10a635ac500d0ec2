"""Failures of a class that an agent usually does not have: in one run, or in many of an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.findings.limits import Limit, Limits
from agentscope.findings.mix import Mixed, OddMix, at_least, odd_hours_of_errors, odd_mixes
from agentscope.findings.severity import Severity

DAY = datetime(2026, 11, 24, tzinfo=UTC)


def did(number: int, at: float = 0, steps: int = 20, **classes: int) -> Mixed:
    """A run so many hours after the day began."""
    return Mixed("scout", DAY + timedelta(hours=at), steps, classes, UUID(int=number))


def before(count: int = 40, **classes: int) -> list[Mixed]:
    return [did(1000 + number, -1 - number, **classes) for number in range(count)]


def days(count: int = 14, steps: int = 1000, **classes: int) -> list[Mixed]:
    return [
        Mixed("scout", DAY - timedelta(days=back), steps, classes) for back in range(1, count + 1)
    ]


def hour(steps: int, runs: int = 9, **classes: int) -> Mixed:
    return Mixed("scout", DAY, steps, classes, UUID(int=1), runs)


def test_another_class_is_told_though_as_much_fails_as_always() -> None:
    (found,) = odd_mixes([did(1, auth=6)], before(timeout=6))
    assert found.sentence == (
        "scout failed with auth in 6 of 20 steps: "
        "30 × this agent's median of at most 1% over 40 runs."
    )
    assert found.severity == Severity.WARNING
    assert list(odd_mixes([did(1, timeout=6)], before(timeout=6))) == []


def test_it_takes_five_failures_a_tenth_of_the_steps_and_a_history() -> None:
    assert list(odd_mixes([did(1, auth=4)], before())) == []
    assert list(odd_mixes([did(1, steps=100, auth=9)], before())) == []
    assert list(odd_mixes([did(1, auth=6)], before(9))) == []
    assert len(list(odd_mixes([did(1, auth=6)], before(10)))) == 1


def test_runs_of_which_the_classes_are_not_known_are_no_samples() -> None:
    unknown = [Mixed("scout", DAY, 20, {}, UUID(int=at), is_known=False) for at in range(40)]
    assert list(odd_mixes([did(1, auth=6)], unknown)) == []
    assert list(odd_hours_of_errors([hour(100, auth=60)], unknown)) == []


def test_many_short_runs_are_told_by_the_hour() -> None:
    (found,) = odd_hours_of_errors([hour(100, rate_limit=40)], days())
    assert found.sentence == (
        "scout failed with rate_limit in 40 of 100 steps on 2026-11-24 from 00:00 UTC for an hour:"
        " 40 × this agent's median of at most 1% over 14 days."
    )
    assert list(odd_hours_of_errors([hour(100, runs=2, rate_limit=40)], days())) == []
    assert list(odd_hours_of_errors([hour(100, rate_limit=40)], days(rate_limit=300))) == []


def test_a_few_failures_of_a_few_steps_are_chance() -> None:
    usual = days(timeout=40)
    assert list(odd_hours_of_errors([hour(25, timeout=6)], usual)) == []
    assert len(list(odd_hours_of_errors([hour(250, timeout=70)], usual))) == 1


def test_ordinary_hours_raise_no_alarm() -> None:
    """A month of hours in which each of some steps fails with the probability that it always has;
    hours and days differ in how many steps they have."""
    chance = np.random.default_rng(3)
    told: list[OddMix] = []
    for share in (0.005, 0.03, 0.1):
        for _ in range(30 * 24):
            steps = int(np.exp(chance.uniform(1, 7)))
            now = hour(steps, timeout=int(chance.binomial(steps, share)))
            then = [
                Mixed("scout", DAY - timedelta(days=back), 500, {"timeout": int(failed)})
                for back, failed in enumerate(chance.binomial(500, share, 14), start=1)
            ]
            told += odd_hours_of_errors([now], then)
    assert len(told) <= 1


def test_a_project_may_say_otherwise() -> None:
    off = Limits({"error_anomaly": Limit(3, 5, enabled=False)})
    far = Limits({"error_anomaly": Limit(50, 60)})
    for limits in (off, far):
        assert list(odd_mixes([did(1, auth=6)], before(), limits)) == []
        assert list(odd_hours_of_errors([hour(100, auth=40)], days(), limits)) == []


@pytest.mark.parametrize(("failures", "steps", "share"), [(5, 10, 0.5), (1, 3, 0.2), (0, 4, 0.1)])
def test_chance_is_the_binomial_one(failures: int, steps: int, share: float) -> None:
    drawn = np.random.default_rng(1).binomial(steps, share, 200_000)
    assert at_least(failures, steps, share) == pytest.approx((drawn >= failures).mean(), abs=0.005)


runs = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 20), st.integers(0, 20)).map(
        lambda each: did(each[0], each[1], timeout=each[2], auth=20 - each[2])
    ),
    max_size=20,
    unique_by=lambda each: each.trace_id,
)


@given(runs, runs, st.randoms())
def test_the_order_does_not_matter(day, earlier, chance) -> None:
    found = list(odd_mixes(day, earlier))
    chance.shuffle(day)
    chance.shuffle(earlier)
    assert list(odd_mixes(day, earlier)) == found
