"""The pages of agents."""

import html
import re
from datetime import timedelta
from math import ceil, log
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agentscope.agents import sql
from agentscope.agents.days import add_up
from agentscope.agents.models import AgentDay, AgentRun
from agentscope.agents.sums import middle
from agentscope.costs import bounded
from agentscope.costs.days import Day
from agentscope.pipeline import examine, roll_up_days
from agentscope.projects.models import Project
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.ui.traces import save_trace, span
from ui.amounts import duration
from ui.views import agents as page

LIST = "/p/shop/agents/"
LEAD = f"{LIST}lead/"
ODD = "helper/two ?&#%"
ODD_PAGE = reverse("agent", args=["shop", ODD])

pytestmark = pytest.mark.usefixtures("embedded")


def save_run(project, number=1, *, model="gpt-4o", version="1.0"):
    """A lead that calls a model and asks a helper by a tool, which calls one too; added up."""
    trace_id = UUID(int=number)
    first = number * 10
    call = Meaning(Kind.LLM, model=model, provider="openai", usage=Usage(1000, 100))
    lead = Meaning(Kind.AGENT, agent="lead", agent_version=version)
    save_trace(
        project,
        span(first + 1, 0, trace_id, lead, name=f"run {number}"),
        span(first + 2, first + 1, trace_id, call, name="chat"),
        span(first + 3, first + 1, trace_id, Meaning(Kind.TOOL, tool="ask"), name="ask"),
        span(first + 4, first + 3, trace_id, Meaning(Kind.AGENT, agent=ODD), name="help"),
        span(first + 5, first + 4, trace_id, call, name="chat"),
        trace_id=trace_id,
    )
    examine(project.pk, trace_id)
    add_up_day_of(AgentRun.objects.filter(trace_id=trace_id).first())


def row(project, agent, **said):
    """What an agent did in a trace that is not stored; added up."""
    defaults = {"trace_id": uuid4(), "started_at": timezone.now(), "runs": 1}
    run = AgentRun.objects.create(project_id=project.pk, agent=agent, **(defaults | said))
    add_up_day_of(run)
    return run


def add_up_day_of(run):
    """Add up the day of a row, whether it is due or not."""
    add_up(Day(run.project_id, run.started_at.date(), 0))


def near(ns):
    """How a duration is told that is kept in a bucket."""
    return middle(ceil(log(ns) / log(sql.RATIO)))


def names(response):
    return re.findall(r'<a href="/p/shop/agents/[^"]*"\s+title="([^"]+)">', response.text)


def test_most_expensive_first_with_all_that_matters(client, project):
    row(project, "cheap")
    for seconds in range(1, 101):
        row(
            project,
            "dear",
            durations_ns=[seconds * 10**9],
            known_cost="0.01",
            inclusive_cost="0.02",
            errors=1,
            llm_calls=2,
            tools={"search": {"calls": 1, "errors": 0}},
            models_used={"gpt-4o": {"calls": 2, "pico": 1, "unpriced": 0}},
            versions=["1.0"],
        )
    response = client.get(LIST)
    assert names(response) == ["dear", "cheap"]
    took = [f">{duration(near(seconds * 10**9))}<" for seconds in (50, 95)]
    for said in (">100<", ">200<", *took, "$1.00", "$2.00", "gpt-4o", "search"):
        assert said in response.text, said
    assert ">unknown<" in response.text  # how long the runs of the other one take


def test_unknown_costs_are_unknown(client, project):
    row(project, "a", unpriced_calls=2, inclusive_unpriced=2)
    row(project, "b", known_cost="0.5", unpriced_calls=1)
    text = client.get(LIST).text
    assert ">unknown</td>" in text
    assert "≥ $0.5000" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["new"]),
        ("range=24h", ["new"]),
        ("range=90d", ["new", "old"]),
        ("range=all", ["new", "old", "oldest"]),
        ("q=NE", ["new"]),
        ("service=shop", ["new"]),
        ("environment=live&range=all", ["new"]),
        ("range=x&q=%00", ["new"]),
    ],
)
def test_filters(client, project, query, found):
    row(project, "new", service="shop", environment="live")
    for name, days in (("old", 60), ("oldest", 400)):
        row(project, name, started_at=timezone.now() - timedelta(days=days))
    assert names(client.get(f"{LIST}?{query}")) == found


def test_pages_join(client, project, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 2)
    for name in "abcde":
        row(project, name)
    seen, address = [], LIST
    while address:
        response = client.get(address)
        seen += names(response)
        more = re.search(r'rel="next"\s+href="([^"]+)"', response.text)
        address = html.unescape(more[1]) if more else ""
    assert seen == list("abcde")


