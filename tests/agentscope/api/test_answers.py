"""What was answered, by machine."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import jsonschema
import pytest
from django.test import Client

from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from agentscope.traces.clocks import EPOCH
from tests.agentscope.api.test_schema import closed
from tests.agentscope.budgets.told import MINUTE, ask, budget
from tests.kit.costs import uuid
from tests.kit.spans import NOON

PAGE = "/api/v1/budgets/answers"
AT = EPOCH + timedelta(microseconds=NOON // 1000)


@pytest.fixture
def asked(shop):
    """Three answers: one that allows, one that warns, one that stops; a minute between them."""
    made = budget(shop, "1")
    ask(shop, MINUTE, agent="planner", session="s1", usd=Decimal("0.1"))
    ask(shop, 2 * MINUTE, agent="writer", session="s2", usd=Decimal("0.9"))
    ask(shop, 3 * MINUTE, agent="planner", session="s2", trace=uuid(1), usd=Decimal(2))
    return made


def decisions(client, query=""):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200, answer.content
    return [each["decision"] for each in answer.json()["answers"]]


def test_answers_are_listed_the_newest_first_page_by_page(client, asked, schema):
    answer = client.get(f"{PAGE}?limit=2")
    shape = {"$ref": "#/components/schemas/AnswersShape", **closed(schema)}
    jsonschema.validate(answer.json(), shape)
    assert [each["decision"] for each in answer.json()["answers"]] == ["stop", "warn"]
    assert decisions(client, f"limit=2&cursor={answer.json()['next']}") == ["allow"]
    first = answer.json()["answers"][0]
    assert (first["trace"], first["budget"]) == (uuid(1).hex, asked.pk)
    assert first["reason"].startswith("Of budget “daily”")


def test_answers_are_filtered(client, asked):
    third = (AT + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")
    for query, found in (
        ("decision=stop", ["stop"]),
        (f"budget={asked.pk}&decision=warn", ["warn"]),
        (f"budget={asked.pk + 1}", []),
        (f"trace={uuid(1).hex}", ["stop"]),
        (f"trace={uuid(1)}", ["stop"]),
        ("session=s2", ["stop", "warn"]),
        ("agent=planner", ["stop", "allow"]),
        (f"since={third}", ["stop"]),
        (f"until={third}", ["warn", "allow"]),
    ):
        assert decisions(client, query) == found, query


@pytest.mark.parametrize(
    "query",
    ["decision=no", "budget=x", "trace=xyz", "since=soon", "cursor=x", "limit=501", "user=ada"],
)
def test_what_cannot_be_read_is_named(client, asked, query):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(query.split("=")[0])


def test_one_answer_has_what_it_was_decided_on(client, asked, schema):
    listed = client.get(f"{PAGE}?decision=stop").json()["answers"][0]
    answer = client.get(f"{PAGE}/{listed['id']}")
    shape = {"$ref": "#/components/schemas/OneAnswerShape", **closed(schema)}
    jsonschema.validate(answer.json(), shape)
    found = answer.json()
    assert {name: found[name] for name in listed} == listed
    assert found["asked"] == {
        "session": "s2",
        "agent": "planner",
        "trace": uuid(1).hex,
        "estimated_usd": "2",
    }
    assert (found["said"]["limit"], found["said"]["spent"]) == ("1", "0")


def test_answers_are_a_table(client, asked):
    lines = client.get(f"{PAGE}?format=csv&limit=1").getvalue().decode().splitlines()
    assert lines[0] == "id,at,decision,budget,trace,session,agent,reason"
    assert [line.split(",")[2] for line in lines[1:]] == ["stop", "warn", "allow"]


def test_queries_do_not_grow(client, asked, shop, django_assert_num_queries):
    decisions(client)
    with django_assert_num_queries(5):  # with those that say how long it may take
        decisions(client)


def test_answers_of_others_are_not_there(client, asked):
    listed = client.get(PAGE).json()["answers"][0]
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    assert theirs.get(f"{PAGE}/{listed['id']}").status_code == 404
    assert theirs.get(f"{PAGE}/{2**70}").status_code == 404
    assert theirs.get(PAGE).json() == {"answers": [], "next": None}
    assert theirs.get(f"{PAGE}?budget={asked.pk}").json()["answers"] == []


@pytest.mark.parametrize("scope", list(Key.Scope))
def test_whose_key_may(shop, settings, scope):
    settings.AGENTSCOPE_EMBEDDED = False
    headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
    reads = scope in (Key.Scope.MANAGE, Key.Scope.READ, Key.Scope.ADMIN)
    assert Client(headers=headers).get(PAGE).status_code == (200 if reads else 403)
