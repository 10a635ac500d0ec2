"""What OpenAPI shows as examples is what the addresses take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.api.examples import DECISION, EXAMPLES
from agentscope.projects.models import Key, Project, User
from agentscope.projects.write import create_key
from agentscope.traces.ids import parse_span_id, parse_trace_id
from tests.agentscope.reviews.decided import queue, record
from tests.ui.alerting import alert_of, channel_of, rule_of
from tests.ui.traces import save_trace
from tests.ui.traces import span as traced

TIMES = {"until", "ends_at", "expires_at", "works_until"}
JSON = "application/json"
WHERE_PEOPLE_LOG_IN = {"invite"}  # elsewhere refused
DECIDE = "decide"  # by agents, in hooks.md


def bodies(schema: Any) -> dict[str, tuple[str, str, Any]]:
    """By name: verb, path and what is said of the body of each address that takes one."""
    return {
        said["operationId"]: (verb, path, said["requestBody"]["content"]["application/json"])
        for path, verbs in schema["paths"].items()
        for verb, said in verbs.items()
        if "requestBody" in said and said["operationId"] != DECIDE
    }


def test_each_body_has_one(schema: Any) -> None:
    shown = {
        name: [each["value"] for each in body.get("examples", {}).values()]
        for name, (_, _, body) in bodies(schema).items()
    }
    assert shown == {name: [said] for name, said in EXAMPLES.items()}


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_taken(
    shop: Project,
    client: Client,
    schema: Any,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    monkeypatch.setattr("agentscope.reviews.write.members", lambda *_: ["ada"])
    verb, path, _ = bodies(schema)[name]
    span, trace = parse_span_id(DECISION["span"]), parse_trace_id(DECISION["trace"])
    record(shop.pk, trace.int, span)
    held = UUID(EXAMPLES["hold_trace"]["trace_id"])
    asked = EXAMPLES["make_pack"]["session"]
    save_trace(shop, traced(1, trace_id=held), trace_id=held, session=asked)
    rule, channel = rule_of(shop), channel_of(shop)
    budget = client.post("/api/v1/budgets", EXAMPLES["add_budget"] | {"name": "b"}, JSON).json()
    known = {
        "alert_id": alert_of(rule).pk,
        "rule_id": rule.pk,
        "channel_id": channel.pk,
        "budget_id": budget["id"],
        "queue_id": queue(shop.pk).pk,
        "user": User.objects.create_user("ada").username,
        "key_id": create_key(shop, Key.Scope.READ)[0].pk,
    }
    soon = (timezone.now() + timedelta(hours=1)).isoformat()
    said = {each: soon if each in TIMES else value for each, value in EXAMPLES[name].items()}
    if name in WHERE_PEOPLE_LOG_IN:
        settings.AGENTSCOPE_EMBEDDED = False
    admin = {"authorization": f"Bearer {create_key(shop, Key.Scope.ADMIN)[1]}"}
    answer = getattr(client, verb)(path.format(**known), said, JSON, headers=admin)
    assert answer.status_code in (200, 201, 202), answer.content