def test_one_query_adds_up_whatever_the_size(client, project, django_assert_max_num_queries):
    for number in range(30):
        row(project, f"agent {number}")
    # project, projects, agents, findings, days that are due, and what bounds its time and memory
    with django_assert_max_num_queries(11) as asked:
        client.get(LIST)
    assert sum("agent_day" in query["sql"] for query in asked.captured_queries) == 1


def test_what_takes_too_long_is_given_up_and_said(client, project, monkeypatch):
    monkeypatch.setattr(bounded, "SET", "set local statement_timeout = '1ms'")
    monkeypatch.setattr(sql, "AGENTS", "select pg_sleep(1)")
    response = client.get(LIST)
    assert response.status_code == 503
    assert "Choose a shorter time" in response.text
    assert client.get(LEAD).status_code == 503
    for path in ("agents", "agents/lead"):
        answer = client.get(f"/api/v1/{path}?project=shop", headers={"host": "localhost"})
        assert answer.status_code == 503


def test_days_that_are_not_added_up_yet_are_told(client, project):
    save_run(project)
    for address in (LIST, LEAD):
        assert "1 day of this period is being added up again" in client.get(address).text
    roll_up_days()
    for address in (LIST, LEAD):
        assert "being added up" not in client.get(address).text


def test_one_that_is_not_added_up_at_all_yet_is_there(client, project):
    run = row(project, "lead")
    AgentDay.objects.all().delete()
    assert "It did not run in this period" in client.get(LEAD).text
    add_up_day_of(run)
    assert "Newest runs" in client.get(LEAD).text


def test_several_days_begin_with_a_whole_one(client, project):
    row(project, "lead")
    for address in (LIST, LEAD):
        assert re.search(r"[Ss]ince \d{4}-\d\d-\d\d 00:00 UTC", client.get(address).text)


def test_an_agent_and_whom_it_calls(client, project):
    save_run(project, 1)
    save_run(project, 2, version="2.0")
    text = client.get(LEAD).text
    assert html.escape(ODD_PAGE) in text
    assert "calls it as a tool" in text
    assert "Nobody: it begins on its own." in text
    assert "$0.0070" in text  # own
    assert "$0.0140" in text  # with the helper
    assert re.findall(r"<td>([12]\.0)</td>", text) == ["2.0", "1.0"]
    assert re.findall(r'title="(run \d)"', text) == ["run 2", "run 1"]
    assert f'href="{LEAD}"' in client.get(ODD_PAGE).text


def test_one_without_prices_says_so(client, project):
    save_run(project, model="no-such-model")
    text = client.get(LEAD).text
    assert "1 charge of unknown cost" in text
    assert "2 charges of unknown cost" in text
    assert "$0<" not in text


def test_one_that_did_not_run_in_the_period_is_still_there(client, project):
    row(project, "lead", started_at=timezone.now() - timedelta(days=60))
    assert "It did not run in this period" in client.get(LEAD).text
    page = client.get(f"{LEAD}?range=all").text
    assert "Newest runs" in page
    assert "None of its traces is kept any more" in page
    assert "(unnamed)" not in page.partition("Newest runs")[2]


def test_its_queries_do_not_grow(client, project, django_assert_num_queries):
    for number in range(1, 5):
        save_run(project, number)
    # project, projects, agent, edges twice, versions, days, findings, newest runs, their traces,
    # days that are due, reviews, circuits, and what bounds the time and memory of both
    with django_assert_num_queries(19):
        client.get(LEAD)


def test_tables_for_machines_are_linked(client, project):
    save_run(project)
    for address in (f"{LIST}?q=lead", LEAD):
        links = re.findall(r'href="(/api/[^"]+)"', client.get(address).text)
        assert len(links) >= 2
        for link in links:
            answer = client.get(html.unescape(link), headers={"host": "localhost"})
            assert answer.status_code == 200, link


@pytest.mark.parametrize("address", [LEAD, ODD_PAGE, f"{LIST}nobody/", f"{LIST}%00/"])
def test_what_is_of_another_project_is_not_found(client, project, address):
    save_run(project)
    Project.objects.create(name="other")
    assert client.get(address.replace("/shop/", "/other/")).status_code == 404


@pytest.mark.parametrize("address", [LIST, LEAD])
def test_only_members_see_it(client, project, production, alice, charlie, address):
    save_run(project)
    assert client.get(address).status_code == 302
    client.force_login(charlie)
    assert client.get(address).status_code == 404
    client.force_login(alice)
    assert client.get(address).status_code == 200
