"""The retries of a trace, read by machine."""

import csv

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api.retries import TAKES
from agentscope.projects.write import create_project
from agentscope.vocabulary import Content, ErrorClass, Kind, Status
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import agent, call, span, tell, trace_id

SECOND = 10**9
PAGE = f"/api/v1/traces/{trace_id(1).hex()}/retries"
FAILED = {"status": Status.ERROR, "error_class": ErrorClass.RATE_LIMIT}


def attempt(number, at, **said):
    """A call of a tool with the same arguments, so many seconds after noon."""
    content = Content(arguments={"q": "rain"})
    return span(1, number, 1, at * SECOND, kind=Kind.TOOL, tool="search", content=content, **said)


@pytest.fixture
def told(shop):
    """A tool that answers the fourth time, and a model that never does."""
    spans = [attempt(2, 1, **FAILED), attempt(3, 3, **FAILED), attempt(4, 6, **FAILED)]
    spans += [attempt(5, 11)]
    spans += [
        call(1, number, 1, "0.02", after=(20 + number) * SECOND, **FAILED) for number in (12, 14)
    ]
    tell(shop.pk, agent(1, 1, "scout"), *spans)


def test_attempts_and_how_they_ended(client, told):
    body = client.get(PAGE).json()
    assert (body["total"], body["truncated"], body["next"]) == (2, False, None)
    tool, model = body["retries"]
    assert tool == {
        "agent": "scout",
        "agent_path": "scout",
        "of": "tool",
        "name": "search",
        "attempts": 4,
        "failed": 3,
        "errors": ["rate_limit"] * 3,
        "waits_ns": [str(1 * SECOND), str(2 * SECOND), str(4 * SECOND)],
        "backoff": "growing",
        "recovered": True,
        "is_known": True,
        "failed_cost_usd": "0",
        "unpriced_spans": 0,
        "span_ids": [f"{number:016x}" for number in (2, 3, 4, 5)],
    }
    assert (model["of"], model["name"], model["recovered"]) == ("model", "gpt-4o", False)
    assert (model["is_known"], model["failed_cost_usd"]) == (False, "0.04")


def test_pages(client, told):
    first = client.get(PAGE, {"limit": 1}).json()
    assert (len(first["retries"]), first["truncated"], first["next"]) == (1, True, 1)
    assert client.get(PAGE, {"offset": 1}).json()["retries"][0]["of"] == "model"


def test_as_csv(client, told):
    text = client.get(PAGE, {"format": "csv"}).getvalue().decode()
    head, first, _ = csv.reader(text.splitlines())
    said = dict(zip(head, first, strict=True))
    assert (said["name"], said["attempts"], said["longest_wait_ns"]) == (
        *("search", "4"),
        str(4 * SECOND),
    )


def test_a_trace_without_any_reads_no_spans(client, shop, django_assert_max_num_queries):
    tell(shop.pk, agent(1, 1, "scout"), attempt(2, 1, **FAILED), attempt(3, 5))
    with django_assert_max_num_queries(4) as asked:
        assert client.get(PAGE).json()["retries"] == []
    assert not [query for query in asked.captured_queries if "from span" in query["sql"].lower()]


def test_what_is_not_there(client, told):
    create_project("other")
    headers = {"x-agentscope-project": "other"}
    assert client.get(PAGE, headers=headers).status_code == 404
    assert client.get(f"/api/v1/traces/{'7' * 32}/retries").status_code == 404


def test_it_is_as_the_schema_says(client, told, schema):
    body = client.get(PAGE).json()
    jsonschema.validate(body, {"$ref": "#/components/schemas/RetriesShape", **closed(schema)})


@fuzz
@given(asked=st.dictionaries(st.sampled_from([each.name for each in TAKES]), VALUES, max_size=2))
def test_any_query(client, told, asked):
    assert client.get(PAGE, asked).status_code in (200, 400)
