from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import amounts


@pytest.mark.parametrize(
    ("usd", "words"),
    [
        (None, "unknown"),
        (Decimal(0), "$0"),
        (Decimal("0.00000001"), "< $0.0001"),
        (Decimal("0.1102"), "$0.1102"),
        (Decimal(1), "$1.00"),
        (Decimal("1234.567"), "$1,234.57"),
    ],
)
def test_money(usd, words):
    assert amounts.money(usd) == words


def test_exact_money_keeps_every_digit():
    assert amounts.exact_money(Decimal("0.000033450000")) == "$0.00003345"
    assert amounts.exact_money(Decimal(1200)) == "$1,200"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ("0.5", "≥ $0.5000"),
        ("0.00036", "≥ $0.0003"),
        ("0.000037", "≥ $0.00003"),
        ("0.000000000001", "≥ $0.000000000001"),
        ("1.239", "≥ $1.23"),
        ("1234.567", "≥ $1,234.56"),
        ("0", "unknown"),
    ],
)
def test_a_sum_with_an_unknown_part_is_at_least_what_is_known(known, words):
    assert amounts.cost(Decimal(known), 2) == words


@given(st.decimals("0.000000000001", "1000000", places=12))
def test_a_lower_bound_is_never_more_than_what_is_known(known):
    said = Decimal(amounts.cost(known, 1).removeprefix("≥ $").replace(",", ""))
    assert 0 < said <= known


def test_why_a_sum_is_not_exact():
    assert amounts.cost(Decimal("0.5"), 0) == "$0.5000"
    assert amounts.cost_note(2) == "2 charges of unknown cost"
    assert amounts.cost_note(1) == "1 charge of unknown cost"
    assert amounts.cost_note(0) == ""


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [
        (None, "unknown"),
        (0, "0 µs"),
        (340_000, "340 µs"),
        (790_000_000, "790 ms"),
        (12_400_000_000, "12.4 s"),
        (192_000_000_000, "3 m 12 s"),
        (7_500_000_000_000, "2 h 5 m"),
        (273_600_000_000_000, "3 d 4 h"),
    ],
)
def test_duration(nanoseconds, words):
    assert amounts.duration(nanoseconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (12, "12 s ago"),
        (61, "1 min ago"),
        (7200, "2 h ago"),
        (200_000, "2 d ago"),
    ],
)
def test_ago(seconds, words):
    assert amounts.ago(seconds) == words


def test_tokens_and_counts():
    assert amounts.tokens(None) == "unknown"
    assert amounts.tokens(0) == "0"
    assert amounts.tokens(41208) == "41,208"
    assert amounts.count(1, "call") == "1 call"
    assert amounts.count(4, "call") == "4 calls"


def test_long_lists_of_names_say_how_many_more_there_are():
    assert amounts.some(["planner", "writer"], 2) == "planner, writer"
    assert amounts.some(["planner"] * 1002, 1) == "planner and 1,001 more"
    assert amounts.some([], 2) == ""


@pytest.mark.parametrize(
    ("usd", "words"),
    [("1.2", "+$1.20"), ("-0.0031", "-$0.0031"), ("0", "$0"), ("-0.00001", "-$0.00001")],
)
def test_how_much_more_something_costs(usd, words):
    assert amounts.more(Decimal(usd)) == words
