"""The picture of a preview: lines within it, gaps where nothing is known, and the same in words."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agentscope.alerts.metrics import Unit
from agentscope.alerts.preview import Preview
from agentscope.alerts.replay import Point
from tests.kit.spans import NOON
from ui.preview_picture import DASH, HEIGHT, WIDTH, fired, group_words, picture

HOUR = 3600 * 10**9
UTC = ZoneInfo("UTC")
TWO = Decimal(2)


def preview(*values: str | None, threshold: Decimal | None = TWO, **said) -> Preview:
    """A value an hour, the last one at noon; thirty days of them."""
    begin = NOON - 720 * HOUR
    first = len(values) - 1
    points = [
        Point(NOON - (first - at) * HOUR, None if value is None else Decimal(value), threshold)
        for at, value in enumerate(values)
    ]
    return Preview(Unit.USD, begin, NOON, points=points, **said)


def xy(line: str) -> list[tuple[float, float]]:
    points = (each.split(",") for each in line.split())
    return [(float(x), float(y)) for x, y in points]


def test_of_nothing_there_is_no_picture():
    assert picture(preview(), UTC) is None
    assert picture(preview(None, None), UTC) is None


def test_a_gap_parts_the_line_and_a_point_alone_is_a_dash():
    found = picture(preview("1", "2", None, "3"), UTC)
    assert found is not None
    first, last = map(xy, found.values)
    assert len(first) == 2
    assert last[1][0] - last[0][0] == DASH
    assert last[1][0] == WIDTH


def test_one_threshold_goes_through_and_others_follow_the_values():
    found = picture(preview("1", "3"), UTC)
    assert found is not None
    (line,) = map(xy, found.thresholds)
    assert [x for x, _ in line] == [0, WIDTH]
    assert line[0][1] == line[1][1]
    none = picture(preview("1", "3", threshold=None), UTC)
    assert none is not None
    assert none.thresholds == []


def test_what_is_higher_is_drawn_higher_and_the_scale_is_round():
    found = picture(preview("1", "4"), UTC)
    assert found is not None
    (line,) = map(xy, found.values)
    assert line[0][1] > line[1][1]
    assert (found.top, found.half) == ("$5.00", "$2.50")


def test_days_are_those_of_the_zone_with_their_highest_value():
    values = ["1"] * 13 + ["3"]
    found = picture(preview(*values), ZoneInfo("Pacific/Auckland"))
    assert found is not None
    told = [(str(row.day), row.value, row.is_over) for row in found.days]
    assert told == [("2026-11-25", "$1.00", False), ("2026-11-26", "$3.00", True)]


def test_words():
    assert fired(preview("1", fired=1)) == "It would have fired 1 time in the last 30 days."
    short = preview("1", fired=0)
    short.begin_ns = NOON - 24 * HOUR
    assert fired(short) == "It would have fired 0 times in the last day."
    assert group_words([("a", 2), ("b", 1)], 0) == "a (2 times), b (1 time)"
    assert group_words([("a", 1)], 1200) == "a (1 time) and 1,200 more"
    assert group_words([], 0) == ""
    assert group_words([("", 1)], 0) == ""


amounts = st.none() | st.decimals("0", "1e24", places=2, allow_nan=False)


@given(st.lists(amounts, max_size=720), st.decimals("0.01", "1e24", places=2))
def test_all_of_it_lies_within_the_picture(values, threshold):
    told = [None if value is None else str(value) for value in values]
    found = picture(preview(*told, threshold=threshold), UTC)
    assert (found is None) == all(value is None for value in values)
    for line in [*found.values, *found.thresholds] if found else []:
        for x, y in xy(line):
            assert -DASH <= x <= WIDTH
            assert 0 <= y <= HEIGHT
