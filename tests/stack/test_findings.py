"""Findings while the run is still open, by real workers: early, once, and withdrawn if need be."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import UUID

import psycopg
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.kit.money import SECOND, Told, request
from tests.kit.sender import post
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 900  # seconds
SOON = 10  # repetitions
LATER = 4  # more of them, after it was raised
EXAMINED = "select spans, examined_generation = generation from trace where trace_id = %s"
CALL = {"gen_ai.tool.call.arguments": '{"q": "late parcels"}', "gen_ai.tool.call.result": "none"}


@dataclass
class OpenRun:
    """An agent at work. Its own span has not ended, so nobody has sent it."""

    stack: Stack
    project: str
    trace_id: bytes = field(default_factory=lambda: os.urandom(16))
    began: int = field(default_factory=time.time_ns)

    def call(self, tool: str, at: int, said: dict[str, str]) -> None:
        """Send a call of a tool, so many seconds after the run began."""
        span = Span(
            trace_id=self.trace_id,
            span_id=os.urandom(8),
            parent_span_id=b"the root",
            name=tool,
            start_time_unix_nano=self.began + at * SECOND,
            end_time_unix_nano=self.began + at * SECOND + SECOND // 2,
        )
        named = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool}
        for key, value in (named | {"gen_ai.agent.name": "scout"} | said).items():
            span.attributes.add(key=key).value.string_value = value
        body = request([Told("shop", "agents", span)])
        headers = {"x-agentscope-project": self.project}
        wait_until(lambda: post(self.stack.http_url, body, headers) == 200, PATIENCE)

    def get(self, part: str = "") -> dict[str, Any]:
        """What the API says of the trace; nothing before it is stored."""
        address = f"{self.stack.http_url}/api/v1/traces/{self.trace_id.hex()}{part}"
        told: dict[str, Any] = {}
        with (
            suppress(HTTPError),
            urlopen(Request(address, headers={"x-agentscope-project": self.project})) as answer,
        ):
            told = json.load(answer)
        return told

    def wait_examined(self, spans: int) -> None:
        """Return when so many spans are stored, and what was examined is all of them."""
        row = (spans, True)
        wait_until(lambda: self.examined() == row, PATIENCE)

    def examined(self) -> tuple[int, bool] | None:
        """How many spans are stored, and whether all were examined; nothing before one is."""
        with psycopg.connect(self.stack.dsn) as database:
            return database.execute(EXAMINED, [UUID(bytes=self.trace_id)]).fetchone()

    def found(self) -> list[dict[str, Any]]:
        """The findings of the loop, those that were withdrawn as well."""
        told = self.get("/findings").get("findings", [])
        return [each for each in told if each["code"] == "exact_repeat"]


def test_a_loop_is_raised_while_its_trace_is_open_early_and_once(stack: Stack) -> None:
    run = OpenRun(stack, "open")
    for at in count():
        run.call("search", 2 * at, CALL)
        run.wait_examined(at + 1)
        if run.found():
            break
    assert at < SOON
    assert run.get()["state"] == "running"
    (raised,) = run.found()
    for more in range(at + 1, at + 1 + LATER):
        run.call("search", 2 * more, CALL)
    wait_until(lambda: run.found()[0]["repeats"] == at + 1 + LATER, PATIENCE)
    (still,) = run.found()
    assert run.get()["state"] != "ended"
    assert [still[name] for name in ("fingerprint", "first_span_id", "raised_at")] == [
        raised[name] for name in ("fingerprint", "first_span_id", "raised_at")
    ]


def test_spans_that_come_late_withdraw_it(stack: Stack) -> None:
    run = OpenRun(stack, "late")
    for at in range(4):
        run.call("search", 4 * at, CALL)
    wait_until(lambda: bool(run.found()), PATIENCE)
    for at in range(3):  # something changed in between
        done = {"gen_ai.tool.call.arguments": f'{{"parcel": {at}}}'}
        run.call("send_parcel", 4 * at + 2, done | {"gen_ai.tool.call.result": "sent"})
    wait_until(lambda: all(each["withdrawn_at"] for each in run.found()), PATIENCE)
    assert len(run.found()) == 1


def test_it_is_raised_though_the_broker_is_wiped(stack: Stack) -> None:
    run = OpenRun(stack, "wiped broker")
    for at in range(4):
        run.call("search", 2 * at, CALL)
        stack.broker().flushall()
    wait_until(lambda: bool(run.found()), PATIENCE)
