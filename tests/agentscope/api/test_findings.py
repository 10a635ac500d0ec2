"""Findings, read by machine."""

import csv
from urllib.parse import urlencode
from uuid import UUID

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from agentscope.api import findings as api
from agentscope.findings.decisions import EXPECTED, NONE, RESOLVED, decide
from agentscope.findings.models import Cause, Finding
from agentscope.projects.write import create_project
from tests.agentscope.api.test_fuzz import VALUES, fuzz
from tests.agentscope.api.test_schema import closed
from tests.kit.costs import trace_id
from tests.kit.loops import loop, tell_loop

LIST = "/api/v1/findings"


def of_trace(number):
    return f"/api/v1/traces/{trace_id(number).hex()}/findings"


@pytest.fixture
def told(shop):
    """scout repeats itself in two traces, judge, who costs less, in one."""
    tell_loop(
        shop.pk,
        *loop(1, 6, session="s"),
        *loop(2, 4, usd=""),
        *loop(3, 3, name="judge", tool="fetch", usd="0.01"),
    )


@pytest.fixture
def fingerprint(told):
    return Cause.objects.get(agent="scout").fingerprint


def test_causes_the_worst_first(client, told):
    body = client.get(LIST).json()
    assert (body["total"], body["offset"], body["truncated"], body["next"]) == (2, 0, False, None)
    first, second = body["findings"]
    assert (first["agent"], first["severity"], first["state"]) == ("scout", "alert", "open")
    assert (first["findings"], first["traces"], first["code"]) == (2, 2, "exact_repeat")
    assert (second["agent"], second["severity"]) == ("judge", "warning")
    assert (second["known_cost_usd"], second["cost_usd"]) == ("0.01", "0.01")


def test_a_cost_that_is_not_known_is_null(client, told):
    first = client.get(LIST).json()["findings"][0]
    assert first["unpriced_calls"] == 0, "the price list knows the model"
    Cause.objects.update(unpriced_calls=2)
    first = client.get(LIST).json()["findings"][0]
    assert first["cost_usd"] is None
    assert first["known_cost_usd"].startswith("0.4")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent=judge", ["judge"]),
        ("agent=jud", []),
        ("text=jud", ["judge"]),
        ("text=SEARCH+was", ["scout"]),
        ("severity=alert", ["scout"]),
        ("severity=info", ["scout", "judge"]),
        ("code=exact_repeat", ["scout", "judge"]),
        ("code=cycle", []),
        ("state=open", ["scout", "judge"]),
        ("state=expected", []),
        ("since=2026-11-26T00:00:00Z", []),
        ("until=2026-11-26T00:00:00Z", ["scout", "judge"]),
        ("limit=1", ["scout"]),
        ("limit=1&offset=1", ["judge"]),
    ],
)
def test_filters(client, told, query, found):
    body = client.get(f"{LIST}?{query}").json()
    assert [each["agent"] for each in body["findings"]] == found


def test_pages_join(client, told):
    page = client.get(f"{LIST}?limit=1").json()
    assert (page["next"], page["truncated"], page["total"]) == (1, True, 2)
    assert client.get(f"{LIST}?limit=1&offset=1").json()["next"] is None


def test_states_follow_what_people_decide(client, told, fingerprint, shop):
    decide(shop.pk, fingerprint, EXPECTED, "ann", "it waits")
    body = client.get(f"{LIST}?state=expected").json()["findings"]
    assert [(each["agent"], each["decided_by"], each["note"]) for each in body] == [
        ("scout", "ann", "it waits")
    ]
    decide(shop.pk, fingerprint, NONE, "ann")
    decide(shop.pk, fingerprint, RESOLVED, "bob")
    assert client.get(f"{LIST}?state=resolved").json()["total"] == 1
    tell_loop(shop.pk, *loop(9))
    (again,) = client.get(f"{LIST}?state=reopened").json()["findings"]
    assert (again["state"], again["traces"]) == ("reopened", 3)
    one = client.get(f"{LIST}/{fingerprint.hex}").json()
    assert [each["decision"] for each in one["decisions"]] == ["resolved", "", "expected"]
    assert one["decisions"][2]["note"] == "it waits"


def test_one_cause_with_its_findings(client, told, fingerprint):
    body = client.get(f"{LIST}/{fingerprint}").json()
    assert body == client.get(f"{LIST}/{fingerprint.hex}").json()
    assert [each["repeats"] for each in body["items"]] == [6, 4]
    assert (body["total"], body["decisions"]) == (2, [])
    page = client.get(f"{LIST}/{fingerprint.hex}?limit=1").json()
    assert (len(page["items"]), page["next"]) == (1, 1)


def test_the_findings_of_a_trace(client, told, fingerprint):
    (found,) = client.get(of_trace(1)).json()["findings"]
    assert found["span_ids"] == [f"{number:016x}" for number in (3, 5, 7, 9, 11, 13)]
    assert (found["first_span_id"], found["last_span_id"]) == (f"{3:016x}", f"{13:016x}")
    assert (found["period"], found["repeats"], found["session_id"]) == (1, 6, "s")
    assert (found["fingerprint"], found["state"]) == (fingerprint.hex, "open")
    assert (found["tokens"], found["known_cost_usd"]) == (60, "0.4")
    assert found["burn_usd_per_hour"].startswith("11.9")
    assert found["sentence"].startswith("search was called with the same arguments 6 times")
    assert found["legitimate"]
    assert (found["withdrawn"], found["withdrawn_at"]) == (False, None)


