"""The days after clocks changed."""

from datetime import date, timedelta

import pytest

from agentscope.findings.daylight import clocks_changed


@pytest.mark.parametrize(
    "changed",
    [
        *(date(2026, 3, 29), date(2026, 10, 25), date(2027, 10, 31)),  # Europe
        *(date(2026, 3, 8), date(2026, 11, 1), date(2027, 11, 7)),  # North America
        *(date(2026, 4, 5), date(2026, 10, 4)),  # Australia
    ],
    ids=str,
)
def test_for_eight_days(changed: date) -> None:
    assert all(clocks_changed(changed + timedelta(days=after)) for after in range(8))


def test_most_of_the_year_they_do_not() -> None:
    year = [date(2026, 1, 1) + timedelta(days=after) for after in range(365)]
    assert sum(map(clocks_changed, year)) == 46
    assert not clocks_changed(date(2026, 3, 7))
    assert not clocks_changed(date(2026, 12, 27))
