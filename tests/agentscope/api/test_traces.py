"""The read API over what was stored."""

import json

import jsonschema
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agentscope.pipeline import examine
from agentscope.projects.models import User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, create_project
from agentscope.records.models import Record
from agentscope.reviews.write import review
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Meaning
from ingest.otlp import decode_traces
from tests.agentscope.api.conftest import CHILD, TRACE
from tests.agentscope.api.test_schema import closed
from tests.agentscope.reviews.decided import ANN, record
from tests.kit.otlp import JSON, PROTOBUF, SPAN_ID, START, a_span, traces

ROUTES = [
    f"/api/v1/traces/{TRACE.hex}",
    f"/api/v1/traces/{TRACE.hex}/spans",
    f"/api/v1/traces/{TRACE.hex}/spans/{CHILD.hex()}",
    f"/api/v1/traces/{TRACE.hex}/otlp",
]


def save_trace(project, number):
    """A trace of one span."""
    span = a_span(trace_id=number.to_bytes(16, "big"), start_time_unix_nano=START + number)
    items = decode_traces(traces(span).SerializeToString(), PROTOBUF).items
    with transaction.atomic():
        save_spans(project.pk, [(item, Meaning()) for item in items])


def test_the_list_has_the_trace_and_says_how_many(client, stored):
    body = client.get("/api/v1/traces").json()
    assert (body["total"], body["truncated"], body["next"]) == (1, False, None)
    assert body["traces"][0]["trace_id"] == TRACE.hex
    assert body["traces"][0]["start_time_unix_nano"] == str(START)


def test_pages_of_the_list_join(client, stored, shop):
    for number in range(1, 5):
        save_trace(shop, number)
    seen, address = [], "/api/v1/traces?limit=2"
    while address:
        page = client.get(address).json()
        assert (page["total"], page["truncated"]) == (5, False)
        seen += [trace["trace_id"] for trace in page["traces"]]
        address = f"/api/v1/traces?limit=2&cursor={page['next']}" if page["next"] else ""
    assert len(seen) == len(set(seen)) == 5


def test_a_trace_says_unknown_as_null_and_money_as_decimal_text(client, stored):
    body = client.get(f"/api/v1/traces/{TRACE.hex}").json()
    assert set(body["usage"]) == {"input", "output", "cache_read", "cache_write", "reasoning"}
    assert body["known_cost_usd"] == "0"
    assert body["start_time"].endswith("000000001Z")


def test_spans_are_in_reading_order(client, stored):
    body = client.get(f"/api/v1/traces/{TRACE.hex}/spans").json()
    first, second = body["spans"]
    assert (first["span_id"], first["depth"], first["parent_id"]) == (SPAN_ID.hex(), 0, None)
    assert (second["span_id"], second["parent_id"]) == (CHILD.hex(), SPAN_ID.hex())
    assert (second["kind"], second["model"], second["usage"]["input"]) == ("llm", "gpt-4o", 7)
    assert second["usage"]["output"] is None


def test_spans_come_in_pages_that_say_so(client, stored):
    page = client.get(f"/api/v1/traces/{TRACE.hex}/spans?limit=1").json()
    assert (len(page["spans"]), page["total"], page["truncated"], page["next"]) == (1, 2, True, 1)
    rest = client.get(f"/api/v1/traces/{TRACE.hex}/spans?limit=1&offset=1").json()
    assert (len(rest["spans"]), rest["truncated"], rest["next"]) == (1, False, None)
    assert client.get(f"/api/v1/traces/{TRACE.hex}/spans?offset=99").json()["spans"] == []


def test_a_span_has_everything(client, stored):
    body = client.get(f"/api/v1/traces/{TRACE.hex}/spans/{CHILD.hex()}").json()
    assert body["attributes"]["gen_ai.usage.input_tokens"] == 7
    assert body["attributes"]["raw"] == {"$bytes": "AP8="}
    assert body["sources"]["model"] == "gen_ai.request.model"


def test_a_whole_number_beyond_javascript_survives(client, stored):
    answer = client.get(f"/api/v1/traces/{TRACE.hex}/spans/{SPAN_ID.hex()}")
    assert json.loads(answer.content)["attributes"]["n"] == 2**60


def test_the_export_is_the_same_spans(client, stored):
    answer = client.get(f"/api/v1/traces/{TRACE.hex}/otlp")
    exported = b"".join(answer.streaming_content)
    again = {item.span_id: item.raw for item in decode_traces(exported, JSON).items}
    assert again == {span.span_id: span.SerializeToString() for span in stored}
    said = json.loads(exported)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert {span["traceId"] for span in said} == {TRACE.hex}