def test_of_long_evidence_the_ends_are_listed(client, shop):
    tell_loop(shop.pk, *loop(1, 250, gap=4))
    found = Finding.objects.get(code="exact_repeat")
    every = [f"{number:016x}" for number in found.span_ids]
    one = f"{LIST}/{found.fingerprint.hex}"
    for address, name in [(of_trace(1), "findings"), (one, "items")]:
        with CaptureQueriesContext(connection) as asked:
            short = of_code(client.get(address).json()[name])
        assert short["span_ids"] == every[:100] + every[-100:]
        assert (short["span_count"], short["spans_left_out"]) == (250, 50)
        assert not [query for query in asked if '"finding"."span_ids",' in query["sql"]]
        whole = of_code(client.get(f"{address}?spans=all").json()[name])
        assert (whole["span_ids"], whole["spans_left_out"]) == (every, 0)
        rows = table(client.get(f"{address}?format=csv"))
        assert [row["spans"] for row in rows if row["code"] == "exact_repeat"] == ["250"]
    assert client.get(f"{of_trace(1)}?spans=some").status_code == 400


def of_code(findings, code="exact_repeat"):
    (found,) = [each for each in findings if each["code"] == code]
    return found


def test_what_late_spans_withdraw_is_marked(client, shop):
    tell_loop(shop.pk, *loop(1, 3))
    late = loop(1, 3, results=["nothing new", "hail", "sunshine"])
    for wire, _ in late:
        wire.end_ns += 10**9  # the later copy of a span wins
    tell_loop(shop.pk, *late)
    (found,) = client.get(of_trace(1)).json()["findings"]
    assert found["withdrawn"] is True
    assert found["withdrawn_at"] >= found["raised_at"]
    assert client.get(LIST).json()["total"] == 0


def table(response):
    return list(csv.DictReader(response.getvalue().decode().splitlines()))


def test_tables_as_csv(client, told, fingerprint, monkeypatch):
    monkeypatch.setattr(api, "CAUSES_AT_ONCE", 1)
    monkeypatch.setattr(api, "FINDINGS_AT_ONCE", 1)
    causes = table(client.get(f"{LIST}?format=csv&limit=1"))
    assert [(row["agent"], row["traces"]) for row in causes] == [("scout", "2"), ("judge", "1")]
    rows = table(client.get(f"{LIST}/{fingerprint.hex}?format=csv&limit=1"))
    assert [row["repeats"] for row in rows] == ["6", "4"]
    (row,) = table(client.get(f"{of_trace(1)}?format=csv"))
    assert (row["known_cost_usd"], row["spans"], row["severity"]) == (
        "0.400000000000",
        "6",
        "alert",
    )


@pytest.mark.parametrize(
    ("tail", "queries"), [(LIST, 2), ("one", 4), (of_trace(1), 3)], ids=["list", "one", "trace"]
)
def test_queries_do_not_grow(
    client, told, fingerprint, shop, django_assert_max_num_queries, tail, queries
):
    tell_loop(shop.pk, *(each for number in range(4, 12) for each in loop(number, 3)))
    address = f"{LIST}/{fingerprint.hex}" if tail == "one" else tail
    with django_assert_max_num_queries(queries + 1) as asked:  # and the project
        client.get(address)
    assert not [query for query in asked.captured_queries if "span_payload" in query["sql"]]


@pytest.mark.parametrize("address", [f"{LIST}/{'a' * 32}", f"{LIST}/nothex", of_trace(77)])
def test_what_is_not_there(client, told, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "This project has no" in answer.json()["error"]["message"]


def test_another_project_has_nothing(client, told, fingerprint):
    create_project("other")
    header = {"x-agentscope-project": "other"}
    assert client.get(LIST, headers=header).json()["findings"] == []
    assert client.get(f"{LIST}/{fingerprint.hex}", headers=header).status_code == 404
    assert client.get(of_trace(1), headers=header).status_code == 404


def test_answers_have_what_the_schema_says(client, told, fingerprint, schema):
    for path, shape in [
        (LIST, "CausesShape"),
        (f"{LIST}/{fingerprint.hex}", "WholeCauseShape"),
        (of_trace(1), "TraceFindingsShape"),
    ]:
        answer = client.get(path).json()
        assert "error" not in answer
        jsonschema.validate(answer, {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


NAMES = sorted({each.name for each in [*api.FILTERS, *api.ONE]})


@fuzz
@given(asked=st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=2))
def test_any_query(client, told, asked):
    for path in (LIST, of_trace(1), f"{LIST}/{UUID(int=1).hex}"):
        assert client.get(f"{path}?{urlencode(asked)}").status_code in (200, 400, 404)
