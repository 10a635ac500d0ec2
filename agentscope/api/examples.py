"""What is sent to the addresses that change something, by the name of each, as OpenAPI shows it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

LATER = "2027-01-31T18:00:00+01:00"
RULE = {
    "name": "Dear sessions",
    "severity": "warning",
    "metric": "cost",
    "each": "session",
    "window": {"kind": "rolling", "seconds": 3600},
    "condition": {"kind": "at_least", "threshold": "2.50"},
    "remind": 14_400,
}
DECISION = {"trace": "4bf92f3577b34da6a3ce929d0e0e4736", "span": "00f067aa0ba902b7"}
QUEUE = {
    "name": "Refunds",
    "only": {"effect": "*refund*"},
    "share": "0.05",
    "hours": 72,
}
BUDGET = {
    "name": "A day of the planner",
    "limit": "25.00",
    "only": {"agent": "planner"},
    "window": {"kind": "calendar", "unit": "day"},
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "ask_erasure": {"of": "user", "name": "ann@example.com", "reason": "She asked for it."},
    "hold_trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c", "reason": "A lawsuit."},
    "set_retention": {"payload_days": 7, "metadata_days": 30},
    "acknowledge_alert": {"note": "Ada looks at it."},
    "add_alert_rule": RULE,
    "add_budget": BUDGET,
    "add_review_queue": QUEUE,
    "add_channel": {
        "kind": "webhook",
        "name": "On call",
        "settings": {
            "url": "https://hooks.example.com/agentscope",
            "secret": "16 characters or more",
        },
    },
    "change_alert_rule": {"remind": 3600},
    "change_budget": BUDGET | {"limit": "40.00"},
    "assign_review": DECISION | {"to": "ada"},
    "change_channel": {"enabled": False},
    "change_review_queue": QUEUE | {"share": "0.1"},
    "comment_on_decision": DECISION | {"text": "@ada Was this order paid?"},
    "make_key": {"label": "ci", "scope": "ingest", "expires_at": LATER},
    "invite": {"email": "ann@example.com", "role": "operator"},
    "make_pack": {"session": "checkout-4711"},
    "lift_budget": {"trace": "4bf92f3577b34da6a3ce929d0e0e4736", "until": LATER, "why": "a test"},
    "mute_alerts": {"ends_at": LATER, "reason": "The release of January."},
    "preview_alert_rule": RULE,
    "preview_budget": BUDGET,
    "review_decision": DECISION | {"verdict": "questioned", "why": "The order was not paid."},
    "set_role": {"role": "operator"},
    "set_two_persons": {"tools": ["*refund*"]},
    "rotate_key": {"works_until": LATER},
    "set_otherwise": {"decision": "allow", "fail": "open"},
    "snooze_alert": {"until": LATER, "note": "Known until the weekend."},
    "verify_ledger": {"whole": True},
    "stop": {"of": "agent", "name": "planner", "why": "It writes to everybody."},
}


def examples_of(name: str) -> list[OpenApiExample]:
    """The example of an address, if it takes a body."""
    said = EXAMPLES.get(name)
    return [] if said is None else [OpenApiExample(name, said, request_only=True)]
