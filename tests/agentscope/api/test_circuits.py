"""Circuits of tools and providers, read by machine."""

import csv

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api.circuits import PERIOD as PARAMETERS
from agentscope.projects.write import create_project
from agentscope.vocabulary import ErrorClass, Kind, Status
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import agent, call, span, tell

PAGE = "/api/v1/circuits"
PERIOD = {"since": "2026-11-25T00:00:00Z", "until": "2026-11-26T00:00:00Z"}
FAILED = {"status": Status.ERROR, "error_class": ErrorClass.OVERLOADED}


@pytest.fixture
def told(shop):
    """A provider that fails, and a tool of which one call fails."""
    spans = [agent(1, 1, "scout")]
    spans += [call(1, 10 + number, 1, provider="openai", **FAILED) for number in range(6)]
    spans += [span(1, 30 + number, 1, kind=Kind.TOOL, tool="search") for number in range(4)]
    tell(shop.pk, *spans, span(1, 40, 1, kind=Kind.TOOL, tool="search", **FAILED))


def test_those_with_the_most_failures_first(client, told):
    body = client.get(PAGE, PERIOD).json()
    assert (body["total"], body["truncated"]) == (2, False)
    provider, tool = body["circuits"]
    assert (provider["of"], provider["name"], provider["state"]) == (
        "provider",
        "openai",
        "open",
    )
    assert (provider["calls"], provider["errors"], provider["opened"]) == (6, 6, 1)
    assert provider["spells"] == [
        {
            "state": "open",
            "since": "2026-11-25T12:00:00+00:00",
            "until": "2026-11-25T13:00:00+00:00",
            "calls": 6,
            "errors": 6,
        }
    ]
    assert (tool["name"], tool["state"], tool["calls"], tool["errors"]) == (
        *("search", "closed", 5, 1),
    )


def test_what_is_left_out_is_said(client, told):
    body = client.get(PAGE, PERIOD | {"limit": 1}).json()
    assert (len(body["circuits"]), body["total"], body["truncated"]) == (1, 2, True)


def test_as_csv(client, told):
    text = client.get(PAGE, PERIOD | {"format": "csv"}).getvalue().decode()
    head, first, _ = csv.reader(text.splitlines())
    assert dict(zip(head, first, strict=True))["state"] == "open"


def test_others_see_nothing(client, told):
    create_project("other")
    headers = {"x-agentscope-project": "other"}
    assert client.get(PAGE, PERIOD, headers=headers).json()["circuits"] == []


def test_one_query_for_the_table(client, told, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):  # the project, a transaction around the question
        client.get(PAGE, PERIOD)


def test_it_is_as_the_schema_says(client, told, schema):
    body = client.get(PAGE, PERIOD).json()
    jsonschema.validate(body, {"$ref": "#/components/schemas/CircuitsShape", **closed(schema)})


@fuzz
@given(
    asked=st.dictionaries(st.sampled_from([each.name for each in PARAMETERS]), VALUES, max_size=2)
)
def test_any_query(client, told, asked):
    assert client.get(PAGE, asked).status_code in (200, 400)


def test_of_one_agent(client, told):
    assert client.get(PAGE, PERIOD | {"agent": "scout"}).json()["total"] == 2
    assert client.get(PAGE, PERIOD | {"agent": "nobody"}).json()["total"] == 0
