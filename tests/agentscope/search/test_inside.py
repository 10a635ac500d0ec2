"""What the steps of a trace say is searched slice by slice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.search import inside
from agentscope.search.inside import KEPT, Within, hit_ids, look_on
from agentscope.search.models import TraceSearch
from agentscope.search.within import named_rows, needles
from agentscope.traces.read import trace_tree
from tests.kit.searching import PROJECT, record, step, store, store_records, tool, trace_id

pytestmark = pytest.mark.django_db
LONG = 3600.0  # seconds: a slice ends when it is full


def within(written):
    tree = trace_tree(PROJECT, trace_id(1))
    wanted = needles(written)
    return Within(PROJECT, trace_id(1), tree, wanted, named_rows(tree, wanted))


def looked(written, generation=1):
    """What is found when a search has come to its end."""
    while not (found := look_on(within(written), generation, LONG)).is_done:
        pass
    return found


def hits(written):
    return hit_ids(looked(written)).tolist()


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("lisbon", [1]),
        ("LISB", [1]),
        ("warm city", [2]),
        ('"warm city"', []),
        ("100%", [2]),
        ("1_0", []),
        ("天気", [3]),
        ('"ünd so"', [3]),
        ("nothing", []),
    ],
)
def test_arguments_and_results_are_found_in_any_language(written, spans):
    store(
        tool(1, arguments={"place": "Lisbon"}),
        tool(1, span=2, result="The city is 100% warm"),
        tool(1, span=3, arguments={"q": "今日の天気"}, result="ÜND\nso weiter"),
    )
    assert hits(written) == spans


def test_a_word_may_be_in_the_name_and_another_in_what_is_said():
    store(tool(1, name="weather", arguments={"place": "Lisbon"}), tool(1, span=2, name="weather"))
    assert hits("weather lisbon") == [1]
    assert hits("weather") == [], "its name says it all"


def test_a_search_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(inside, "BATCH", 4)
    monkeypatch.setattr(inside, "SLICE", 8)
    store(*(tool(1, span=number, arguments={"n": "odd" * (number % 2)}) for number in range(1, 31)))
    first = look_on(within("odd"), 1, LONG)
    assert (first.is_done, 0 < first.searched <= 8) == (False, True)
    again = looked("odd")
    assert (again.searched, again.is_done) == (30, True)
    assert hit_ids(again).tolist() == list(range(1, 31, 2))
    assert TraceSearch.objects.count() == 1


def test_time_ends_a_slice_but_each_gets_further(monkeypatch):
    monkeypatch.setattr(inside, "BATCH", 4)
    store(*(tool(1, span=number) for number in range(1, 13)))
    came = [look_on(within("x"), 1, 0.0).searched for _ in range(3)]
    assert came == sorted(set(came))


def test_what_came_since_is_found_when_the_trace_has_grown():
    store(tool(1, arguments={"place": "Lisbon"}))
    assert hits("lisbon") == [1]
    store(tool(1, span=5, arguments={"place": "Lisbon"}))
    assert hits("lisbon") == [1], "it has not grown as far as the search knows"
    assert hit_ids(looked("lisbon", generation=2)).tolist() == [1, 5]


def test_log_records_are_hits_of_their_spans():
    store(step(1, span=1), step(1, span=2))
    said = [record(1, span=2, body="They say Lisbon"), record(1, span=9, body="Lisbon too")]
    store_records(*said)
    found = looked("lisbon")
    assert hit_ids(found).tolist() == [2]
    assert (found.records, found.unplaced) == (2, 1)
    again = looked("lisbon", generation=2)
    assert (again.records, again.unplaced) == (2, 1), "read again, not counted again"


def test_too_many_hits_end_a_search(monkeypatch):
    monkeypatch.setattr(inside, "BATCH", 4)
    monkeypatch.setattr(inside, "SLICE", 4)
    monkeypatch.setattr(inside, "MOST_HITS", 6)
    store(*(tool(1, span=number, arguments={"place": "Lisbon"}) for number in range(1, 31)))
    found = looked("lisbon")
    assert found.searched < 30
    assert len(hit_ids(found)) >= 6


def test_searches_that_nobody_goes_on_with_are_forgotten():
    store(tool(1))
    looked("old")
    TraceSearch.objects.update(updated_at=timezone.now() - KEPT - timedelta(seconds=1))
    new = looked("new")
    assert [each.words for each in TraceSearch.objects.all()] == [new.words]


def test_another_project_is_not_searched():
    store(tool(1, arguments={"place": "Lisbon"}))
    here = within("lisbon")
    there = Within(PROJECT + 1, here.trace_id, here.tree, here.needles, here.named)
    assert look_on(there, 1, LONG).searched == 0


def test_a_slice_takes_a_handful_of_queries():
    store(*(tool(1, span=number) for number in range(1, 101)))
    looking = within("lisbon")
    with CaptureQueriesContext(connection) as found:
        look_on(looking, 1, LONG)
    assert len(found) <= 7
