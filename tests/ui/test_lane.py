"""Bars in the lane: zoomed, with rests drawn short, with the critical path."""

from hypothesis import given
from hypothesis import strategies as st

from agentscope.vocabulary import Kind
from tests.agentscope.outline.test_critical import timed
from tests.kit.forests import START, told
from ui.lane import Bars, zooms

HOURS = [(0, 7300), (0, 100), (7200, 7300)]
KINDS = [Kind.AGENT, Kind.LLM, Kind.TOOL]


def bars(zoom=None, times=HOURS, **said):
    return Bars(timed([-1, *[0] * (len(times) - 1)], times, kind=KINDS), False, zoom, **said)


def test_a_rest_is_drawn_short_and_says_how_long_it_was():
    found = bars()
    assert [rest.words for rest in found.rests] == ["1 h 58 m idle"]
    assert found.rest_words == "1 h 58 m in which nothing ran are drawn short."
    assert found.rests[0].width == "6.00%"
    assert found.of_row(1).width == "47.00%"
    assert "var(--gap) 47.00%" in found.stripes


def test_without_rests_nothing_is_said():
    found = bars(times=[(0, 10), (0, 5), (5, 10)])
    assert (found.rests, found.stripes, found.rest_words) == ([], "", "")


def test_zoomed_in_what_lies_outside_has_no_bar():
    found = bars((7_200_000, 7_300_000))
    assert found.of_row(1).outside == "before"
    assert (found.of_row(0).start, found.of_row(0).width) == ("0.00%", "100.00%")
    assert found.of_row(2).width == "100.00%"
    assert found.ends == ("2 h 0 m", "2 h 1 m")
    assert bars((0, 50_000)).of_row(2).outside == "after"


def test_a_zoom_beyond_the_run_shows_its_end():
    found = bars((10**14, 10**14 + 1))
    assert found.lane.begin_ns < found.lane.end_ns


def test_the_lane_goes_on_from_where_it_is():
    assert dict(zooms(bars(), 1)) == {
        "Zoom in": "1825000-5475000",
        "To the selected span": "0-110000",
    }
    found = dict(zooms(bars((100_000, 200_000)), None))
    assert found == {
        "Zoom in": "125000-175000",
        "Zoom out": "50000-250000",
        "Earlier": "50000-150000",
        "Later": "150000-250000",
        "Whole run": "",
    }


def test_the_critical_path_is_under_the_bars_and_in_words():
    found = bars(is_critical=True)
    assert found.of_row(1).path_start == "0.00%"
    assert found.of_row(1).path_note == "On the critical path, for 1 m 40 s by itself"
    ended = "3 spans decided when the 2 h 1 m ended: "
    assert found.path_words == f"{ended}1 h 58 m agent, 1 m 40 s model call, 1 m 40 s tool."
    assert bars().of_row(1).path_start == ""
    assert bars().path_words == ""


def test_a_fold_has_the_path_of_what_it_holds():
    found = bars(is_critical=True)
    assert found.of_fold(START, found.whole[1], 1, 3).path_width == "100.00%"


def test_places_of_the_lane_are_told_with_their_times():
    assert bars().knots == "0.0000:0 0.4700:100000 0.5300:7200000 1.0000:7300000"


@given(told(), st.none() | st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_every_bar_lies_in_the_lane(said, zoom):
    if zoom and zoom[0] >= zoom[1]:
        zoom = None
    found = Bars(said.tree, True, zoom, True)
    for row in range(len(said.tree)):
        bar = found.of_row(row)
        if bar.outside:
            continue
        left, wide = (float(part[:-1]) for part in (bar.start, bar.width))
        assert left >= 0
        assert wide >= 0
        assert left + wide <= 100.02
