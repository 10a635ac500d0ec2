"""Health of tools and models: the page, and the part of it on the page of an agent."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.costs.read import TookTooLong
from agentscope.findings.circuits import FEWEST
from agentscope.projects.models import Project
from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.kit.costs import NOON_TIME, agent, call, span, tell
from ui.views import health as page

LIST = "/p/shop/findings/health/"
HOSTILE = "<script>alert(1)</script>\"'"
FAILED = {"status": Status.ERROR, "error_class": ErrorClass.OVERLOADED}

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture
def told(project, monkeypatch):
    """A tool that scout calls fails each time, a provider that judge calls once, of many times."""
    monkeypatch.setattr(timezone, "now", lambda: NOON_TIME + timedelta(hours=3))
    tell(project.pk, *calls(1, "scout", "search"), agent(2, 1, "judge"), *models(2))


def calls(trace, name, tool):
    steps = [
        span(trace, number, 1, kind=Kind.TOOL, tool=tool, **FAILED)
        for number in range(2, 2 + FEWEST)
    ]
    return [agent(trace, 1, name), *steps]


def models(trace):
    said = {"provider": "openai"}
    steps = [call(trace, number, 1, **said) for number in range(2, 200)]
    return [*steps, call(trace, 300, 1, **said, **FAILED)]


def rows(text: str) -> list[str]:
    """The names and kinds of the rows, in their order."""
    found = re.findall(
        r'<td class="title">\s*<a [^>]*>([^<]+)</a>\s*<small class="muted">(\w+)', text
    )
    return [f"{name} {kind}" for name, kind in found]


def test_what_failed_and_how_it_stands(client, told):
    text = client.get(LIST).text
    assert rows(text) == ["search tool", "openai provider"]
    assert 'data-tone="bad">open<' in text
    assert 'aria-label="open from 2026-11-25 12:00: 5 of 5 calls failed"' in text
    assert "&lt; 1%" in text
    assert "2 that failed at all, most failures first" in text
    assert "style=" not in re.findall(r"<svg class=\"strip\".*?</svg>", text)[0]


def test_of_one_agent(client, told):
    assert rows(client.get(f"{LIST}?agent=judge").text) == ["openai provider"]
    assert "No call of a tool or a model failed" in client.get(f"{LIST}?agent=nobody").text


def test_a_shorter_time(client, told, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOON_TIME + timedelta(days=2))
    assert rows(client.get(LIST).text)
    assert not rows(client.get(f"{LIST}?range=24h").text)


@pytest.mark.parametrize("query", ["range=x", "range=90d", "agent=%00", f"agent={'x' * 300}"])
def test_nonsense_in_the_address_is_no_error(client, told, query):
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_more_than_fit_are_counted(client, told, monkeypatch):
    monkeypatch.setattr(page, "CIRCUITS", 1)
    assert "1 of 2 that failed at all" in client.get(LIST).text


def test_a_question_that_takes_too_long(client, told, monkeypatch):
    def never(*_: object) -> None:
        raise TookTooLong("This would take too long.")

    monkeypatch.setattr(page, "circuits", never)
    answer = client.get(LIST)
    assert answer.status_code == 503
    assert "This would take too long." in answer.text


def test_the_page_of_an_agent_has_its_own(client, told):
    text = client.get("/p/shop/agents/judge/?range=all").text
    assert rows(text) == ["openai provider"]
    assert "agent=judge" in text
    assert "search" not in text.split('id="health"')[1].split("</section>")[0]


def test_queries_do_not_grow_and_read_no_payload(client, told, project):
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    tell(project.pk, *(each for n in range(10, 18) for each in calls(n, "scout", f"tool {n}")))
    with CaptureQueriesContext(connection) as lots:
        client.get(LIST)
    assert len(lots) == len(few) <= 6  # project, projects, circuits with its settings and block
    assert not [query for query in lots.captured_queries if "span_payload" in query["sql"]]


def test_hostile_text_is_text(client, project, told):
    tell(project.pk, *calls(7, HOSTILE, HOSTILE))
    text = client.get(LIST).text
    assert "alert(1)" in text
    assert "<script>" not in text


def test_the_same_for_machines_and_nothing_for_strangers(client, told):
    Project.objects.create(name="other")
    assert rows(client.get(LIST.replace("shop", "other")).text) == []
    assert client.get(LIST.replace("shop", "none")).status_code == 404
    links = re.findall(r'href="(/api/[^"]+)"', client.get(f"{LIST}?agent=scout").text)
    assert all("agent=scout" in link for link in links)
    (_, json) = map(html.unescape, links)
    body = client.get(json, headers={"host": "localhost"}).json()
    assert [each["name"] for each in body["circuits"]] == ["search"]
