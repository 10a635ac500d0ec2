"""Decision records, by machine."""

from __future__ import annotations

import csv
from io import StringIO

import jsonschema
import pytest
from django.test import Client

from agentscope.projects.models import Key, Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, create_project
from agentscope.records.body import digest
from agentscope.reviews.write import review
from tests.agentscope.api.test_schema import closed
from tests.agentscope.reviews.decided import ANN, record
from tests.ui.records import REFUND, record_of, refunded
from tests.ui.traces import TRACE_ID

LIST = "/api/v1/decisions"
ONE = f"{LIST}/{TRACE_ID.hex}/{1:016x}"


@pytest.fixture
def three(shop: Project) -> None:
    """Three decisions, a second between them."""
    record_of(shop, 1, agent="planner", outcome="failed", pico=None, unpriced=1)
    told = {"environment": "prod", "findings": ["exact_repeat"]}
    record_of(shop, 2, **REFUND, **told, rejected=2, rejected_pico=3_100_000_000)
    record_of(shop, 3, agent="planner", pico=25 * 10**10, recorded=7)


def agents(client, query=""):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.content
    return [each["agent"] for each in answer.json()["decisions"]]


def test_decisions_are_listed_the_newest_first_page_by_page(client, three, schema):
    answer = client.get(f"{LIST}?limit=2")
    shape = {"$ref": "#/components/schemas/RecordsShape", **closed(schema)}
    jsonschema.validate(answer.json(), shape)
    assert (answer.json()["total"], answer.json()["truncated"]) == (3, False)
    newest, refund = answer.json()["decisions"]
    assert (newest["cost_usd"], newest["ledger_position"]) == ("0.25", 7)
    assert newest["at"] == "2026-11-25T12:00:03+00:00"
    assert (refund["user_id"], refund["people"], refund["effects"]) == ("ann", ["bob"], ["refund"])
    assert (refund["approved_by"], refund["turned_down_by"]) == (["bob"], [])
    assert (refund["rejected"], refund["rejected_cost_usd"]) == (2, "0.0031")
    rest = client.get(f"{LIST}?limit=2&cursor={answer.json()['next']}").json()
    assert [each["cost_usd"] for each in rest["decisions"]] == [None]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent=planner", ["planner", "planner"]),
        ("effect=refund", ["refunder"]),
        ("person=bob", ["refunder"]),
        ("outcome=failed", ["planner"]),
        ("authority=approved", ["refunder"]),
        ("finding=exact_repeat", ["refunder"]),
        ("session=S", ["refunder"]),
        ("user=ann", ["refunder"]),
        ("environment=prod", ["refunder"]),
        (f"trace={2:032x}", ["refunder"]),
        ("since=2026-11-25T12:00:02Z", ["planner", "refunder"]),
        ("until=2026-11-25T12:00:02Z", ["planner"]),
    ],
)
def test_decisions_are_filtered(client, three, query, found):
    assert agents(client, query) == found


@pytest.mark.parametrize(
    "query",
    [
        *("outcome=no", "authority=no", "trace=xyz", "since=soon", "cursor=x", "limit=501"),
        *("tool=refund", "format=xml", "agent=a%00b"),
    ],
)
def test_what_cannot_be_read_is_named(client, three, query):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(query.split("=")[0])


def test_one_decision_tells_all_that_its_digest_is_of(client, shop, schema):
    record = refunded(shop)
    answer = client.get(ONE)
    shape = {"$ref": "#/components/schemas/WholeRecordShape", **closed(schema)}
    jsonschema.validate(answer.json(), shape)
    found = answer.json()
    assert found["record"] == record.body
    assert digest(found["record"]).hex() == found["digest"]
    assert found["fits"] == "not_yet"
    [effect] = [each for each in found["record"]["did"] if each.get("effect")]
    assert (effect["name"], effect["span"], effect["basis"]) == ("refund", f"{5:016x}", "inferred")


def test_one_that_was_changed_does_not_fit(client, shop):
    record_of(shop, 1, digest=b"\0" * 32)
    assert client.get(f"{LIST}/{1:032x}/{1:016x}").json()["fits"] == "changed"


