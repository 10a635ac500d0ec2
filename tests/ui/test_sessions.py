"""The pages of sessions."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from agentscope.pipeline import add_up_sessions, examine
from agentscope.projects.models import Project
from agentscope.sessions.models import Session
from agentscope.traces.models import Trace
from agentscope.vocabulary import Kind, Meaning, Rung, Status, Usage
from tests.ui.traces import save_trace, span
from ui.views import sessions as page

LIST = "/p/shop/sessions/"
ODD = 'odd/name ?&#%"<b>'
ODD_PAGE = reverse("session", args=["shop", ODD])

pytestmark = pytest.mark.usefixtures("embedded")


def save_run(project, number, session=ODD, *, price=True, asks=False, user="ada", name="plan"):
    """A planner that calls a model, and may end with a question to a person; examined."""
    trace_id = UUID(int=number)
    planner = Meaning(
        Kind.AGENT, agent="planner", session=session, session_rung=Rung.EXPLICIT, user=user
    )
    model = Meaning(
        Kind.LLM,
        model="gpt-4o" if price else "no-such-model",
        provider="openai",
        usage=Usage(1000, 100),
    )
    spans = [
        span(number * 10 + 1, 0, trace_id, planner, name=name),
        span(number * 10 + 2, number * 10 + 1, trace_id, model, name="chat"),
    ]
    if asks:
        asked = Meaning(Kind.TOOL, tool="publish", status=Status.WAITING)
        spans.append(span(number * 10 + 3, number * 10 + 1, trace_id, asked, name="publish"))
    save_trace(project, *spans, trace_id=trace_id)
    examine(project.pk, trace_id)
    add_up_sessions()


def row(project, session, **said):
    """A listed session without traces."""
    now = timezone.now()
    defaults = {"first_at": now, "last_at": now, "traces": 1, "state": "ended"}
    return Session.objects.create(project_id=project.pk, session=session, **(defaults | said))


def names(response):
    return re.findall(r'<a class="mono"[^>]*title="([^"]+)">', response.text)


def test_newest_first_with_all_that_matters(client, project):
    hour = timedelta(hours=1)
    row(project, "older", last_at=timezone.now() - hour)
    row(
        project,
        "newer",
        state="waiting",
        user="ada",
        agents=["planner", "writer"],
        traces=3,
        errors=2,
        working_ns=61 * 10**9,
        waiting_ns=3 * 86_400 * 10**9,
        known_cost="0.1873",
        unpriced_calls=1,
        input_tokens=41_000,
        output_tokens=208,
    )
    response = client.get(LIST)
    assert names(response) == ["newer", "older"]
    for said in ("ada", "planner, writer", ">3<", "1 m 1 s", "3 d 0 h", "≥ $0.1873", "41,208"):
        assert said in response.text, said
    assert 'data-state="waiting"' in response.text
    assert "1 h ago" in response.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=FUND", ["refund"]),
        ("user=ada", ["refund"]),
        ("state=waiting", ["refund"]),
        ("environment=live", ["refund"]),
        ("agent=planner", ["refund"]),
        ("range=1h", ["hello"]),
        ("user=ad", []),
    ],
)
def test_filters(client, project, query, found):
    row(project, "hello")
    row(
        project,
        "refund",
        last_at=timezone.now() - timedelta(hours=2),
        user="ada",
        state="waiting",
        environments=["live"],
        agents=["planner"],
    )
    response = client.get(f"{LIST}?{query}")
    assert names(response) == found
    assert ("No session matches" in response.text) is not bool(found)


@pytest.mark.parametrize("query", ["state=x", "range=x", "q=%00", "after=x", f"user={'x' * 300}"])
def test_nonsense_in_the_address_is_no_error(client, project, query):
    row(project, "hello")
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_pages_join_without_gap_or_repetition(client, project, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 2)
    at = timezone.now()
    for number in range(5):
        row(project, f"s {number}", last_at=at - timedelta(seconds=number // 2))
    seen, address = [], LIST
    while address:
        response = client.get(address)
        seen += names(response)
        older = re.search(r'rel="next"\s+href="([^"]+)"', response.text)
        address = html.unescape(older[1]) if older else ""
    assert seen == [f"s {number}" for number in range(5)]


def test_five_queries_whatever_the_size(client, project, django_assert_num_queries):
    for number in range(30):
        row(project, f"s {number}")
    with django_assert_num_queries(4):  # project, projects, page, which holds all, findings
        assert "30 sessions" in client.get(LIST).text
    for number in range(30, 60):
        row(project, f"s {number}")
    with django_assert_num_queries(5):  # project, projects, page, count, findings
        assert "60 sessions" in client.get(LIST).text


def test_no_sessions_yet(client, project):
    assert "No sessions yet" in client.get(LIST).text


def test_a_session_shows_its_traces_and_their_sum(client, project):
    save_run(project, 1, name="first")
    save_run(project, 2, name="second")
    save_run(project, 3, session="other", name="third")
    text = client.get(ODD_PAGE).text
    assert re.findall(r'title="(first|second|third)"', text) == ["first", "second"]
    assert text.count(">$0.0035<") == 2
    assert "$0.0070" in text
    assert "named on the root" in text
    assert "&lt;b&gt;" in text
    assert "<b>" not in text
    assert 'href="/p/shop/agents/planner/' in text


def test_what_has_no_price_is_said(client, project):
    save_run(project, 1)
    save_run(project, 2, price=False)
    text = client.get(ODD_PAGE).text
    assert "≥ $0.0035" in text
    assert "1 charge of unknown cost" in text
    assert ">unknown<" in text


def test_a_session_that_waits_says_since_when(client, project):
    save_run(project, 1, asks=True)
    Trace.objects.update(state="ended")
    text = client.get(ODD_PAGE).text
    assert 'data-state="waiting"' in text
    assert "asked <time" in text
    assert "failed" not in text


def test_its_traces_come_in_pages(client, project, monkeypatch):
    monkeypatch.setattr(page, "TRACES", 2)
    for number in range(1, 4):
        save_run(project, number, name=f"run {number}")
    first = client.get(ODD_PAGE).text
    assert "1 to 2 of 3" in first
    assert 'href="?from=2"' in first
    second = client.get(f"{ODD_PAGE}?from=2").text
    assert re.findall(r'title="(run \d)"', second) == ["run 3"]
    assert "$0.01" in second  # the sum is that of all of them
    for nonsense in ("x", "-1", "9" * 30, "3"):
        assert "1 to 2 of 3" in client.get(f"{ODD_PAGE}?from={nonsense}").text


def test_five_queries_whatever_its_size(client, project, django_assert_num_queries):
    for number in range(1, 6):
        save_run(project, number)
    with django_assert_num_queries(5):  # project, projects, traces, agents, findings
        client.get(ODD_PAGE)


def test_tables_for_machines_are_linked(client, project):
    save_run(project, 1)
    for address in (f"{LIST}?user=ada", ODD_PAGE):
        links = re.findall(r'href="(/api/[^"]+)"', client.get(address).text)
        assert len(links) >= 2
        for link in links:
            answer = client.get(html.unescape(link), headers={"host": "localhost"})
            assert answer.status_code == 200, link


def test_a_trace_leads_to_its_session(client, project):
    save_run(project, 1)
    assert html.escape(ODD_PAGE) in client.get(f"/p/shop/traces/{UUID(int=1).hex}/").text


@pytest.mark.parametrize("address", [ODD_PAGE, f"{LIST}nothing/", f"{LIST}%00/"])
def test_what_is_of_another_project_is_not_found(client, project, address):
    save_run(project, 1)
    Project.objects.create(name="other")
    assert client.get(address.replace("/shop/", "/other/")).status_code == 404


@pytest.mark.parametrize("address", [LIST, ODD_PAGE])
def test_only_members_see_it(client, project, production, alice, charlie, address):
    save_run(project, 1)
    assert client.get(address).status_code == 302
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code == 200
