"""Sessions and agents, read by machine."""

import csv
from decimal import Decimal
from urllib.parse import quote, urlencode
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.agents.sums import middle
from agentscope.api import agents, sessions
from agentscope.pipeline import add_up_sessions, examine, roll_up_days
from agentscope.projects.write import create_project
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Rung, Usage
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.spans import NOON, wire_span

SINCE = "since=2026-11-01T00:00:00Z"
SECOND = 10**9
NEAR_TEN = middle(588)  # durations are kept in buckets
DAY = 86_400


def store(project, number, session, *, at=0, user="ada", environment="live"):
    """A lead that asks a helper by a tool, so many seconds after noon; each calls a model."""
    trace = UUID(int=number).bytes

    def span(at_row, parent, meaning):
        start = NOON + (at + at_row) * SECOND
        return (
            wire_span(
                number * 100 + at_row,
                trace_id=trace,
                parent_id=(number * 100 + parent).to_bytes(8, "big") if parent else b"",
                start_ns=start,
                end_ns=start + 10 * SECOND,
                name=f"run {number}",
            ),
            meaning,
        )

    call = Meaning(Kind.LLM, model="gpt-4o", provider="openai", usage=Usage(1000, 100))
    lead = Meaning(
        Kind.AGENT,
        agent="lead",
        session=session,
        session_rung=Rung.EXPLICIT,
        user=user,
        environment=environment,
        agent_version="2",
    )
    save_spans(
        project.pk,
        [
            span(1, 0, lead),
            span(2, 1, call),
            span(3, 1, Meaning(Kind.TOOL, tool="ask")),
            span(4, 3, Meaning(Kind.AGENT, agent="helper/1")),
            span(5, 4, call),
        ],
    )


def settle():
    for trace in Trace.objects.all():
        examine(trace.project_id, trace.trace_id)
    add_up_sessions()
    roll_up_days()


@pytest.fixture
def told(shop):
    """Three traces in two sessions, one of them with a name that is not easy to address."""
    store(shop, 1, "s/1 ?&#%", user="ada")
    store(shop, 2, "s/1 ?&#%", at=DAY)
    store(shop, 3, "two", at=60, user="bob", environment="test")
    settle()


ONE = "/api/v1/sessions/s%2F1%20%3F%26%23%25"


def test_it_works(client, told):
    body = client.get("/api/v1/sessions").json()
    assert [each["session_id"] for each in body["sessions"]] == ["s/1 ?&#%", "two"]
    first = body["sessions"][0]
    assert (first["traces"], first["llm_calls"], first["user_id"]) == (2, 4, "ada")
    assert (first["known_cost_usd"], first["unpriced_calls"]) == ("0.014", 0)
    assert (first["working_ns"], first["waiting_ns"]) == (str(28 * SECOND), "0")
    assert (body["total"], body["truncated"], body["next"]) == (2, False, None)


def test_a_session_has_its_traces_and_they_add_up(client, told):
    body = client.get(ONE).json()
    assert [each["name"] for each in body["items"]] == ["run 1", "run 2"]
    costs = [Decimal(each["known_cost_usd"]) for each in body["items"]]
    assert sum(costs) == Decimal(body["known_cost_usd"]) > 0
    assert body["items"][0]["session_basis"] == "named on the root"
    assert (len(body["worked"]), body["waiting_since"], body["total"]) == (2, None, 2)
    page = client.get(f"{ONE}?limit=1").json()
    assert (len(page["items"]), page["next"], page["truncated"]) == (1, 1, True)
    assert client.get(f"{ONE}?limit=1&offset=1").json()["items"][0]["name"] == "run 2"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("user=bob", ["two"]),
        ("state=running", ["s/1 ?&#%", "two"]),
        ("state=ended", []),
        ("environment=test", ["two"]),
        ("agent=helper/1", ["s/1 ?&#%", "two"]),
        ("agent=helper", []),
        ("name=TW", ["two"]),
        ("since=2026-11-26T00:00:00Z", ["s/1 ?&#%"]),
        ("until=2026-11-26T00:00:00Z", ["two"]),
    ],
)
def test_filters(client, told, query, found):
    body = client.get(f"/api/v1/sessions?{query}").json()
    assert [each["session_id"] for each in body["sessions"]] == found


