"""The costs of a period, of a trace by path, and down to the calls, as JSON and as tables."""

import csv
from decimal import Decimal
from io import StringIO

import jsonschema
import pytest

from agentscope.projects.write import create_project
from agentscope.vocabulary import Kind, Status
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import agent, call, span, tell, uuid

PERIOD = "since=2026-11-20&until=2026-11-30"


@pytest.fixture
def told(shop):
    shop.cost_attributes = ["customer"]
    shop.save()
    tell(
        shop.pk,
        agent(1, 1, "planner", session="s1", outcome="success"),
        call(1, 2, 1, "0.10", dimensions={"customer": "=cmd()"}),
        span(1, 3, 1, kind=Kind.TOOL, tool="search", status=Status.ERROR),
        agent(1, 4, "searcher", 3),
        call(1, 5, 4, model="mini-model"),
        call(1, 6, 0, "0.02"),
    )
    return shop


def got(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def table(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(StringIO(text, newline="")))


def test_it_works(client, told):
    said = got(client, f"costs?{PERIOD}&group_by=agent&top=1")
    (planner,) = said["groups"]
    assert planner["key"] == {"agent": "planner"}
    assert planner["amounts"]["known_cost_usd"] == "0.1"
    assert (said["truncated"], said["others"]["groups"]) == (True, 2)
    total = said["total"]
    assert (total["known_cost_usd"], total["unpriced_calls"]) == ("0.12", 1)
    assert (total["unpriced_tokens"], total["calls"], total["errors"]) == (15, 3, 1)
    assert total["usage"]["fresh_input"] == 30
    assert said["outcomes"]["cost_per_success_usd"] == "0.12"


def test_the_paths_of_a_trace(client, told):
    said = got(client, f"traces/{uuid(1).hex}/paths")
    assert [(each["path"], each["parent"], each["depth"]) for each in said["paths"]] == [
        ("planner", None, 0),
        ("planner/searcher", "planner", 1),
    ]
    assert said["paths"][0]["inclusive"]["calls"] == 2
    assert said["unattributed"]["known_cost_usd"] == "0.02"
    assert said["total"]["known_cost_usd"] == "0.12"


def test_the_paths_as_a_table_add_up(client, told):
    rows = table(client, f"traces/{uuid(1).hex}/paths?format=csv")
    assert [row["path"] for row in rows] == ["planner", "planner/searcher", "unattributed"]
    assert sum(Decimal(row["own_known_cost_usd"]) for row in rows) == Decimal("0.12")


def test_costs_as_a_table_have_every_group(client, told):
    rows = table(client, f"costs?{PERIOD}&group_by=agent,model&interval=day&format=csv")
    assert sum(Decimal(row["known_cost_usd"]) for row in rows) == Decimal("0.12")
    assert {row["start"] for row in rows} == {"2026-11-25T00:00:00Z"}
    assert {(row["agent"], row["model"]) for row in rows} >= {("searcher", "mini-model")}


def test_no_cell_is_a_formula(client, told):
    rows = table(client, f"costs?{PERIOD}&group_by=attribute:customer&format=csv")
    assert {row["attribute:customer"] for row in rows} == {"'=cmd()"}


def test_down_to_the_calls_page_by_page(client, told):
    seen, after = [], ""
    while after is not None:
        said = got(client, f"costs/calls?{PERIOD}&limit=2&cursor={after}")
        seen += said["calls"]
        after = said["next"]
    assert [(each["kind"], each["cost_usd"], each["reason"]) for each in seen].count(
        ("llm", None, "unknown_model")
    ) == 1
    assert {each["path"] for each in seen} == {"planner", "planner/searcher", ""}
    assert len({each["span_id"] for each in seen}) == len(seen) == 4
    rows = table(client, f"costs/calls?{PERIOD}&limit=1&format=csv")
    assert [row["span_id"] for row in rows] == [each["span_id"] for each in seen]
    assert sum(Decimal(row["known_cost_usd"]) for row in rows) == Decimal("0.12")


@pytest.mark.parametrize("form", ["", "&format=csv&limit=1"])
def test_the_dearest_calls_first(client, told, form):
    asked = f"costs/calls?{PERIOD}&show=dearest{form}"
    rows = table(client, asked) if form else got(client, asked)["calls"]
    assert [(row["cost_usd"] or "").rstrip("0") for row in rows] == ["0.1", "0.02", ""]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("agent=planner", "0.1"),
        ("path=", "0.02"),
        ("within=planner", "0.1"),
        ("attribute:customer=%3Dcmd()", "0.12"),
        ("session=s1&model=mini-model", "0"),
    ],
)
def test_filters(client, told, filters, expected):
    assert got(client, f"costs?{PERIOD}&{filters}")["total"]["known_cost_usd"] == expected
    calls = got(client, f"costs/calls?{PERIOD}&{filters}")["calls"]
    costs = [Decimal(each["amounts"]["known_cost_usd"]) for each in calls]
    assert sum(costs) == Decimal(expected)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("costs?colour=red", "colour"),
        ("costs?group_by=colour", "group_by"),
        ("costs?group_by=attribute:plan", "group_by"),
        ("costs?attribute:plan=x", "attribute:plan"),
        ("costs?top=0", "top"),
        ("costs?top=5&format=csv", "top"),
        ("costs?interval=minute", "interval"),
        ("costs?since=yesterday", "since"),
        ("costs?until=0001-01-01", "until"),
        ("costs?since=2026-11-25&until=2026-11-24", "until"),
        ("costs?since=2000-01-01&interval=hour", "interval"),
        ("costs?agent=%00", "agent"),
        ("costs?order=beauty", "order"),
        ("costs?compare=next", "compare"),
        ("costs?format=xml", "format"),
        ("costs/calls?cursor=here", "cursor"),
        ("costs/calls?limit=0", "limit"),
        ("costs/calls?show=least", "show"),
        (f"costs/calls?show=dearest&cursor=2026-11-25T12~{'0' * 32}~0~0", "cursor"),
        ("costs/calls?group_by=agent", "group_by"),
    ],
)
def test_a_bad_parameter_is_named(client, shop, asked, named):
    answer = client.get(f"/api/v1/{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{named}: ")


def test_what_is_of_another_project_is_not_there(client, told):
    create_project("other")
    other = {"x-agentscope-project": "other"}
    for suffix in ("", "?format=csv"):
        answer = client.get(f"/api/v1/traces/{uuid(1).hex}/paths{suffix}", headers=other)
        assert answer.status_code == 404
    said = client.get(f"/api/v1/costs?{PERIOD}&group_by=agent", headers=other).json()
    assert (said["groups"], said["total"]["calls"]) == ([], 0)
    assert client.get(f"/api/v1/costs/calls?{PERIOD}", headers=other).json()["calls"] == []


def test_answers_have_what_the_schema_says_and_nothing_else(client, told, schema):
    for asked, shape in (
        (f"costs?{PERIOD}&group_by=agent&interval=day&compare=previous", "CostsShape"),
        (f"costs/calls?{PERIOD}", "CallsShape"),
        (f"traces/{uuid(1).hex}/paths", "PathsShape"),
    ):
        said = got(client, asked)
        jsonschema.validate(said, {"$ref": f"#/components/schemas/{shape}", **closed(schema)})
