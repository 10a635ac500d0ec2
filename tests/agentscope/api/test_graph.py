"""The graph of a trace, read by machine."""

import csv
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api.graph import TAKES
from agentscope.vocabulary import Kind
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import agent, call, span, tell, trace_id

SECOND = 10**9
PAGE = f"/api/v1/traces/{trace_id(1).hex()}/graph"


@pytest.fixture
def told(shop):
    """A lead that calls a scout, who searches twice."""
    searches = [
        span(1, number, 3, number * SECOND, kind=Kind.TOOL, tool="search") for number in (5, 6)
    ]
    tell(
        shop.pk,
        agent(1, 1, "lead"),
        call(1, 2, 1, "0.25"),
        agent(1, 3, "scout", 1),
        call(1, 4, 3, "0.5"),
        *searches,
    )


def test_nodes_and_edges(client, told):
    body = client.get(PAGE).json()
    lead, scout, search = body["nodes"]
    assert (scout["name"], scout["path"], scout["what"]) == ("scout", "lead/scout", "agent")
    assert scout["own"]["cost_usd"] == "0.5"
    assert lead["whole_cost_usd"] == "0.75"
    assert search["first_span_id"] == f"{5:016x}"
    called = next(edge for edge in body["edges"] if edge["how"] == "calls")
    assert (called["source"], called["target"]) == (scout["id"], search["id"])
    assert (called["work"]["times"], called["span_ids"]) == (2, [f"{5:016x}", f"{6:016x}"])
    assert sum(Decimal(node["own"]["cost_usd"]) for node in body["nodes"]) == Decimal("0.75")
    assert Decimal(body["known_cost_usd"]) == Decimal("0.75")


def test_what_is_left_over(client, told):
    body = client.get(PAGE, {"agents": 0, "tools": 0}).json()
    assert [(node["what"], node["joined"]) for node in body["nodes"]] == [
        ("tool", 0),
        ("more_agents", 2),
    ]
    assert (body["agents"], body["tools"]) == (2, 1)
    assert client.get(PAGE, {"agents": -1}).status_code == 400


def test_as_csv(client, told):
    text = client.get(PAGE, {"format": "csv"}).getvalue().decode()
    head, *rows = csv.reader(text.splitlines())
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["source"], row["how"], row["target"], row["times"]) for row in said] == [
        ("lead", "contains", "lead/scout", "1"),
        ("lead/scout", "calls", "search", "2"),
    ]


def test_the_answer_fits_the_schema(client, told, schema):
    body = client.get(PAGE, {"agents": 0}).json()
    jsonschema.validate(body, {"$ref": "#/components/schemas/GraphShape", **closed(schema)})


def test_no_such_trace(client, shop):
    assert client.get(PAGE).status_code == 404


@fuzz
@given(asked=st.dictionaries(st.sampled_from([each.name for each in TAKES]), VALUES, max_size=2))
def test_any_query(client, told, asked):
    assert client.get(PAGE, asked).status_code in (200, 400)
