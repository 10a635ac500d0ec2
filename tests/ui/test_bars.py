"""Spend over time as stacked bars."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.costs.amounts import total
from agentscope.costs.read import Amounts, CostQuery, CostReport, Group, Rest, Slice
from ui.bars import MOST_SERIES, chart, round_up

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def spent(usd: object) -> Amounts:
    return Amounts(known_cost=Decimal(str(usd)), calls=1)


def report(*slices: list[object], others: object = 0) -> CostReport:
    series = []
    for number, costs in enumerate(slices):
        groups = [spent(cost) for cost in costs]
        rest = spent(others)
        start = NOON + number * timedelta(hours=1)
        series.append(Slice(start, groups, rest, total([*groups, rest])))
    groups = [Group((str(at),), spent(0)) for at in range(len(slices[0]))]
    query = CostQuery(NOON, NOON + timedelta(days=1))
    return CostReport(query, groups, Rest(), total(each.total for each in series), series=series)


def test_parts_stand_on_one_another():
    found = chart(report([3, 1], [0, 2]))
    assert found
    assert found.top == 5
    first, second = found.bars
    assert [(part.series, part.base, part.height) for part in first.parts] == [
        (0, 0.0, 0.6),
        (1, 0.6, 0.2),
    ]
    assert [(part.series, part.base, part.height) for part in second.parts] == [(1, 0.0, 0.4)]


def test_what_has_no_colour_of_its_own_is_one_part():
    found = chart(report([1] * 11, others=2))
    assert found
    assert [part.series for part in found.bars[0].parts] == list(range(MOST_SERIES + 1))
    assert found.bars[0].parts[-1].amounts.known_cost == 5


def test_nothing_spent_is_no_chart():
    assert chart(report([0, 0])) is None


@pytest.mark.parametrize(("cost", "top"), [("0.03", "0.05"), ("1", "1"), ("620", "1000")])
def test_the_scale_is_round(cost: str, top: str):
    assert round_up(Decimal(cost)) == Decimal(top)


@given(st.lists(st.decimals("0.000001", 10**6, places=6), min_size=1, max_size=20))
def test_a_bar_is_as_high_as_its_total(costs: list[Decimal]):
    found = chart(report(costs))
    assert found
    bar = found.bars[0]
    height = sum(part.height for part in bar.parts)
    assert height == pytest.approx(float(bar.total.known_cost / found.top))
    assert height <= 1.0001