@pytest.mark.parametrize(
    "address", [f"{1:032x}/{1:016x}", f"x/{1:016x}", f"{1:032x}/x", f"{TRACE_ID.hex}/{2:016x}"]
)
def test_what_is_no_decision_is_told_as_such(client, shop, address):
    refunded(shop)
    answer = client.get(f"{LIST}/{address}")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"]


def test_decisions_are_a_table(client, three):
    text = client.get(f"{LIST}?format=csv&limit=1").getvalue().decode()
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["agent"] for row in rows] == ["planner", "refunder", "planner"]
    assert (rows[1]["people"], rows[1]["effects"], rows[1]["cost_usd"]) == ("bob", "refund", "0")
    assert (rows[1]["approved_by"], rows[1]["turned_down_by"]) == ("bob", "")
    assert rows[2]["cost_usd"] == ""


def test_a_table_is_read_block_by_block_and_nothing_is_counted(
    client, three, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("agentscope.api.blocks.AT_ONCE", 2)
    with django_assert_num_queries(3) as asked:  # one of the project
        text = client.get(f"{LIST}?format=csv").getvalue().decode()
    assert len(text.splitlines()) == 4
    assert not [each for each in asked.captured_queries if "count(" in each["sql"].lower()]


def test_queries_do_not_grow_and_read_no_body_but_what_people_answered(
    client, three, shop, django_assert_num_queries
):
    agents(client)
    with django_assert_num_queries(2) as first:
        agents(client)
    for number in range(4, 20):
        record_of(shop, number, **REFUND)
    with django_assert_num_queries(2) as second:
        agents(client)
    asked = [*first.captured_queries, *second.captured_queries]
    read = " ".join(each["sql"] for each in asked)
    assert '"body"' not in read.replace('jsonb_path_query_array("decision_record"."body"', "")


def test_decisions_of_others_are_not_there(client, three, shop):
    refunded(shop)
    create_project("other")
    theirs = Client(headers={"host": "localhost", "x-agentscope-project": "other"})
    assert theirs.get(LIST).json()["decisions"] == []
    assert theirs.get(ONE).status_code == 404
    assert client.get(ONE).status_code == 200


def test_whose_key_may(shop, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    for scope, status in ((Key.Scope.READ, 200), (Key.Scope.INGEST, 403)):
        headers = {"host": "localhost", "authorization": f"Bearer {create_key(shop, scope)[1]}"}
        assert Client(headers=headers).get(LIST).status_code == status


def test_how_they_stand_in_review_is_told(client, shop, schema, django_assert_num_queries):
    cases = [record(shop.pk, number) for number in (1, 2, 3)]
    review(cases[0], ANN, "wrong", "no")
    with django_assert_num_queries(2):
        agents(client)
    told = {
        each["trace_id"]: (each["verdict"], each["is_reviewed"])
        for each in client.get(LIST).json()["decisions"]
    }
    assert told == {
        cases[0].trace_id.hex: ("wrong", True),
        cases[1].trace_id.hex: ("", False),
        cases[2].trace_id.hex: ("", False),
    }
    assert len(agents(client, "review=wrong")) == 1
    assert len(agents(client, "review=none")) == 2
    assert agents(client, "review=second") == []
    text = client.get(f"{LIST}?format=csv&review=wrong").getvalue().decode()
    (row,) = csv.DictReader(StringIO(text))
    assert (row["verdict"], row["is_reviewed"]) == ("wrong", "True")
    one = client.get(f"{LIST}/{cases[0].trace_id.hex}/{1:016x}").json()
    assert (one["verdict"], one["is_reviewed"]) == ("wrong", True)
    assert client.get(f"{LIST}?review=good").status_code == 400


def test_who_may_not_see_reviews_is_told_none(client, shop, settings):
    case = record(shop.pk)
    review(case, ANN, "wrong", "no")
    settings.AGENTSCOPE_EMBEDDED = False
    user = User.objects.create_user("vic")
    add_member(shop, user, Role.VIEWER)
    client.force_login(user)
    (found,) = client.get(f"{LIST}?project={shop.name}").json()["decisions"]
    assert (found["verdict"], found["is_reviewed"]) == (None, None)
    refused = client.get(f"{LIST}?project={shop.name}&review=wrong")
    assert refused.status_code == 403
    assert "Only owners" in refused.json()["error"]["message"]
