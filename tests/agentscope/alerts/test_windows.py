"""Windows: no gap, no overlap, in every time zone, and as long as days, weeks and months are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentscope.alerts.windows import SECOND, Calendar, Rolling, Unit, Whole, Window

HOUR = 3600 * SECOND
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
TIMES = st.integers(int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), 4_000_000_000)
SPANS = st.builds(Calendar, st.sampled_from(Unit), st.integers(0, 6))
ST_JOHNS = ZoneInfo("America/St_Johns")  # 2006-10-29: from 00:01 back to 23:01 of the day before


def ns(text, zone="UTC"):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


@given(SPANS, ZONES, TIMES)
@example(Calendar(Unit.DAY), ST_JOHNS, ns("2006-10-29T03:00:00") // SECOND)
def test_windows_follow_each_other_without_gap_and_hold_their_time(span, zone, seconds):
    now = seconds * SECOND
    window = span.window(now, zone)
    assert now in window
    assert span.window(window.begin_ns, zone) == window
    assert span.window(window.end_ns - 1, zone) == window
    after = span.window(window.end_ns, zone)
    assert after.begin_ns == window.end_ns
    assert span.resets_at(now, zone) == window.end_ns


@pytest.mark.parametrize(
    ("at", "zone", "hours"),
    [
        ("2026-03-29T12:00:00", "Europe/Berlin", 23),
        ("2026-10-25T12:00:00", "Europe/Berlin", 25),
        ("2026-04-05T01:45:00", "Australia/Lord_Howe", 24.5),
        ("2026-03-29T12:00:00", "Asia/Beirut", 23),  # midnight is skipped
        ("2026-11-01T12:00:00", "America/Havana", 25),  # midnight comes twice
        ("2028-02-29T12:00:00", "UTC", 24),
    ],
)
def test_a_day_is_as_long_as_clocks_make_it(at, zone, hours):
    window = Calendar(Unit.DAY).window(ns(at, zone), ZoneInfo(zone))
    assert window.end_ns - window.begin_ns == hours * HOUR


def test_a_day_that_an_island_skipped_is_no_window():
    apia = ZoneInfo("Pacific/Apia")
    day = Calendar(Unit.DAY).window(ns("2011-12-29T12:00:00", "Pacific/Apia"), apia)
    after = datetime.fromtimestamp(day.end_ns // SECOND, apia)
    assert (after.day, day.end_ns - day.begin_ns) == (31, 24 * HOUR)


@pytest.mark.parametrize(
    ("at", "days"), [("2028-02-29", 29), ("2027-02-10", 28), ("2026-12-31", 31), ("2026-04-30", 30)]
)
def test_a_month_is_a_month(at, days):
    window = Calendar(Unit.MONTH).window(ns(f"{at}T23:59:59"), ZoneInfo("UTC"))
    assert window.end_ns - window.begin_ns == days * 24 * HOUR


@pytest.mark.parametrize(("start", "begins"), [(0, "2026-11-23"), (6, "2026-11-22")])
def test_a_week_begins_on_the_day_that_people_say(start, begins):
    window = Calendar(Unit.WEEK, start).window(ns("2026-11-26T10:00:00"), ZoneInfo("UTC"))
    assert window == Window(ns(f"{begins}T00:00:00"), ns(f"{begins}T00:00:00") + 7 * 24 * HOUR)


@given(st.integers(1, 10**7), ZONES, TIMES)
def test_what_rolls_is_so_many_seconds_anywhere(seconds, zone, now):
    window = Rolling(seconds).window(now * SECOND, zone)
    assert (window.end_ns, window.end_ns - window.begin_ns) == (now * SECOND, seconds * SECOND)
    assert Rolling(seconds).resets_at(now * SECOND, zone) is None
    assert Whole().window(now * SECOND, zone) == Window(0, now * SECOND)
    assert Whole().resets_at(now * SECOND, zone) is None


def test_a_boundary_is_counted_once():
    noon, utc = ns("2026-11-26T12:00:00"), ZoneInfo("UTC")
    before, after = Rolling(60).window(noon, utc), Rolling(60).window(noon + 60 * SECOND, utc)
    assert [noon in each for each in (before, after)] == [False, True]
    midnight = ns("2026-11-27T00:00:00")
    days = [Calendar(Unit.DAY).window(midnight + shift, utc) for shift in (-1, 0)]
    assert [midnight in each for each in days] == [False, True]