@pytest.mark.parametrize("route", ROUTES)
def test_another_project_sees_nothing(client, stored, route):
    assert client.get(route).status_code == 200
    create_project("other")
    answer = client.get(route, headers={"x-agentscope-project": "other"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == 404


@pytest.mark.parametrize("route", [*ROUTES, "/api/v1/traces", "/api/v1/system/status"])
def test_only_reading_is_allowed_and_a_key_is_needed_in_production(client, stored, route, settings):
    for verb in (client.post, client.put, client.patch, client.delete):
        assert verb(route).status_code == 405
    settings.AGENTSCOPE_EMBEDDED = False
    assert client.get(route).status_code == 401
    _, secret = create_key(create_project("other"), "read")
    foreign = {"authorization": f"Bearer {secret}", "x-agentscope-project": ""}
    expected = 404 if route in ROUTES else 200
    assert client.get(route, headers=foreign).status_code == expected


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "min_cost=much",
        "min_cost=NaN",
        "status=bad",
        "state=gone",
        "limit=0",
        "limit=many",
        "cursor=nonsense",
        "agent=%00",
        "agnet=planner",
        "min_cost=-1",
        "min_cost=1e999999999999",
        "until=0001-01-01T00:00:00%2B23:00",
        "since=9999-12-31T23:59:59-23:00",
        f"limit={'9' * 5000}",
    ],
)
def test_a_bad_filter_is_named(client, shop, query):
    answer = client.get(f"/api/v1/traces?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(query.split("=")[0])


@pytest.mark.parametrize("path", ["nothex", "0" * 31, "g" * 32, "0" * 32])
def test_what_is_no_id_is_not_found(client, shop, path):
    assert client.get(f"/api/v1/traces/{path}").status_code == 404
    assert client.get(f"/api/v1/traces/{path}/spans/{path}").status_code == 404


def test_filters_reach_the_list(client, stored):
    assert client.get("/api/v1/traces?since=2027-01-01").json()["total"] == 1
    assert client.get("/api/v1/traces?until=2027-01-01T00:00:00Z").json()["total"] == 0
    assert client.get("/api/v1/traces?name=no+such+name").json()["total"] == 0
    assert client.get("/api/v1/traces?min_cost=1e-999999999999").json()["total"] == 1


@pytest.mark.parametrize("route", ["/api/v1/traces", *ROUTES[:2]])
def test_lists_take_few_queries_and_no_payload(client, stored, route):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(route).status_code == 200
    assert len(queries) <= 6
    assert not [
        query for query in queries if "payload" in query["sql"].replace("payload_bytes", "")
    ]


def test_a_page_that_rebinds_its_name_is_refused(client, stored):
    answer = client.get("/api/v1/traces", headers={"host": "evil.example"})
    assert answer.status_code in (400, 403)
    assert TRACE.hex not in answer.content.decode()


def test_an_unknown_address_is_answered_in_json(client):
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["hint"]


def test_a_span_says_what_it_cost_and_whether_it_counts(client, shop, stored):
    _, call = client.get(f"/api/v1/traces/{TRACE.hex}/spans").json()["spans"]
    assert (call["cost_usd"], call["unpriced_reason"]) == (None, "it has not been examined yet")
    examine(shop.pk, TRACE)
    _, call = client.get(f"/api/v1/traces/{TRACE.hex}/spans").json()["spans"]
    assert (call["billing"], call["billing_reason"], call["unpriced_reason"]) == (
        "counted",
        "",
        None,
    )
    assert call["cost_usd"] == call["computed_cost_usd"] == "0.0000175"
    assert call["reported_cost_usd"] is None
    assert (call["discarded"], call["discarded_basis"]) == ("none", "none")
    assert call["subtree_discarded_cost_usd"] == "0"


def test_the_list_marks_traces_with_wrong_decisions(client, shop, stored, schema):
    (one,) = client.get("/api/v1/traces").json()["traces"]
    assert one["wrong_decisions"] == 0
    for span, verdict in enumerate(("wrong", "wrong", "approved"), 1):
        review(decision(shop.pk, span), ANN, verdict, "so")
    body = client.get("/api/v1/traces").json()
    assert body["traces"][0]["wrong_decisions"] == 2
    jsonschema.validate(body, {"$ref": "#/components/schemas/TracesShape", **closed(schema)})
    assert client.get("/api/v1/traces?review=wrong").json()["total"] == 1
    assert client.get("/api/v1/traces?review=approved").json()["total"] == 1
    assert client.get("/api/v1/traces?review=questioned").json()["total"] == 0
    refused = client.get("/api/v1/traces?review=good")
    assert "review: 'good' is none of" in refused.json()["error"]["message"]


def decision(project_id, span):
    """A decision of the stored trace."""
    case = record(project_id, 1, span)
    Record.objects.filter(**case.named).update(trace_id=TRACE)
    return case._replace(trace_id=TRACE)


def test_the_mark_costs_no_question_of_each_trace(client, shop, django_assert_num_queries):
    for number in range(1, 8):
        save_trace(shop, number)
    client.get("/api/v1/traces")
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/traces?limit=1")
    with django_assert_num_queries(len(one)):
        assert len(client.get("/api/v1/traces").json()["traces"]) == 7


def test_who_may_not_see_reviews_is_told_nothing_of_them(client, shop, stored, settings):
    review(decision(shop.pk, 1), ANN, "wrong", "so")
    settings.AGENTSCOPE_EMBEDDED = False
    for role, told in ((Role.VIEWER, None), (Role.AUDITOR, 1)):
        user = User.objects.create_user(role.value)
        add_member(shop, user, role)
        client.force_login(user)
        assert client.get("/api/v1/traces").json()["traces"][0]["wrong_decisions"] == told
        status = client.get("/api/v1/traces?review=wrong").status_code
        assert status == (200 if told else 403)
