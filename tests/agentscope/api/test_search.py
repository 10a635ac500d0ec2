"""Searching by machine."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api.search import TAKES
from agentscope.pipeline import examine
from agentscope.projects.write import create_project
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.searching import call, store, tool, trace_id

PAGE = "/api/v1/search"


@pytest.fixture
def told(shop):
    """What a model was asked, and a tool."""
    store(call(1, "Where is my blue parcel?"), tool(2, {"colour": "blue"}), project=shop.pk)
    for number in (1, 2):
        examine(shop.pk, trace_id(number))


def test_where_it_was_said(client, told):
    body = client.get(PAGE, {"q": "parcel"}).json()
    assert (body["next"], body["searched_back_to"]) == (None, None)
    [found] = body["traces"]
    assert found["trace"]["trace_id"] == trace_id(1).hex
    assert found["found"] == {
        "span_id": f"{1:016x}",
        "time": "2027-01-15T08:00:00+00:00",
        "place": "input",
        "before": "Where is my blue ",
        "found": "parcel",
        "after": "?",
    }


def test_filters_and_pages(client, told):
    assert len(client.get(PAGE, {"q": "blue"}).json()["traces"]) == 2
    assert len(client.get(PAGE, {"q": "blue", "tool": "look_up"}).json()["traces"]) == 1
    first = client.get(PAGE, {"q": "blue", "limit": 1}).json()
    second = client.get(PAGE, {"q": "blue", "cursor": first["next"]}).json()
    ids = [each["trace"]["trace_id"] for page in (first, second) for each in page["traces"]]
    assert sorted(ids) == [trace_id(1).hex, trace_id(2).hex]


def test_the_last_of_all_days_is_one_to_search_until(client, told):
    for until in ("9999-12-31", "9999-12-31T23:59:59Z"):
        assert len(client.get(PAGE, {"q": "blue", "until": until}).json()["traces"]) == 2


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "q: say a word, or a condition of an attribute."),
        ({"q": "cost > 1"}, "q: say a word, or a condition of an attribute."),
        ({"q": "cost > much"}, "q: cost: much is no amount of dollars."),
        ({"q": "blue", "cursor": "x"}, "cursor: This is not a cursor of ours"),
        ({"q": "blue", "limit": "101"}, "limit: '101' is not a number from 1 to 100."),
        ({"q": "blue", "quux": "1"}, "quux: there is no such parameter."),
    ],
)
def test_what_is_wrong_is_named(client, shop, asked, says):
    answer = client.get(PAGE, asked)
    assert answer.status_code == 400
    assert says in answer.text


def test_other_projects_are_not_searched(client, told):
    create_project("other")
    headers = {"x-agentscope-project": "other"}
    assert client.get(PAGE, {"q": "blue"}, headers=headers).json()["traces"] == []


def test_it_is_as_the_schema_says(client, told, schema):
    body = client.get(PAGE, {"q": "blue"}).json()
    jsonschema.validate(body, {"$ref": "#/components/schemas/SearchShape", **closed(schema)})


@fuzz
@given(asked=st.dictionaries(st.sampled_from([each.name for each in TAKES]), VALUES, max_size=3))
def test_any_query(client, told, asked):
    assert client.get(PAGE, asked).status_code in (200, 400)
