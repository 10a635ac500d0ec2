"""What values are compared with."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.alerts.conditions import (
    AtLeast,
    BurnRate,
    GoneWithin,
    Measured,
    TimesUsual,
    compared,
    rate,
    seconds_left,
)
from agentscope.alerts.machine import Seen
from agentscope.alerts.windows import SECOND, Window

DAY = 86_400
AMOUNTS = st.decimals(0, 10**6, places=6)


def measured(value, *, after=DAY // 2, **more):
    """A window of a day, so many seconds after it began."""
    amount = None if value is None else Decimal(value)
    return Measured(amount, Window(0, DAY * SECOND), after * SECOND, **more)


def decimals(*values):
    return tuple(Decimal(value) for value in values)


@pytest.mark.parametrize(
    ("value", "seen"),
    [("2", Seen.OVER), ("1.99", Seen.BETWEEN), ("1.8", Seen.BETWEEN), ("1.79", Seen.UNDER)],
)
def test_it_is_over_at_the_threshold_and_ends_a_tenth_below(value, seen):
    assert AtLeast(Decimal(2)).judge(measured(value)).seen == seen


def test_no_value_is_not_zero():
    conditions = (AtLeast(Decimal(2)), BurnRate(Decimal(2), Decimal(2)), GoneWithin(Decimal(2), 60))
    assert {each.judge(measured(None)).seen for each in conditions} == {Seen.NOTHING}
    assert AtLeast(Decimal(2)).judge(measured("0")).seen == Seen.UNDER


@pytest.mark.parametrize(
    ("value", "before", "seen", "threshold"),
    [
        ("30", ("9", "10", "11"), Seen.OVER, "30"),
        ("30", ("9", "10", "500"), Seen.OVER, "30"),  # one odd day makes nothing usual
        ("26", ("9", "10", "11"), Seen.UNDER, "30"),
        ("0.3", ("0.01", "0.01", "0.02"), Seen.UNDER, "1"),  # a trifle
        ("60", ("9", "10"), Seen.OVER, "50"),  # too few days: the fallback
    ],
)
def test_what_is_usual_is_the_median_of_days_before(value, before, seen, threshold):
    usual = TimesUsual(Decimal(3), floor=Decimal(1), fallback=Decimal(50))
    verdict = usual.judge(measured(value, before=decimals(*before)))
    assert (verdict.seen, verdict.threshold) == (seen, Decimal(threshold))


def test_without_days_before_and_without_a_fallback_nothing_is_said():
    usual = TimesUsual(Decimal(3), floor=Decimal(1))
    assert usual.judge(measured("60", before=decimals("1", "1"))).seen == Seen.NOTHING


@pytest.mark.parametrize(
    ("spent", "after", "seen"),
    [
        ("100", DAY // 2, Seen.OVER),  # all of it at noon: twice as quickly as it lasts
        ("99", DAY // 2, Seen.BETWEEN),
        ("50", DAY // 2, Seen.UNDER),
        ("4.9", 60, Seen.BETWEEN),  # a minute after midnight, but hardly anything
        ("5", 60, Seen.OVER),
        ("0", 0, Seen.NOTHING),
    ],
)
def test_a_budget_burns_by_the_time_that_has_passed(spent, after, seen):
    assert BurnRate(Decimal(100), Decimal(2)).judge(measured(spent, after=after)).seen == seen


def test_a_budget_that_is_gone_in_forty_minutes_is_told_before():
    soon = GoneWithin(Decimal(100), 3600)
    at_rate = {"recent": Decimal(5), "recent_seconds": 240}  # 100 - 50 are gone in 2,400 s
    assert soon.judge(measured("50", **at_rate)).seen == Seen.OVER
    assert soon.judge(measured("10", **at_rate)).seen == Seen.UNDER
    assert soon.judge(measured("50", after=DAY - 600, **at_rate)).seen == Seen.UNDER  # anew before
    assert soon.judge(measured("50")).seen == Seen.UNDER


@pytest.mark.parametrize(
    ("seconds", "stays", "value"),
    [
        (1800, None, "108"),  # all of it stays
        (1800, "0", "18"),  # nothing does
        (1800, "30", "48"),
        (7200, "0", "36"),  # no further than the window is long
    ],
)
def test_a_forecast_of_a_window_that_rolls_counts_what_stays_in_it(seconds, stays, value):
    now_ns = 10 * DAY * SECOND
    window = Window(now_ns - 3600 * SECOND, now_ns)
    left = None if stays is None else Decimal(stays)
    seen = Measured(Decimal(90), window, now_ns, (), Decimal(9), 900, stays=left)
    verdict = GoneWithin(Decimal(100), seconds).judge(seen)
    assert (verdict.value, verdict.threshold) == (Decimal(value), 100)


def test_a_forecast_looks_no_further_than_the_day():
    at_rate = {"recent": Decimal(9), "recent_seconds": 900}
    soon = GoneWithin(Decimal(100), 3600).judge(measured("50", after=DAY - 600, **at_rate))
    assert soon.value == 56


def test_what_is_over_burns_no_further_than_its_end():
    over = measured("100", after=3 * DAY)
    assert BurnRate(Decimal(100), Decimal(1)).judge(over).threshold == 100


def test_nothing_comes_in_no_time_and_a_threshold_is_told_without_a_value():
    assert rate(measured("1", recent=Decimal(3))) == 0
    assert compared(None, Decimal(2), Decimal("0.9")).threshold == 2


@pytest.mark.parametrize(
    ("spent", "a_second", "left"),
    [("50", "0.02", "2500"), ("100", "1", "0"), ("100", "0", "0"), ("50", "0", None)],
)
def test_how_long_a_budget_lasts(spent, a_second, left):
    found = seconds_left(Decimal(100), Decimal(spent), Decimal(a_second))
    assert found == (None if left is None else Decimal(left))


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_more_is_never_better(one, other, threshold):
    order = [Seen.UNDER, Seen.BETWEEN, Seen.OVER]
    low, high = sorted((one, other))
    seen = [compared(value, threshold, Decimal("0.9")).seen for value in (low, high)]
    assert order.index(seen[0]) <= order.index(seen[1])
