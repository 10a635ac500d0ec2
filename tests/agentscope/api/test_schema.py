"""The OpenAPI schema is complete, and the answers keep to it."""

from __future__ import annotations

import re

import jsonschema
import pytest
from django.core.management import call_command

from tests.agentscope.api.conftest import CHILD, TRACE


def test_the_schema_is_valid_and_nothing_was_guessed(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", file=tmp_path / "schema.yml")


def test_every_route_is_described(schema):
    assert set(schema["paths"]) == {
        "/api/v1/system/status",
        "/api/v1/search",
        "/api/v1/traces",
        "/api/v1/traces/{trace_id}",
        "/api/v1/traces/{trace_id}/spans",
        "/api/v1/traces/{trace_id}/spans/{span_id}",
        "/api/v1/traces/{trace_id}/otlp",
        "/api/v1/traces/{trace_id}/paths",
        "/api/v1/traces/{trace_id}/findings",
        "/api/v1/traces/{trace_id}/compare",
        "/api/v1/traces/{trace_id}/graph",
        "/api/v1/traces/{trace_id}/retries",
        "/api/v1/members",
        "/api/v1/members/{user}",
        "/api/v1/members/{user}/logins",
        "/api/v1/invitations",
        "/api/v1/invitations/{invitation_id}",
        "/api/v1/keys",
        "/api/v1/keys/{key_id}",
        "/api/v1/keys/{key_id}/rotate",
        "/api/v1/findings",
        "/api/v1/findings/{fingerprint}",
        "/api/v1/costs",
        "/api/v1/costs/calls",
        "/api/v1/prices",
        "/api/v1/retention",
        "/api/v1/retention/preview",
        "/api/v1/storage",
        "/api/v1/legal-holds",
        "/api/v1/legal-holds/{trace_id}",
        "/api/v1/packs",
        "/api/v1/packs/{pack_id}",
        "/api/v1/packs/{pack_id}/content",
        "/api/v1/erasures",
        "/api/v1/erasures/{erasure_id}",
        "/api/v1/erasures/{erasure_id}/confirm",
        "/api/v1/sessions",
        "/api/v1/sessions/{session}",
        "/api/v1/agents",
        "/api/v1/agents/{name}",
        "/api/v1/circuits",
        "/api/v1/decisions",
        "/api/v1/decisions/{trace_id}/{decision}",
        "/api/v1/advice",
        "/api/v1/decide",
        "/api/v1/budgets",
        "/api/v1/budgets/{budget_id}",
        "/api/v1/budgets/check",
        "/api/v1/budgets/answers",
        "/api/v1/budgets/answers/{answer_id}",
        "/api/v1/budgets/lifts",
        "/api/v1/budgets/lifts/{lift_id}",
        "/api/v1/budgets/stops",
        "/api/v1/budgets/stops/{stop_id}",
        "/api/v1/budgets/otherwise",
        "/api/v1/budgets/preview",
        "/api/v1/channels",
        "/api/v1/channels/{channel_id}",
        "/api/v1/channels/{channel_id}/test",
        "/api/v1/deliveries",
        "/api/v1/deliveries/{delivery_id}",
        "/api/v1/deliveries/{delivery_id}/retry",
        "/api/v1/alerts",
        "/api/v1/alerts/history",
        "/api/v1/alerts/events/{event_id}",
        "/api/v1/alerts/{alert_id}",
        "/api/v1/alerts/{alert_id}/acknowledge",
        "/api/v1/alerts/{alert_id}/snooze",
        "/api/v1/alert-rules",
        "/api/v1/alert-rules/preview",
        "/api/v1/alert-rules/{rule_id}",
        "/api/v1/alert-mutes",
        "/api/v1/alert-mutes/{mute_id}",
        "/api/v1/audit/entries",
        "/api/v1/audit/entries/{position}",
        "/api/v1/audit/checkpoints",
        "/api/v1/audit/verify",
        "/api/v1/installation/audit/entries",
        "/api/v1/installation/audit/entries/{position}",
        "/api/v1/installation/audit/checkpoints",
        "/api/v1/installation/audit/verify",
        "/api/v1/reviews",
        "/api/v1/reviews/comments",
        "/api/v1/reviews/items",
        "/api/v1/reviews/queues",
        "/api/v1/reviews/queues/{queue_id}",
        "/api/v1/reviews/two-persons",
        "/api/v1/reviews/rates",
        "/api/v1/traces/{trace_id}/lineage",
    }
    for path, said in (
        (path, each) for path, of in schema["paths"].items() for each in of.values()
    ):
        done = set(said["responses"]) & {"200", "201", "202", "204"}
        assert len(done) == 1
        assert set(said["responses"]) - done == {"400", "401", "403", "404", "503"}
        is_of_project = "x-agentscope-project" in {
            each["name"] for each in said.get("parameters", [])
        }
        assert is_of_project != path.startswith("/api/v1/installation/")


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("traces", "TracesShape"),
        (f"traces/{TRACE.hex}", "TraceShape"),
        (f"traces/{TRACE.hex}/spans", "SpansShape"),
        (f"traces/{TRACE.hex}/spans/{CHILD.hex()}", "SpanDetailShape"),
        ("system/status", "StatusShape"),
        ("prices?model=gpt-4o", "PricesShape"),
        ("storage", "StorageShape"),
        ("retention/preview", "GoingShape"),
        ("traces/nothex", "ErrorShape"),
        ("traces?limit=0", "ErrorShape"),
        (f"traces/{TRACE.hex}/paths", "PathsShape"),
        ("costs?since=2026-12-25&until=2027-03-25&interval=day&group_by=agent", "CostsShape"),
        ("costs?group_by=agent&compare=previous", "CostsShape"),
        ("costs/calls", "CallsShape"),
        ("costs?top=0", "ErrorShape"),
        ("nothing", "ErrorShape"),
    ],
)
def test_answers_have_what_the_schema_says_and_nothing_else(client, stored, schema, path, shape):
    answer = client.get(f"/api/v1/{path}").json()
    assert "error" in answer or "Error" not in shape
    jsonschema.validate(answer, {"$ref": f"#/components/schemas/{shape}", **closed(schema)})


def closed(node):
    """OpenAPI 3.0 in the words of JSON Schema: nullable types, objects without other fields."""
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    said = {key: closed(value) for key, value in node.items()}
    if said.pop("nullable", False) is True:
        if "allOf" in said:  # an object of another shape
            said["anyOf"] = [*said.pop("allOf"), {"type": "null"}]
        if "type" in said:
            said["type"] = [said["type"], "null"]
    if isinstance(said.get("properties"), dict) and said.get("type") == "object":
        said.setdefault("additionalProperties", False)
    return said


@pytest.mark.parametrize(
    "name", ["AlertRuleShape", "AlertMuteShape", "BudgetShape", "LiftShape", "StopShape"]
)
def test_whatever_is_always_sent_is_required(schema, name):
    shape = schema["components"]["schemas"][name]
    assert set(shape["required"]) == set(shape["properties"])
    asked = schema["components"]["schemas"][f"New{name}"]
    assert set(asked["required"]) < set(asked["properties"])


def test_no_name_is_made_of_a_number(schema):
    # drf-spectacular makes names like Unit2feEnum of what collides.
    made = [name for name in schema["components"]["schemas"] if re.search(r"\d", name)]
    assert made == []
