from uuid import UUID

import pytest

from agentscope.decisions.resumed import Continuation
from tests.ui.traces import TRACE_ID, save_trace, small_run, span
from ui.continuation_words import MOST_SHOWN, row_ways, way, ways, words

ONE, OTHER = UUID(int=1 << 100), UUID(int=2 << 100)
PAGE = f"/p/shop/traces/{TRACE_ID.hex}/"


def test_how_a_run_goes_on_in_words():
    assert words(Continuation(ONE, True)) == ""
    assert words(Continuation(ONE, True, False, 5, 5)) == "from its last state, after 5 model calls"
    assert words(Continuation(ONE, True, True, 1, 3)) == "a fork, after 1 of 3 model calls"


def test_ways_lead_to_both_sides():
    found = ways([Continuation(ONE, True), Continuation(OTHER, False)])
    assert [each.address for each in found.before] == [f"../{ONE.hex}/"]
    assert [each.text for each in found.after] == [OTHER.hex[:8]]
    many = ways([Continuation(UUID(int=n), False) for n in range(MOST_SHOWN + 3)])
    assert (len(many.after), many.after_left, many.before_left) == (MOST_SHOWN, 3, 0)


def test_a_row_shows_the_first_ways():
    assert list(row_ways([])) == []
    assert [each.text for each in row_ways([ONE, OTHER, ONE])] == [
        *(way(ONE).text, way(OTHER).text, "1 more"),
    ]


@pytest.mark.usefixtures("embedded")
def test_a_resumed_run_says_so_on_its_row_and_in_its_summary(client, project):
    run = small_run()
    run[0][1].linked_traces = [ONE.bytes]
    save_trace(project, *run, linked_traces=[ONE])
    text = client.get(PAGE).text
    assert text.count(f'href="../{ONE.hex}/"') == 2
    assert "Goes on from" in text
    assert "goes on from" in text


@pytest.mark.usefixtures("embedded")
def test_a_run_says_where_it_goes_on(client, project):
    save_trace(project, *small_run())
    save_trace(project, span(9, 0, OTHER, name="later"), trace_id=OTHER, linked_traces=[TRACE_ID])
    text = client.get(PAGE).text
    assert "Goes on in" in text
    assert f'href="../{OTHER.hex}/"' in text
