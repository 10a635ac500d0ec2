"""Versions made comparable, and days as bars."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents.read import Day, Version
from agentscope.agents.sums import Amounts, Quantiles
from ui.agent_rows import MOST_BARS, VersionLine, day_chart

FIRST = date(2026, 11, 1)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
NONE = Amounts(0, 0, 0, 0, 0, 0, 0, 0, Decimal(0), Decimal(0), 0, 0, 0, 0, NOON, NOON)


def day(number: int, usd: object, unpriced: int = 0) -> Day:
    return Day(FIRST + timedelta(days=number), 1, 0, Decimal(str(usd)), unpriced)


def line(**said: object) -> VersionLine:
    return VersionLine(Version("1.0", replace(NONE, **said), Quantiles()))  # type: ignore[arg-type]


def test_versions_by_run():
    often = line(runs=200, errors=50, failed_runs=20, known_cost=Decimal(10))
    assert (often.cost_by_run, often.errors_by_run, often.failed_share) == (
        "$0.0500",
        "0.25",
        "10%",
    )
    seldom = line(runs=3, known_cost=Decimal(6), unpriced_calls=1)
    assert (seldom.cost_by_run, seldom.errors_by_run, seldom.failed_share) == (
        "≥ $2.00",
        "0.00",
        "",
    )
    assert line(runs=2, unpriced_calls=4).cost_by_run == "unknown"
    assert line().cost_by_run == ""


def test_days_without_runs_have_their_place():
    found = day_chart([day(0, 1), day(3, 2, unpriced=1)])
    assert found
    assert (found.by, found.time_format) == ("day", "Y-m-d")
    assert [len(bar.parts) for bar in found.bars] == [1, 0, 0, 1]
    assert [bar.total.unpriced_calls for bar in found.bars] == [0, 0, 0, 1]


def test_long_periods_have_several_days_in_a_bar():
    found = day_chart([day(0, 1), day(1, 1), day(400, 1)])
    assert found
    assert found.by == "5 days"
    assert found.bars[0].total.known_cost == 2
    assert len(found.bars) <= MOST_BARS


def test_nothing_known_is_no_chart():
    assert day_chart([]) is None
    assert day_chart([day(0, 0, unpriced=3)]) is None


@given(st.dictionaries(st.integers(0, 2000), st.decimals("0.000001", 1000, places=6), min_size=1))
def test_bars_add_up_to_the_days(costs: dict[int, Decimal]):
    found = day_chart([day(number, usd) for number, usd in costs.items()])
    assert found
    assert sum(bar.total.known_cost for bar in found.bars) == sum(costs.values())
    assert len(found.bars) <= MOST_BARS