def test_pages_of_sessions_join(client, shop):
    for number in range(1, 6):
        store(shop, number, f"session {number}", at=number // 2)
    settle()
    seen, address = [], "/api/v1/sessions?limit=2"
    while address:
        page = client.get(address).json()
        assert page["total"] == 5
        seen += [each["session_id"] for each in page["sessions"]]
        address = f"/api/v1/sessions?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == [f"session {number}" for number in (4, 5, 2, 3, 1)]


def table(response):
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


def test_tables_as_csv(client, told):
    sessions = table(client.get("/api/v1/sessions?format=csv&limit=1"))
    assert [row["session_id"] for row in sessions] == ["s/1 ?&#%", "two"]
    traces = table(client.get(f"{ONE}?format=csv"))
    total = sum(Decimal(row["known_cost_usd"]) for row in traces)
    assert total == Decimal(sessions[0]["known_cost_usd"])
    agents = table(client.get(f"/api/v1/agents?format=csv&limit=1&{SINCE}"))
    assert [row["agent"] for row in agents] == ["helper/1", "lead"]
    runs = table(client.get(f"/api/v1/agents/lead?format=csv&{SINCE}"))
    assert [row["trace_name"] for row in runs] == ["run 2", "run 3", "run 1"]
    here = table(client.get(f"{ONE}?format=csv&table=agents"))
    assert [(row["agent"], row["runs"]) for row in here] == [("helper/1", "2"), ("lead", "2")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("calls", {"agent": "helper/1", "edge_kind": "delegates", "runs": "3"}),
        ("versions", {"version": "2", "runs": "3", "p95_ns": str(NEAR_TEN)}),
        ("days", {"day": "2026-11-25", "runs": "2", "known_cost_usd": "0.007"}),
        ("tools", {"name": "ask", "calls": "3", "errors": "0"}),
        ("models", {"name": "gpt-4o", "calls": "3", "known_cost_usd": "0.0105"}),
    ],
)
def test_each_table_of_an_agent_as_csv(client, told, name, found):
    first = table(client.get(f"/api/v1/agents/lead?{SINCE}&format=csv&table={name}"))[0]
    assert first.items() >= found.items()
    empty = table(client.get(f"/api/v1/agents/lead?{SINCE}&format=csv&table=called_by"))
    assert empty == []


def test_agents_and_who_called_them(client, told):
    body = client.get(f"/api/v1/agents?{SINCE}").json()
    assert [(each["name"], each["runs"]) for each in body["agents"]] == [
        ("helper/1", 3),
        ("lead", 3),
    ]
    assert (body["total"], body["next"]) == (2, None)
    lead = client.get(f"/api/v1/agents/lead?{SINCE}").json()
    assert (lead["known_cost_usd"], lead["inclusive_cost_usd"]) == ("0.0105", "0.021")
    assert lead["tools"] == [{"name": "ask", "calls": 3, "errors": 0}]
    assert [each["name"] for each in lead["models"]] == ["gpt-4o"]
    assert lead["duration_ns"]["p95"] == str(NEAR_TEN)
    assert (lead["versions"], lead["by_version"][0]["version"]) == (["2"], "2")
    assert [day["runs"] for day in lead["days"]] == [2, 1]
    assert lead["calls"] == [
        {
            "agent": "helper/1",
            "edge_kind": "delegates",
            "runs": 3,
            "cost_usd": "0.0105",
            "unpriced_calls": 0,
        }
    ]
    helper = client.get(f"/api/v1/agents/helper%2F1?{SINCE}").json()
    assert helper["called_by"][0]["agent"] == "lead"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=LEA", ["lead"]),
        ("environment=live", ["helper/1", "lead"]),
        ("environment=nowhere", []),
        ("service=shop", ["helper/1", "lead"]),
        ("service=other", []),
        ("until=2026-11-02T00:00:00Z", []),
        ("limit=1&offset=1", ["lead"]),
        ("offset=7", []),
    ],
)
def test_filters_of_agents(client, told, query, found):
    body = client.get(f"/api/v1/agents?{SINCE}&{query}").json()
    assert [each["name"] for each in body["agents"]] == found


def test_two_projects_do_not_mix(client, told):
    other = create_project("other")
    store(other, 1, "s/1 ?&#%")
    settle()
    headers = {"x-agentscope-project": "other"}
    assert client.get(ONE, headers=headers).json()["traces"] == 1
    assert client.get(f"/api/v1/agents/lead?{SINCE}", headers=headers).json()["runs"] == 1
    assert client.get(ONE).json()["traces"] == 2


@pytest.mark.parametrize(
    "address",
    [ONE, "/api/v1/sessions/two", f"/api/v1/agents/lead?{SINCE}", "/api/v1/sessions/%00"],
)
def test_what_is_of_another_project_is_not_found(client, told, address):
    create_project("other")
    answer = client.get(address, headers={"x-agentscope-project": "other"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, 404)


def test_few_queries_whatever_the_size(client, told, django_assert_num_queries):
    for address, queries in [("/api/v1/sessions", 1), ("/api/v1/sessions?limit=1", 2), (ONE, 1)]:
        with django_assert_num_queries(queries + 1):  # and one for the project
            client.get(address)


@pytest.mark.parametrize("address", ["/api/v1/sessions?cursor=x", "/api/v1/sessions?state=x"])
def test_nonsense_is_named(client, told, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(("cursor:", "state:"))


@pytest.mark.parametrize(
    ("address", "shape"),
    [
        ("/api/v1/sessions", "SessionsShape"),
        (ONE, "WholeSessionShape"),
        (f"/api/v1/agents?{SINCE}", "AgentsShape"),
        (f"/api/v1/agents/lead?{SINCE}", "AgentDetailShape"),
    ],
)
def test_answers_have_what_the_schema_says_and_nothing_else(client, told, address, shape, schema):
    answer = client.get(address).json()
    jsonschema.validate(answer, {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


NAMES = sorted({each.name for each in [*sessions.FILTERS, *agents.FILTERS]} - {"format"})


@fuzz
@given(asked=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=2), name=VALUES)
def test_any_query_is_answered(client, told, asked, name):
    for kind in ("sessions", "agents"):
        for tail in ("", f"/{quote(name, safe='')}"):
            answer = client.get(f"/api/v1/{kind}{tail}?{urlencode(asked)}")
            assert answer.status_code in (200, 400, 404), answer.content
            assert answer["Content-Type"] == "application/json"
