"""The same file, three times from each of four clients at once, in any order: as if sent once."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import psycopg
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.kit.money import SECOND, START, Told, request
from tests.kit.sender import post
from tests.kit.stack import Stack, wait_until
from tests.kit.world import PERIOD, steady

pytestmark = [pytest.mark.stack, pytest.mark.slow]
PATIENCE = 600  # seconds
SPANS, TRACES, BATCH = 1000, 10, 43
CLIENTS, TIMES = 4, 3


def file() -> list[Told]:
    """A thousand spans: agents with their calls, of which some are told by two instrumentations."""
    return [told(trace, number) for trace in range(1, TRACES + 1) for number in range(1, 101)]


def told(trace: int, number: int) -> Told:
    """The first is an agent; of the others each tenth repeats the call before it."""
    span = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=b"" if number == 1 else (1).to_bytes(8, "big"),
        name="step",
        start_time_unix_nano=START + number * SECOND,
        end_time_unix_nano=START + (number + 1) * SECOND,
    )
    twin = number % 10 == 0
    said: dict[str, str | int] = {"gen_ai.operation.name": "chat", "session.id": f"s{trace % 3}"}
    if number == 1:
        said |= {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}
    else:
        said |= {
            "gen_ai.request.model": "gpt-4o" if trace % 4 else "no-such-model",
            "gen_ai.response.id": f"{trace}-{number - twin}",
            "gen_ai.usage.input_tokens": 100 + number - twin,
            "gen_ai.usage.output_tokens": 7,
        }
    for key, value in said.items():
        kind = "int_value" if isinstance(value, int) else "string_value"
        setattr(span.attributes.add(key=key).value, kind, value)
    return Told("shop", "sdk" if twin else "framework", span)


def test_sent_by_four_clients_three_times_is_as_sent_once(stack: Stack) -> None:
    spans = file()
    assert len(spans) == SPANS
    deliver(stack, "once", spans)
    wait_until(lambda: rows(stack, "once") == SPANS, PATIENCE)
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda seed: client(stack, spans, seed), range(CLIENTS)))
    wait_until(lambda: all(settled(stack, name) for name in ("once", "again")), PATIENCE)
    assert rows(stack, "again") == SPANS
    once, again = answers(stack, "once"), answers(stack, "again")
    assert once == again
    total = again[0]["total"]
    assert total["calls"] == TRACES * 90 - TRACES
    assert total["unpriced_calls"] == TRACES // 4 * 89


def client(stack: Stack, spans: list[Told], seed: int) -> None:
    """Send the file several times, each time in another order."""
    chance = random.Random(seed)
    for _ in range(TIMES):
        deliver(stack, "again", chance.sample(spans, len(spans)))


def deliver(stack: Stack, project: str, spans: list[Told]) -> None:
    headers = {"x-agentscope-project": project}
    for start in range(0, len(spans), BATCH):
        body = request(spans[start : start + BATCH])
        wait_until(partial(is_taken, stack, body, headers), PATIENCE)


def is_taken(stack: Stack, body: bytes, headers: dict[str, str]) -> bool:
    return post(stack.http_url, body, headers) == 200


def value(stack: Stack, query: str, *parameters: str) -> Any:
    with psycopg.connect(stack.dsn) as connection:
        found = connection.execute(query, parameters).fetchone()
    return found[0] if found else None


def rows(stack: Stack, project: str) -> Any:
    """How many spans are stored, each once."""
    return value(
        stack,
        "select count(*) from span where project_id = (select id from project where name = %s)",
        project,
    )


def settled(stack: Stack, project: str) -> bool:
    """Whether nothing of a project waits to be stored, examined or added up. Not of the others:
    workers that other tests killed keep theirs waiting until a lease ends."""
    return not value(
        stack,
        "with mine as (select id from project where name = %s)"
        " select (select count(*) from inbox join mine on mine.id = project_id)"
        " + (select count(*) from trace join mine on id = project_id"
        "   where examined_generation is distinct from generation)"
        " + (select count(*) from session join mine on id = project_id where due_at is not null)"
        " + (select count(*) from day_due join mine on id = project_id where due_at is not null)",
        project,
    )


def answers(stack: Stack, project: str) -> list[Any]:
    """What machines read of a project."""
    period = "&".join(f"{key}={quote(said)}" for key, said in PERIOD.items())
    found = [get(stack, project, f"costs?{period}&group_by={by}") for by in ("path", "session")]
    found += [get(stack, project, f"agents?{period}"), get(stack, project, "sessions")]
    for trace in range(1, TRACES + 1):
        found += [
            get(stack, project, f"traces/{trace:032x}{part}")
            for part in ("", "/paths", "/spans?limit=100")
        ]
    return [steady(each) for each in found]


def get(stack: Stack, project: str, path: str) -> Any:
    asked = Request(f"{stack.http_url}/api/v1/{path}", headers={"x-agentscope-project": project})
    with urlopen(asked) as answer:
        return json.load(answer)
