"""The page of the tools that agents may call."""

import pytest

from agentscope.projects.models import AllowedTools
from agentscope.projects.tools import MOST_LISTS, BadTools, allowed_of, set_allowed
from agentscope.projects.write import create_project
from tests.kit.changes import noted

PAGE = "/p/shop/settings/tools/"
REMOVE = f"{PAGE}remove/"


def test_a_list_comes_is_changed_and_goes(client, embedded, project):
    assert "every agent may call every tool" in client.get(PAGE).text
    said = {"agent": " scout ", "tools": "search_*\n\nread <order>\nsearch_*"}
    assert client.post(PAGE, said)["Location"] == f"{PAGE}?saved=1"
    found = AllowedTools.objects.get()
    assert (found.agent, found.tools) == ("scout", ["read <order>", "search_*"])
    text = client.get(PAGE, {"agent": "scout"}).text
    assert "read &lt;order&gt;\nsearch_*</textarea>" in text
    client.post(PAGE, {"agent": "scout", "tools": "x"})
    assert AllowedTools.objects.get().tools == ["x"]
    assert client.post(REMOVE, {"list": found.pk}).status_code == 302
    assert not AllowedTools.objects.exists()
    assert len(noted()) == 3


@pytest.mark.parametrize("agent", ["nobody", "\x00", ""])
def test_an_agent_without_a_list_begins_one(client, embedded, project, agent):
    set_allowed(project, "scout", ["search"], "ada")
    answer = client.get(PAGE, {"agent": agent})
    assert answer.status_code == 200
    assert "search</textarea>" not in answer.text


def test_strangers_change_nothing(client, production, charlie, project):
    client.force_login(charlie)
    for address in (PAGE, REMOVE):
        assert client.post(address, {"agent": "a", "tools": "b"}).status_code == 404
    assert not noted()


def test_lists_of_others_do_not_exist(client, embedded, project):
    foreign = set_allowed(create_project("other"), "spy", ["x"], "ada")
    assert "spy" not in client.get(PAGE).text
    assert client.post(REMOVE, {"list": foreign.pk}).status_code == 404
    assert client.post(REMOVE, {"list": "x"}).status_code == 404
    assert allowed_of(project.pk).lists == {}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"agent": "a", "tools": " \n "}, "required"),
        ({"agent": "a", "tools": "x" * 201}, "200"),
        ({"agent": "a" * 201, "tools": "x"}, "200"),
        ({"agent": "a", "tools": "\n".join(map(str, range(501)))}, "500"),
    ],
)
def test_what_cannot_be_is_said(client, embedded, project, said, words):
    answer = client.post(PAGE, said)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert words in answer.text
    assert not AllowedTools.objects.exists()


def test_a_project_has_not_any_number_of_lists(project):
    made = [AllowedTools(project=project, agent=f"{at}", tools=["x"]) for at in range(MOST_LISTS)]
    AllowedTools.objects.bulk_create(made)
    set_allowed(project, "0", ["y"], "ada")
    with pytest.raises(BadTools):
        set_allowed(project, "one more", ["y"], "ada")
