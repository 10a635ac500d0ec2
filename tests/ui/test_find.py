"""Finding in a run: words, filters, hits, what broke it; all of it in the address."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agentscope.search import inside
from agentscope.vocabulary import Content, ErrorClass, Kind, Meaning, Status
from tests.kit.forests import SHAPES, forest
from tests.ui.test_trace_tree import PAGE, TREE, links, rows, shown, store
from tests.ui.traces import save_trace, small_run, span

PART = {"HX-Request": "true", "HX-Target": "inside"}

pytestmark = pytest.mark.usefixtures("embedded")


def run():
    """A planner with a model call, a tool that says "cats", and one that failed."""
    failed = Meaning(
        Kind.TOOL,
        tool="search",
        status=Status.ERROR,
        error_class=ErrorClass.TIMEOUT,
        error_type="ReadTimeout",
        content=Content(arguments={"q": "5% of 猫"}),
    )
    return [*small_run(), span(4, 1, name="search", meaning=failed)]


def text_of(client, query=""):
    return client.get(f"{PAGE}?{query}").text


def hits(text):
    return re.findall(r'id="s-(\w+)"[^>]* data-hit', text)


def looked(client, query):
    """The page once the search in what the spans say has ended."""
    while "hx-get" in (answer := client.get(f"{PAGE}?{query}", headers=PART)).text:
        pass
    return answer


def test_names_tools_and_errors_are_found_at_once(client, project):
    save_trace(project, *run())
    for words, found in [("SEAR", [4]), ("readtimeout", [4]), ("chat", [2]), ("planner", [1])]:
        assert hits(text_of(client, f"q={words}")) == [f"{number:016x}" for number in found]


def test_what_spans_say_is_found_slice_by_slice_and_stays_found(client, project):
    save_trace(project, *run())
    assert hits(text_of(client, "q=cats")) == []
    answer = looked(client, "q=cats")
    assert "Searched what 4 of 4 spans say, 2 hits there" in answer.text
    assert answer.headers["HX-Trigger"] == "sought"
    text = text_of(client, "q=cats")
    assert hits(text) == [f"{number:016x}" for number in (2, 3)]
    assert "<strong>2 hits</strong>" in text
    assert 'hx-trigger="load' not in text


@pytest.mark.parametrize(("words", "number"), [("5%25", 1), ("_", 0), ("%25cats", 0), ("猫", 1)])
def test_nothing_is_a_pattern_and_any_language_is_found(client, project, words, number):
    save_trace(project, *run())
    looked(client, f"q={words}")
    assert len(hits(text_of(client, f"q={words}"))) == number


def test_without_script_a_link_searches_on(client, project):
    save_trace(project, *run())
    found = re.search(r'<a href="([^"]*look=on)">Search on', text_of(client, "q=cats"))
    text = client.get(found[1].replace("&amp;", "&")).text
    assert len(hits(text)) == 2
    assert "Search on" not in text


def test_a_search_that_is_not_done_says_how_far_it_is(client, project, monkeypatch):
    monkeypatch.setattr(inside, "BATCH", 2)
    monkeypatch.setattr(inside, "SLICE", 2)
    save_trace(project, *run())
    text = client.get(f"{PAGE}?q=cats", headers=PART).text
    assert re.search(r"Searched what [12] of 4 spans say", text)
    assert "hx-get" in text


def test_words_that_are_too_many_are_said_to_be_left_out(client, project):
    save_trace(project, *run())
    told = "for no more than 20 words and 400 characters"
    assert told in text_of(client, f"q={'+'.join(map(str, range(21)))}&look=on")
    assert told not in text_of(client, "q=lisbon&look=on")


def test_hits_are_walked_through_closed_rows(client, project):
    save_trace(project, *run())
    looked(client, "q=cats")
    root = f"{1:016x}"
    text = text_of(client, f"q=cats&shut={root}")
    assert "2 hits</span>" in text
    came = []
    at = ""
    for jump in ("hit", "hit", "hit", "hit-before"):
        text = text_of(client, f"q=cats&shut={root}&jump={jump}&span={at}")
        (at,) = re.findall(r'id="s-(\w+)"[^>]*aria-selected="true"', text)
        came.append(int(at, 16))
    assert came == [2, 3, 2, 3]


def test_no_words_no_hits_and_nothing_is_searched(client, project):
    save_trace(project, *run())
    text = text_of(client, "q=+")
    assert "data-hit" not in text
    assert "Searched" not in text


@pytest.mark.parametrize(
    ("show", "names", "left"),
    [
        ("tools", ["planner", "count", "search"], "2 match, 1 row left out"),
        ("errors", ["planner", "search"], "1 matches, 2 rows left out"),
        ("models&show=tools", ["planner", "chat", "count", "search"], "3 match, 0 rows left out"),
        ("findings", [], "0 match, 4 rows left out"),
        ("agent:planner", ["planner", "chat", "count", "search"], "4 match, 0 rows left out"),
        ("cost:5", [], "0 match, 4 rows left out"),
    ],
)
def test_filters_keep_what_is_above_and_say_what_is_left_out(client, project, show, names, left):
    save_trace(project, *run())
    text = text_of(client, f"show={show}")
    assert shown(text) == names
    assert left in text


def test_the_selected_span_stays_whatever_is_filtered_for(client, project):
    save_trace(project, *run())
    assert shown(text_of(client, f"show=errors&span={2:016x}")) == ["planner", "chat", "search"]


def test_a_chip_turns_its_filter_on_and_off(client, project):
    save_trace(project, *run())
    (on,) = re.findall(r'href="(\?[^"]*)"\s*>Errors 1', text_of(client, "q=cats&zoom=1-9"))
    assert on.replace("&amp;", "&") == "?q=cats&show=errors&zoom=1-9"
    text = text_of(client, on[1:].replace("&amp;", "&"))
    (off,) = re.findall(r'href="(\?[^"]*)"\s*aria-current="true">Errors 1', text)
    assert "show=" not in off


def test_all_of_it_stays_in_the_links_and_the_form(client, project):
    save_trace(project, *run())
    text = text_of(client, "q=a%26b&show=tools&zoom=1-9&path=critical")
    for link in links(text, "label"):
        assert link.startswith("?q=a%26b&show=tools&zoom=1-9&path=critical&span=")
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    assert {("show", "tools"), ("zoom", "1-9"), ("path", "critical")} <= set(fields)


@pytest.mark.parametrize(
    ("pico", "offered"),
    [
        (35 * 10**11, ["$1", "$0.1", "$0.01", "$0.001"]),
        (25 * 10**7, ["$0.0001"]),
        (25 * 10**6, []),
        (0, []),
    ],
)
def test_costs_are_offered_as_far_as_they_are_told_apart(client, project, pico, offered):
    store(project, forest([-1, 0], ("run",), cost=[0, pico]))
    assert re.findall(r"at least ([^<]*)</option>", text_of(client)) == offered


@pytest.mark.parametrize(
    "said",
    [
        "zoom=9-1",
        "zoom=x",
        "zoom=-1-2",
        "zoom=1-" + "9" * 40,
        "path=x",
        "show=x",
        "show=agent:",
        "jump=hit",
        "q=%00",
        "q=" + "\ufdfa" * 400,
        "zoom=0-1",
    ],
)
def test_what_means_nothing_is_nothing(client, project, said):
    save_trace(project, *run())
    assert len(shown(text_of(client, said))) == 4


def test_hostile_words_are_words(client, project):
    save_trace(project, *run())
    text = text_of(client, "q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&show=agent:%3Cb%3E")
    assert "<script>alert" not in text
    assert "<b>" not in text


def test_a_search_asks_one_query_more(client, project):
    save_trace(project, *run())
    counted = []
    for query in ("", "q=cats", "q=cats&show=tools&zoom=1-9&path=critical"):
        with CaptureQueriesContext(connection) as found:
            text_of(client, query)
        counted.append(len(found))
        assert not [each for each in found if "payload" in each["sql"]]
    assert counted == [counted[0], counted[0] + 1, counted[0] + 1]


def test_another_project_searches_nothing(client, project, production, alice, charlie):
    save_trace(project, *run())
    client.force_login(charlie)
    assert client.get(f"{PAGE}?q=cats", headers=PART).status_code == 404


def test_the_deepest_error_stands_on_top_with_its_way(client, project):
    broken = [
        span(1, 0, meaning=Meaning(Kind.AGENT, agent="lead", status=Status.ERROR), name="lead"),
        span(
            2,
            1,
            meaning=Meaning(
                Kind.TOOL, tool="fetch", status=Status.ERROR, error_class=ErrorClass.TIMEOUT
            ),
            name="fetch",
        ),
    ]
    save_trace(project, *broken)
    text = text_of(client)
    (part,) = re.findall(r'id="causes".*?</section>', text, re.DOTALL)
    assert re.findall(r'href="\?span=(\w+)"', part) == [f"{number:016x}" for number in (1, 2)]
    assert "<strong>timed out</strong>" in part


def test_errors_that_passed_are_told_apart(client, project):
    save_trace(project, *run())
    text = text_of(client)
    assert "1 error that did not stop what lies above" in text
    assert "deepest error" not in text


@pytest.mark.parametrize("shape", SHAPES)
def test_filtered_pages_of_large_traces_are_small(client, project, shape):
    store(project, SHAPES[shape](50_000))
    for query in ("show=errors", "show=tools", "q=a&path=critical"):
        answer = client.get(f"{PAGE}?{query}", headers=TREE)
        assert len(answer.content) <= 150_000
        assert len(rows(answer.text)) <= 120
