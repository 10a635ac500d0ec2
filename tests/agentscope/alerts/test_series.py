"""What any window of a series came to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agentscope.alerts.measure import seconds
from agentscope.alerts.metrics import BY_CODE
from agentscope.alerts.series import Series, series
from agentscope.alerts.windows import Window
from agentscope.meter.durations import middle
from agentscope.meter.readings import Sums, numbers

SECOND = 10**9
MINUTE = 60 * SECOND
SOME = [(30, 2), (0, 1), (45, 4)]  # a minute and USD


def of_costs(*said: tuple[int, int]) -> Series:
    rows = [(minute, numbers(Sums(pico=usd * 10**12))) for minute, usd in said]
    return series(BY_CODE["cost"], 15, rows)


def span(begin: int, end: int) -> Window:
    """A window in minutes."""
    return Window(begin * MINUTE, end * MINUTE)


@pytest.mark.parametrize(
    ("begin", "end", "usd"),
    [(0, 15, 1), (0, 31, 3), (1, 46, 6), (1, 30, 0), (0, 30, 1), (0, 99, 7)],
)
def test_a_window_has_the_stretches_that_begin_in_it(begin: int, end: int, usd: int) -> None:
    assert of_costs(*SOME).value(span(begin, end)) == usd


def test_it_lived_from_its_first_stretch_to_the_end_of_its_last() -> None:
    assert of_costs(*SOME).lived(span(1, 46)) == span(30, 60)
    assert of_costs(*SOME).lived(span(1, 30)) is None


def test_findings_are_counted() -> None:
    found = series(BY_CODE["findings"], 1, [(5, [2]), (0, [1])])
    assert [found.value(span(0, end)) for end in (1, 6)] == [1, 3]


@pytest.mark.parametrize(("code", "bucket"), [("p50_llm", 100), ("p99_llm", 120)])
def test_durations_of_a_minute_that_comes_again_are_added_up(code: str, bucket: int) -> None:
    rows = [(0, (100, 2)), (15, (90, 9)), (0, (100, 1)), (0, (120, 2))]
    found = series(BY_CODE[code], 15, rows)
    assert found.value(span(0, 15)) == seconds(middle(bucket))
    assert found.value(span(30, 45)) is None


@pytest.mark.parametrize(
    ("window", "silent"),
    [
        (span(5, 20), 9 * 60),
        (span(15, 20), 9 * 60),  # it looks for the last there was, in the window or before
        (Window(0, 30 * SECOND), 0),  # its minute is not over yet
        (span(0, 0), None),
    ],
)
def test_silence_lasts_from_the_end_of_the_last_stretch(window: Window, silent: Any) -> None:
    rows = [(at, numbers(Sums(spans=1))) for at in (0, 10)]
    found = series(BY_CODE["silence"], 1, rows).value(window)
    assert found == (None if silent is None else Decimal(silent))
