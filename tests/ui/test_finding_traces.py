"""The list of traces as people search it: sights, facets, columns, saved views."""

from __future__ import annotations

import re
from html import unescape

import pytest

from agentscope.pipeline import examine
from agentscope.search.models import SavedView
from agentscope.search.saved import MOST, save_view
from tests.kit.changes import noted
from tests.kit.searching import call, store, tool, trace_id
from tests.ui.test_traces import LIST, names, row

VIEWS = f"{LIST}views/"
pytestmark = pytest.mark.usefixtures("embedded")


def searchable(project) -> None:
    """A trace with a call of a model, and one with a call of a tool."""
    store(call(1, "Where is my blue parcel?", name="asking"), project=project.pk)
    store(tool(2, arguments={"colour": "blue"}, name="looking"), project=project.pk)
    for number in (1, 2):
        examine(project.pk, trace_id(number))


def test_a_search_shows_where_it_was_said_and_leads_there(client, project):
    searchable(project)
    text = client.get(f"{LIST}?q=blue").text
    assert "2 traces, newest step first" in text
    assert re.search(r'class="place">input</span> Where is my <mark>blue</mark> parcel\?', text)
    assert f"/traces/{trace_id(2).hex}/?span=0000000000000001" in text
    assert 'hx-trigger="every 10s"' in text


def test_what_is_written_wrong_is_said_with_its_place(client, project):
    row(project, "hello")
    response = client.get(LIST, {"q": "blue cost > much"})
    assert "Search: cost: much is no amount of dollars. (character 6)" in unescape(response.text)
    assert "1 trace, newest first" in response.text  # that does not "match", nor is a view of it
    assert "Save as a view" not in response.text


def test_a_search_that_ran_out_of_time_says_how_far_it_came(client, project, monkeypatch):
    searchable(project)
    monkeypatch.setattr("agentscope.search.read.SECONDS", 1)
    monkeypatch.setattr("agentscope.search.read.monotonic", iter(range(0, 10**6, 5)).__next__)
    text = client.get(f"{LIST}?q=blue").text
    assert "Nothing found yet" in text
    assert "Search further back" in text


def test_another_projects_steps_are_not_found(client, project):
    store(call(1, "blue"), project=project.pk + 1)
    assert "No trace matches" in client.get(f"{LIST}?q=blue").text


def test_facets_count_what_matches(client, project):
    for number in range(3):
        row(project, f"run {number}", agents=["planner", "writer"][: number + 1], errors=number % 2)
    text = client.get(f"{LIST}?facets=1").text
    assert "Counts are of all traces that match." in text
    assert facets(text) == {
        "without errors": 2,
        "with errors": 1,
        "running": 3,
        "planner": 3,
        "writer": 2,
    }
    text = client.get(f"{LIST}?facets=1&status=error").text
    assert facets(text) == {"with errors": 1, "running": 1, "planner": 1, "writer": 1}


def test_facets_of_many_traces_say_that_they_are_of_the_newest(client, project, monkeypatch):
    monkeypatch.setattr("agentscope.traces.facets.NEWEST", 2)
    for number in range(3):
        row(project, f"run {number}")
    text = client.get(f"{LIST}?facets=1").text
    assert "of the newest" in text
    assert facets(text)["running"] == 2


def test_facets_of_a_search_are_of_its_page_and_keep_what_is_searched(client, project):
    searchable(project)
    text = client.get(f"{LIST}?q=blue&facets=1").text
    assert "Counts are of the traces on this page." in text
    assert facets(text) == {
        "without errors": 2,
        "running": 2,
        "gpt-4o": 1,
        "look_up": 1,
    }
    [narrower] = re.findall(r'href="([^"]+)" *><span class="words">look_up<', text)
    text = client.get(unescape(narrower)).text
    assert "q=blue" in narrower
    assert names(client.get(unescape(narrower))) == ["looking"]
    assert facets(text)["look_up"] == 1


def facets(text: str) -> dict[str, int]:
    """The counts that are shown."""
    found = re.findall(r'<span class="words">([^<]+)</span><span class="number">(\d+)', text)
    return {name: int(count) for name, count in found}


def test_columns_and_density_are_in_the_address(client, project):
    row(project, "hello", user="ada")
    text = client.get(f"{LIST}?columns=user&columns=cost&density=compact").text
    assert re.findall(r'<th [^>]*scope="col">([^<]+)<', text) == [
        "Trace",
        "User",
        "Cost",
        "Started",
    ]
    assert ">ada</td>" in text
    assert 'data-density="compact"' in text
    assert 'name="columns" value="user"' in text
    assert (
        re.findall(r'<th [^>]*scope="col">([^<]+)<', client.get(f"{LIST}?columns=x").text)[1]
        == "State"
    )


def test_a_view_is_saved_shown_renamed_and_deleted(client, project):
    row(project, "hello", errors=1)
    row(project, "well")
    asked = "status=error&columns=cost"
    assert f"{VIEWS}?{asked}" in unescape(client.get(f"{LIST}?{asked}&range=").text)
    saved = client.post(f"{VIEWS}?{asked}", {"name": " Failed  ones "})
    assert saved.url == f"{LIST}?{asked}"
    page = client.get(client.get(f"{VIEWS}Failed ones/").url)
    assert names(page) == ["hello"]
    assert re.search(r'aria-current="page">Failed ones<', page.text)
    assert client.post(f"{VIEWS}Failed ones/edit/", {"name": "Broken"}).status_code == 302
    assert client.get(f"{VIEWS}Failed ones/").status_code == 404
    assert client.post(f"{VIEWS}Broken/remove/").url == LIST
    assert not SavedView.objects.exists()
    assert [change.what for change in noted()] == [
        "Saved the view Failed ones",
        "Renamed the view Failed ones to Broken",
        "Deleted the view Broken",
    ]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Failed", "There is a view with the name Failed already."),
        ("  ", "This field is required."),
        ("a/b", "and no /"),
        ("x" * 81, "at most 80 characters"),
    ],
)
def test_a_name_that_cannot_be_is_said_beside_its_field(client, project, name, says):
    save_view(project.pk, "Failed", "status=error", "ada")
    assert says in client.post(f"{VIEWS}?status=ok", {"name": name}).text
    assert SavedView.objects.count() == 1


def test_there_are_not_too_many_views(client, project):
    for number in range(MOST):
        save_view(project.pk, f"view {number}", "status=ok", "ada")
    text = client.post(f"{VIEWS}?status=error", {"name": "one more"}).text
    assert "There are 50 saved views already" in text


def test_views_need_the_token_of_their_form(project):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{VIEWS}?status=ok", {"name": "x"}).status_code == 403
    assert not SavedView.objects.exists()
