"""When the disk is full, at the growth of the last days."""

from datetime import date, timedelta

import pytest

from agentscope.storage.forecast import Growth, Until, forecast, growth, until

TODAY = date(2026, 11, 27)
GB = 10**9


def history(*sizes):
    """Sizes of the last days, one a day."""
    first = TODAY - timedelta(days=len(sizes) - 1)
    return [(first + timedelta(days=number), size) for number, size in enumerate(sizes)]


def test_it_is_what_came_in_the_window_by_its_days():
    assert growth(history(*range(0, 300, 10)), 7) == Growth(7, 10.0)
    assert growth(history(1000, *range(0, 80, 10)), 7) == Growth(7, 10.0)
    assert growth(history(0, 0, 0, 0, 0, 0, 0, 0, 70), 7) == Growth(7, 10.0)


def test_days_without_a_measurement_count_too():
    found = [(TODAY - timedelta(days=6), 0), (TODAY, 60)]
    assert growth(found, 7) == Growth(7, 10.0)


@pytest.mark.parametrize(("days", "window", "known", "needs"), [(1, 7, 0, 4), (15, 30, 14, 15)])
def test_it_is_unknown_while_there_is_too_little(days, window, known, needs):
    found = growth(history(*range(days)), window)
    assert found.a_day is None
    assert found.because.startswith(f"this has been measured for {known} of the {needs} days")
    assert growth(history(*range(days + 4)), window).a_day == 1


def test_nothing_measured_is_unknown():
    assert growth([], 7).a_day is None


def test_first_nothing_more_is_taken_then_the_disk_is_full():
    found = forecast(10 * GB, 2 * GB, Growth(7, GB), TODAY)
    assert found.stop.day == TODAY + timedelta(days=8)
    assert found.full.day == TODAY + timedelta(days=10)


@pytest.mark.parametrize(
    ("room", "a_day", "because", "is_known"),
    [
        (None, GB, "the database is elsewhere", False),
        (GB, None, "too new", False),
        (GB, 0, "it does not grow", True),
        (GB, -5, "it does not grow", True),
        (GB, 1, "not within ten years", True),
    ],
)
def test_a_day_that_there_is_not_says_why(room, a_day, because, is_known):
    found = until(room, Growth(7, a_day, "too new"), TODAY)
    assert (found.day, found.is_known) == (None, is_known)
    assert found.because.startswith(because)


def test_what_is_over_is_over_whatever_it_grows():
    assert until(-1, Growth(7, None, "too new"), TODAY) == Until(TODAY)
