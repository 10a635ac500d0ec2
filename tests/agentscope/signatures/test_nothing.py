"""How tools say that they found nothing, and what sounds like it and is something."""

import json

import pytest

from agentscope.signatures.echo import without_echo
from agentscope.signatures.nothing import informative, says_nothing

SAID = "rain in Lisbon"


@pytest.mark.parametrize(
    "result",
    [
        *(None, "", " ", [], {}, "[]", "null", "Not found.", "N/A"),
        "No results found for 'rain in Lisbon'.",
        "No good Wikipedia Search Result was found",  # LangChain
        "No matches found",  # Claude Code
        "Found 0 documents matching the filter",
        "(0 rows)",  # psql
        "Sorry, I couldn't find anything about that.",
        "There are no open tickets for this customer.",
        "The query returned no rows.",
        "Empty set",  # MySQL
        "0 results",
        "No matches [# done in # s]",
        "[# done in # s]",
        {"query": SAID, "results": [], "total": 0},
        {"results": [], "page": 1, "per_page": 10, "status": "ok"},
        {
            "took": 3,
            "timed_out": False,
            "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []},
        },
        {"total_count": 0, "incomplete_results": False, "items": []},  # GitHub
        {"success": True, "data": [], "message": "No records matched your query."},
        {"status": "ok", "message": "No results found."},
        [{"type": "text", "text": "No matches found"}],  # MCP
        {"content": [{"type": "text", "text": "[]"}], "isError": False},
        {"result": None},
        '{"results": []}',
    ],
)
def test_nothing_was_found(result):
    assert says_nothing(result)


@pytest.mark.parametrize(
    "result",
    [
        *("no", "ok", "Done.", 0, False, [0], {"member": False}, {"total": 0}, {"ok": True}),
        {"ok": True, "errors": [], "warnings": []},
        {"issues": []},
        {"error": None},
        {"hits": [], "ok": False},
        {"items": [], "page": 3},
        {"items": [], "balance": 310},
        {"orders": [], "customer": "Maria"},
        {"results": [], "answer": "774 mm a year."},
        {"found": False, "items": []},
        *("#", {"url": "#", "state": "none"}, {"result": "#"}, {"message": "Saved."}),
        "No issues found.",
        "No, the order was paid.",
        "No data was lost. Two files were restored.",
        "No results in the archive. " + "But the catalogue has this to say about it. " * 8,
        "Not bad.",
        "[1, 2]",
        "[broken",
    ],
)
def test_something_was_said(result):
    assert not says_nothing(result)


@pytest.mark.parametrize(
    ("result", "left"),
    [
        ("No results for 'rain in Lisbon'.", "No results for '#'."),
        ({"query": SAID, "n": 0}, {"query": "#", "n": 0}),
        ({"text": 'a "rain in Lisbon" b'}, {"text": 'a "#" b'}),
        ({"query": "other"}, {"query": "other"}),
        (7, 7),
        (None, None),
        ("x" * 2000 + SAID, "x" * 2000 + SAID),
    ],
)
def test_an_echo_is_no_part_of_a_result(result, left):
    assert without_echo(result, {"q": SAID, "n": 2, "of": ["1"]}) == left


def test_an_echo_with_marks_of_json_in_it():
    asked = 'say "a\\b"\n now'
    assert without_echo({"q": asked, "found": [asked]}, {"q": asked}) == {"q": "#", "found": ["#"]}


@pytest.mark.parametrize(
    ("form", "characters"),
    [
        ({"ok": True, "errors": []}, 0),
        ({"state": "open"}, 4),
        ("open", 4),
        (["#", "open"], 4),
        ('{"kind": "order", "urgent": false}', 5),
    ],
)
def test_only_values_say_anything(form, characters):
    assert informative(form, form if isinstance(form, str) else json.dumps(form)) == characters


def test_json_of_which_a_mark_was_asked_for_stays_as_it_is():
    result = {"a": {"b": 1}, "c": "rain"}
    assert without_echo(result, {"q": '{"b":'}) == result
