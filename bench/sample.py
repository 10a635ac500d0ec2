"""OTLP requests like those of agents: 512 spans of 1 KB on average. A quarter are model calls with
2 KB of messages, the others are smaller."""

from __future__ import annotations

import gzip
import os
import random
import re
import time
from collections.abc import Iterator
from itertools import count

import orjson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

SPANS = 512
TRACE_SPANS = 32
MARK = b"BnCh"  # starts each trace id, so that it is found in a request
TRACE_ID = re.compile(MARK + b".{12}", re.DOTALL)
WORDS = (
    "the of order please check stock price customer agent plan search result answer tool because "
    "shipping refund invoice warehouse today tomorrow total amount policy question summary status"
).split()
_numbers = count()
_random = random.Random(7)


def request(spans: int = SPANS, start_ns: int | None = None) -> bytes:
    """An inflated request; every trace in it has TRACE_SPANS spans."""
    message = ExportTraceServiceRequest()
    resource_spans = message.resource_spans.add()
    attribute(resource_spans.resource, "service.name", "shop-agents")
    scope = resource_spans.scope_spans.add()
    scope.scope.name = "opentelemetry.instrumentation.agents"
    now = time.time_ns() if start_ns is None else start_ns
    for at in range(spans):
        is_root = at % TRACE_SPANS == 0
        if is_root:
            trace_id, root = MARK + os.urandom(12), os.urandom(8)
        span_id, parent = (root, b"") if is_root else (os.urandom(8), root)
        add_span(scope, trace_id, span_id, parent, now + at)
    body: bytes = message.SerializeToString()
    return body


def requests(number: int) -> Iterator[bytes]:
    """So many different requests, quickly: few are made, and their trace ids replaced."""
    made = [request() for _ in range(min(number, 8))]
    for at in range(number):
        body = made[at % len(made)]
        yield with_other_traces(body) if at >= len(made) else body


def with_other_traces(body: bytes) -> bytes:
    """The same spans in traces that never were."""
    for trace_id in set(TRACE_ID.findall(body)):
        body = body.replace(trace_id, MARK + os.urandom(12))
    return body


def compressed(body: bytes) -> bytes:
    """As most exporters send it."""
    return gzip.compress(body, 6)


def add_span(scope: ScopeSpans, trace: bytes, span_id: bytes, parent: bytes, now: int) -> None:
    """A model call, a tool call, an agent's turn or a step."""
    number = next(_numbers)
    span = scope.spans.add(
        trace_id=trace,
        span_id=span_id,
        parent_span_id=parent,
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=now,
        end_time_unix_nano=now + _random.randrange(10**6, 10**9),
    )
    span.name, said = KINDS[number % len(KINDS)](number)
    for key, value in said.items():
        attribute(span, key, value)


def attribute(owner: object, key: str, value: str | int | float) -> None:
    """One attribute of a span or resource."""
    pair = owner.attributes.add(key=key)  # type: ignore[attr-defined]
    if isinstance(value, str):
        pair.value.string_value = value
    elif isinstance(value, int):
        pair.value.int_value = value
    else:
        pair.value.double_value = value


def words(number: int) -> str:
    """So many words of chatter."""
    return " ".join(_random.choices(WORDS, k=number))


def message(role: str, number: int) -> str:
    """One chat message as OTel's conventions write it."""
    parts = [{"type": "text", "content": words(number)}]
    return orjson.dumps([{"role": role, "parts": parts}]).decode()


Said = tuple[str, dict[str, str | int | float]]


def model_call(number: int) -> Said:
    return "chat gpt-4o", {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.agent.name": AGENTS[number % 3],
        "gen_ai.conversation.id": f"session-{number // 2000}",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.response.id": f"chatcmpl-{_random.getrandbits(96):024x}",
        "gen_ai.response.finish_reasons": "stop",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.usage.input_tokens": _random.randrange(100, 4000),
        "gen_ai.usage.output_tokens": _random.randrange(10, 400),
        "gen_ai.input.messages": message("user", 150),
        "gen_ai.output.messages": message("assistant", 60),
        "server.address": "api.openai.com",
        "server.port": 443,
    }


def tool_call(number: int) -> Said:
    return "execute_tool search_orders", {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.agent.name": AGENTS[number % 3],
        "gen_ai.tool.name": "search_orders",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": "Find the orders of a customer by text, newest first.",
        "gen_ai.tool.call.id": f"call_{_random.getrandbits(96):024x}",
        "gen_ai.tool.call.arguments": orjson.dumps({"query": words(6), "limit": 20}).decode(),
        "gen_ai.tool.call.result": orjson.dumps({"orders": [words(8) for _ in range(3)]}).decode(),
        "thread.id": 139_872_113_600,
        "thread.name": "MainThread",
    }


def turn(number: int) -> Said:
    return f"invoke_agent {AGENTS[number % 3]}", {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "openai",
        "gen_ai.agent.name": AGENTS[number % 3],
        "gen_ai.agent.id": f"agent-{number % 3}",
        "gen_ai.agent.description": "Answers questions about orders, refunds and shipping.",
        "gen_ai.conversation.id": f"session-{number // 2000}",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.input.messages": message("user", 12),
        "gen_ai.output.messages": message("assistant", 12),
    }


def step(number: int) -> Said:
    return "plan.step", {
        "code.function.name": "shop.planner.Planner.step",
        "code.file.path": "/app/shop/planner.py",
        "code.line.number": 217,
        "thread.id": 139_872_113_600,
        "thread.name": "MainThread",
        "step.number": number % 9,
        "step.state": words(25),
        "step.notes": words(20),
    }


AGENTS = ("planner", "researcher", "writer")
KINDS = (model_call, tool_call, turn, step)
