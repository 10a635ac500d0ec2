"""Findings as OCSF events: the attributes that the class requires, and the values of its enums."""

import json

import pytest

from agentscope.api.ocsf import CLASS
from agentscope.findings.decisions import EXPECTED, RESOLVED, decide
from agentscope.findings.models import Cause, Finding
from tests.kit.costs import trace_id
from tests.kit.loops import loop, tell_loop

LIST = "/api/v1/findings"
# Of schema.ocsf.io/1.5.0/classes/detection_finding, with their types.
REQUIRED = {
    "activity_id": int,
    "category_uid": int,
    "class_uid": int,
    "finding_info": dict,
    "metadata": dict,
    "severity_id": int,
    "time": int,
    "type_uid": int,
}
SEVERITIES, STATUSES = range(7), range(7)


@pytest.fixture
def told(shop):
    """scout repeats itself in two traces, judge in one."""
    tell_loop(
        shop.pk,
        *loop(1, 6, session="s"),
        *loop(2, 4),
        *loop(3, 3, name="judge", tool="fetch", usd="0.01"),
    )
    return shop


def events(client, url):
    answer = client.get(url, {"format": "ocsf"})
    assert answer["Content-Type"] == "application/x-ndjson"
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def assert_valid(event):
    for name, kind in REQUIRED.items():
        assert isinstance(event[name], kind), name
    assert (event["class_uid"], event["category_uid"]) == (CLASS, 2)
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["activity_id"] in (1, 2, 3)
    assert event["severity_id"] in SEVERITIES
    assert event["status_id"] in STATUSES
    assert event["metadata"]["product"]["vendor_name"]
    assert event["metadata"]["version"].count(".") == 2
    assert event["finding_info"]["uid"]
    assert event["finding_info"]["title"]
    assert event["finding_info"]["analytic"]["type_id"] == 1
    assert 1_500_000_000_000 < event["time"] < 10_000_000_000_000  # milliseconds


def test_causes(client, told):
    scout, judge = events(client, LIST)
    for event in (scout, judge):
        assert_valid(event)
    assert (scout["severity"], scout["activity_name"], scout["count"]) == ("High", "Update", 2)
    assert (judge["severity"], judge["activity_name"], judge["count"]) == ("Medium", "Create", 1)
    assert scout["message"] == Cause.objects.get(agent="scout").sentence
    assert scout["resources"] == [{"type": "AI agent", "name": "scout"}]
    assert judge["unmapped"]["known_cost_usd"].startswith("0.01")


def test_filters_hold_here_too(client, told):
    answer = client.get(LIST, {"format": "ocsf", "agent": "judge"})
    assert len(b"".join(answer.streaming_content).splitlines()) == 1


def test_findings_of_a_trace_with_their_spans(client, told):
    (event,) = events(client, f"/api/v1/traces/{trace_id(1).hex()}/findings")
    assert_valid(event)
    (evidence,) = event["evidences"]
    assert evidence["data"]["trace_id"] == trace_id(1).hex()
    finding = Finding.objects.get(trace_id=trace_id(1).hex())
    assert len(evidence["data"]["span_ids"]) == len(finding.span_ids)
    assert event["metadata"]["correlation_uid"] == finding.fingerprint.hex
    assert event["finding_info"]["first_seen_time"] <= event["finding_info"]["last_seen_time"]
    assert 0 <= event["confidence_score"] <= 100


def test_findings_of_a_cause(client, told):
    fingerprint = Cause.objects.get(agent="scout").fingerprint.hex
    found = events(client, f"{LIST}/{fingerprint}")
    assert len({event["metadata"]["uid"] for event in found}) == 2
    for event in found:
        assert_valid(event)


@pytest.mark.parametrize(
    ("decision", "status", "activity"),
    [(EXPECTED, "Suppressed", "Update"), (RESOLVED, "Resolved", "Close")],
)
def test_what_people_decided_is_its_status(client, told, decision, status, activity):
    decide(told.pk, Cause.objects.get(agent="scout").fingerprint, decision, "ada")
    event = events(client, LIST)[0]
    assert_valid(event)
    assert (event["status"], event["activity_name"]) == (status, activity)


def test_what_was_withdrawn_is_closed(client, told):
    Finding.objects.filter(agent="judge").update(withdrawn_at="2027-01-01T00:00:00Z")
    (event,) = events(client, f"/api/v1/traces/{trace_id(3).hex()}/findings")
    assert (event["activity_name"], event["status"]) == ("Close", "Resolved")


def test_other_forms_are_refused(client, told):
    assert client.get(LIST, {"format": "xml"}).status_code == 400


def test_what_is_not_known_is_no_number(client, shop):
    tell_loop(shop.pk, *loop(1, 6))
    Finding.objects.update(known_cost=0, tokens=0, unpriced_calls=5)
    (event,) = events(client, f"/api/v1/traces/{trace_id(1).hex()}/findings")
    assert event["unmapped"]["known_cost_usd"] is None
    assert event["unmapped"]["tokens"] is None
    assert event["unmapped"]["unpriced_calls"] == 5
