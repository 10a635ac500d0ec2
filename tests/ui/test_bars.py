"""Spend over time as stacked bars."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.costs.amounts import total
from agentscope.costs.read import Amounts, Slice
from ui.bars import MOST_SERIES, chart, round_up

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def spent(usd: object) -> Amounts:
    return Amounts(known_cost=Decimal(str(usd)), calls=1)


def slices(*costs_of: list[object], others: object = 0) -> list[Slice]:
    series = []
    for number, costs in enumerate(costs_of):
        groups = [spent(cost) for cost in costs]
        rest = spent(others)
        start = NOON + number * timedelta(hours=1)
        series.append(Slice(start, groups, rest, total([*groups, rest])))
    return series


def test_parts_stand_on_one_another():
    found = chart(slices([3, 1], [0, 2]), "hour")
    assert found
    assert found.top == 4
    assert found.time_format == "Y-m-d H:i"
    first, second = found.bars
    assert [(part.series, part.base, part.height) for part in first.parts] == [
        (0, 0.0, 0.75),
        (1, 0.75, 0.25),
    ]
    assert [(part.series, part.base, part.height) for part in second.parts] == [(1, 0.0, 0.5)]


def test_what_has_no_colour_of_its_own_is_one_part():
    found = chart(slices([1] * 11, others=2), "hour")
    assert found
    assert [part.series for part in found.bars[0].parts] == list(range(MOST_SERIES + 1))
    assert found.bars[0].parts[-1].amounts.known_cost == 5


def test_nothing_spent_is_no_chart():
    assert chart(slices([0, 0]), "hour") is None


@pytest.mark.parametrize(
    ("cost", "top"), [("0.03", "0.03"), ("1", "1"), ("620", "800"), ("2.6", "3")]
)
def test_the_scale_is_round(cost: str, top: str):
    assert round_up(Decimal(cost)) == Decimal(top)


@given(st.lists(st.decimals("0.000001", 10**6, places=6), min_size=1, max_size=20))
def test_a_bar_is_as_high_as_its_total(costs: list[Decimal]):
    found = chart(slices([*costs]), "hour")
    assert found
    bar = found.bars[0]
    height = sum(part.height for part in bar.parts)
    assert height == pytest.approx(float(bar.total.known_cost / found.top))
    assert height <= 1.0001
