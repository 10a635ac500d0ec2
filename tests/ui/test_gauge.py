"""A budget as a gauge."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.gauge import Filled, gauge

FIVE = Filled("usd", Decimal(5), Decimal(4), Decimal("1.5"))
amounts = st.decimals(0, 10**9, places=6)


def test_it_works():
    drawn = gauge(FIVE)
    assert (drawn.spent, drawn.soft, drawn.hard) == ("24.00%", "64.00%", "80.00%")
    assert drawn.forecast is None
    assert drawn.label == "$1.50 spent, soft level at $4.00, limit $5.00"


@pytest.mark.parametrize(
    ("spent", "reserved", "tone"),
    [("3.99", "0", "good"), ("3.99", "0.01", "warn"), ("4", "1", "bad"), ("9", "0", "bad")],
)
def test_what_is_reserved_counts_too(spent, reserved, tone):
    drawn = gauge(replace(FIVE, spent=Decimal(spent), reserved=Decimal(reserved)))
    assert drawn.tone == tone


def test_the_words_say_all_that_is_drawn():
    filled = replace(FIVE, reserved=Decimal("0.25"), forecast=Decimal(7), unpriced_calls=3)
    assert gauge(filled).label == (
        "≥ $1.50 spent, $0.2500 reserved, soft level at $4.00, limit $5.00, "
        "$7.00 when it begins anew, at this rate, 3 calls without a price not in it"
    )


def test_what_is_unknown_is_not_nothing():
    filled = replace(FIVE, spent=Decimal(0), unpriced_calls=1)
    assert gauge(filled).label.startswith("unknown spent")


def test_tokens_need_no_price():
    filled = Filled("tokens", Decimal(10_000), Decimal(8_000), Decimal(1), unpriced_calls=3)
    assert gauge(filled).label == "1 token spent, soft level at 8,000 tokens, limit 10,000 tokens"


@given(spent=amounts, reserved=amounts, limit=st.decimals("0.000001", 10**9, places=6))
def test_everything_has_room(spent, reserved, limit):
    drawn = gauge(Filled("usd", limit, limit / 2, spent, reserved, forecast=spent * 3))
    assert drawn.forecast is not None
    places = [drawn.spent, drawn.soft, drawn.hard, drawn.forecast]
    assert all(0 <= float(each.rstrip("%")) <= 100 for each in places)
    assert float(drawn.spent[:-1]) + float(drawn.reserved[:-1]) <= 100.01
