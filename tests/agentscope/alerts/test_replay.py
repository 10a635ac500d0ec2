"""When a replay looks, and what it sees then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agentscope.alerts.metrics import OfDurations
from agentscope.alerts.question import Question
from agentscope.alerts.replay import Point, Replay, highest
from agentscope.alerts.series import series
from agentscope.alerts.watch import watch
from agentscope.meter.readings import Sums, numbers
from tests.agentscope.alerts.test_evaluate import MINUTE, ROLLING, TODAY, WHOLE, at_least

A_DAY = 24 * 60  # minutes
GONE = {"kind": "gone_within", "limit": "4", "seconds": 1800}
TWICE = {"kind": "times_usual", "times": "2", "floor": "1"}


def replay(*minutes: int, begin: int = 0, now: int = 600, **said: Any) -> Replay:
    """$3 in each of these minutes of the first days of 1970, or something else a metric counts."""
    plain = {"metric": "cost", "window": ROLLING, "condition": at_least("2")}
    question = Question(1, watch(plain | said), ZoneInfo("UTC"), now * MINUTE)
    metric = question.watch.metric
    row: Sequence[int] = numbers(Sums(calls=1, pico=3 * 10**12))
    row = (100, 1) if isinstance(metric, OfDurations) else row
    return Replay(question, series(metric, 1, [(each, row) for each in minutes]), begin * MINUTE)


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ({}, [0, 101, 161, 600]),
        ({"hold": 300}, [0, 101, 106, 161, 600]),
        ({"begin": 102}, [102, 161, 600]),
        ({"now": 161}, [0, 101, 161]),
        ({"metric": "silence"}, [0, 100, 101, 161, 600]),
        ({"window": WHOLE, "each": "session", "now": 2 * A_DAY}, [0, 101, 101 + A_DAY, 2 * A_DAY]),
        ({"window": TODAY, "now": 2 * A_DAY}, [0, 101, A_DAY, 2 * A_DAY]),
    ],
)
def test_it_looks_when_something_comes_and_when_it_goes(said: Any, times: list[int]) -> None:
    assert replay(100, **said).times() == [each * MINUTE for each in times]


@pytest.mark.parametrize("condition", [GONE, TWICE])
def test_what_goes_by_the_clock_is_looked_at_each_hour_too(condition: Any) -> None:
    found = replay(begin=30, now=190, condition=condition).times()
    assert found == [each * MINUTE for each in (30, 60, 120, 180, 190)]


def test_what_was_yet_to_come_of_a_calendar_window_is_not_seen() -> None:
    found = replay(100, 300, window=TODAY)
    assert [found.measured(at * MINUTE).value for at in (100, 101, 300, 301)] == [0, 3, 3, 6]
    lived = found.measured(200 * MINUTE).lived
    assert lived is not None
    assert lived.end_ns == 101 * MINUTE
    silent = replay(100, window=TODAY, metric="silence")
    assert silent.measured(111 * MINUTE).value == 600


def test_windows_before_of_which_nothing_is_known_are_no_history() -> None:
    at = 100 * A_DAY
    found = replay(at - 90, now=at, begin=at - 2 * A_DAY, metric="p95_llm", condition=TWICE)
    assert len(found.measured(at * MINUTE).before) == 1


def test_of_a_forecast_nothing_stays_and_nothing_is_recent_where_nothing_came() -> None:
    measured = replay(100, condition=GONE).measured(140 * MINUTE)
    assert [measured.value, measured.recent, measured.stays] == [3, 0, 0]
    assert replay(100, condition=GONE, window=TODAY).measured(140 * MINUTE).stays is None


def test_what_stays_and_has_no_price_counts_as_nothing() -> None:
    found = replay(100, condition=GONE)
    unpriced = numbers(Sums(calls=1, unpriced_calls=1))
    of = Replay(found.question, series(found.series.metric, 1, [(130, unpriced)]), 0)
    assert of.measured(140 * MINUTE).stays == 0


def test_what_goes_on_in_a_window_that_rolls_fires_once() -> None:
    assert replay(100, 110).play()[0] == 1


def test_each_day_that_is_over_fires_anew() -> None:
    fired, seen = replay(100, A_DAY + 100, window=TODAY, now=2 * A_DAY).play()
    assert fired == 2
    assert [each.value for each in seen] == [0, 3, 0, 3, 0]


def test_a_day_that_begins_over_is_one_more_to_be_told_of() -> None:
    silent: dict[str, Any] = {"metric": "silence", "condition": at_least("600")}
    assert replay(100, window=TODAY, now=2 * A_DAY, **silent).play()[0] == 2


def test_a_point_is_drawn_in_the_step_at_whose_end_it_was() -> None:
    seen = [Point(at, value, None) for at, value in ((10, 5), (11, None))]  # type: ignore[arg-type]
    assert [each.value for each in highest(seen, 0, 30, 10)] == [5, None, None]


def test_what_is_known_is_drawn_before_what_is_not() -> None:
    seen = [Point(at, value, None) for at, value in ((1, None), (2, -1))]  # type: ignore[arg-type]
    assert [each.value for each in highest(seen, 0, 10, 10)] == [-1]


def test_what_went_on_from_before_is_no_value_of_a_step_that_has_one() -> None:
    seen = [Point(at, value, None) for at, value in ((1, 9), (11, 1))]  # type: ignore[arg-type]
    assert [each.value for each in highest(seen, 0, 20, 10)] == [9, 1]
