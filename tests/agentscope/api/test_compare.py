"""Two traces laid beside each other, read by machine."""

import csv
from decimal import Decimal

import jsonschema
import pytest

from agentscope.projects.models import Project
from agentscope.vocabulary import Kind
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import agent, call, span, tell, uuid

SECOND = 10**9
PAGE = f"/api/v1/traces/{uuid(1).hex}/compare"
OTHER = {"with": uuid(2).hex}


def run(trace: int, usd: str, tool: str):
    """A lead that calls a model and a tool."""
    said = {"kind": Kind.TOOL, "tool": tool, "name": tool}
    return [agent(trace, 1, "lead"), call(trace, 2, 1, usd), span(trace, 3, 1, SECOND, **said)]


@pytest.fixture
def told(shop):
    tell(shop.pk, *run(1, "0.500000000001", "search"), *run(2, "0.2", "fetch"))


def test_steps_add_up_and_their_differences_have_signs(client, told):
    body = client.get(PAGE, OTHER).json()
    assert body["left"]["cost_usd"] == "0.500000000001"
    assert body["right"]["cost_usd"] == "0.2"
    for side in ("left", "right"):
        spent = sum(Decimal(step[side]["cost_usd"]) for step in body["steps"])
        assert spent == Decimal(body[side]["cost_usd"])
    first = body["steps"][0]
    assert (first["path"], first["kind"], first["where"]) == ("lead", "llm", "both")
    assert first["difference_usd"] == "0.300000000001"


def test_where_they_part(client, told):
    body = client.get(PAGE, OTHER).json()
    assert body["parting"] == {
        "path": "lead",
        "same_steps": 2,
        "left_span_id": f"{3:016x}",
        "right_span_id": f"{3:016x}",
        "agents": 1,
    }
    only = {step["name"]: step["where"] for step in body["steps"]}
    assert (only["search"], only["fetch"]) == ("left", "right")


def test_an_unknown_cost_has_no_difference(client, shop):
    tell(shop.pk, *run(1, "0.5", "a"), agent(2, 1, "lead"), call(2, 2, 1, model="no-such-model"))
    steps = client.get(PAGE, OTHER).json()["steps"]
    assert next(step for step in steps if step["kind"] == "llm")["difference_usd"] is None


def test_as_csv(client, told):
    text = client.get(PAGE, {**OTHER, "format": "csv"}).getvalue().decode()
    head, *rows = csv.reader(text.splitlines())
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert sum(Decimal(row["left_cost_usd"]) for row in said) == Decimal("0.500000000001")
    assert {row["where"] for row in said} == {"both", "left", "right"}


def test_the_answer_fits_the_schema(client, told, schema):
    shape = {"$ref": "#/components/schemas/ComparisonShape", **closed(schema)}
    for other in (1, 2):
        body = client.get(PAGE, {"with": uuid(other).hex}).json()
        jsonschema.validate(body, shape)
        assert (body["parting"] is None) == (other == 1)


def test_no_such_trace(client, told):
    assert client.get(PAGE, {"with": uuid(9).hex}).status_code == 404
    assert client.get(PAGE).status_code == 404
    assert client.get(PAGE, {"with": "nonsense"}).status_code == 404


def test_one_of_another_project(client, shop):
    tell(shop.pk, *run(1, "0.5", "a"))
    tell(Project.objects.create(name="other").pk, *run(2, "0.5", "a"))
    assert client.get(PAGE, OTHER).status_code == 404
