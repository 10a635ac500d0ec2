"""A rule that fires on spans that were sent, by real workers."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.kit.stack import Stack, wait_until
from tests.stack.test_findings import CALL, PATIENCE, OpenRun

pytestmark = [pytest.mark.stack, pytest.mark.slow]
RULE = {
    "name": "many calls",
    "metric": "tool_calls",
    "each": "trace",
    "window": {"kind": "whole"},
    "condition": {"kind": "at_least", "threshold": 3},
}


def ask(stack: Stack, project: str, path: str, said: Any = None) -> dict[str, Any]:
    """What the API answers."""
    headers = {"x-agentscope-project": project, "content-type": "application/json"}
    body = json.dumps(said).encode() if said else None
    with urlopen(Request(f"{stack.http_url}/api/v1/{path}", body, headers)) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_an_alert_fires_while_its_run_is_open(stack: Stack) -> None:
    run = OpenRun(stack, "alerts")
    run.call("search", 0, CALL)
    ask(stack, "alerts", "alert-rules", RULE)
    run.call("search", 2, CALL)
    run.wait_examined(2)  # the last span alone crosses it
    assert not ask(stack, "alerts", "alerts?state=firing")["alerts"]
    run.call("search", 4, CALL)
    wait_until(lambda: bool(ask(stack, "alerts", "alerts?state=firing")["alerts"]), PATIENCE)
    (alert,) = ask(stack, "alerts", "alerts?state=firing")["alerts"]
    assert (alert["group"].replace("-", ""), alert["value"]) == (run.trace_id.hex(), "3")
    assert run.get()["state"] != "ended"
    (event,) = ask(stack, "alerts", "alerts/history")["events"]
    assert (event["notice"], event["held_back"]) == ("fired", "")
    found = ask(stack, "alerts", f"alerts/events/{event['id']}")
    assert [each["trace_id"] for each in found["traces"]] == [run.trace_id.hex()]
