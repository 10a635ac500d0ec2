"""Loops as OTLP spans, each up to the span with which it crosses the threshold of its detector.

The runs of the agents are still open: as with any exporter, their own spans have not come yet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span, Status

from bench.sample import Said, attribute, message, model_call, tool_call

MS = 10**6  # ns
STEP = 5 * MS
ROUNDS = 3  # of a cycle or of handoffs: two are a second try
EQUAL_CALLS = 3
FUTILE_CALLS = 2  # that fail alike for good
SECRET = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"  # noqa: S105 — of no service
DEAR_TOKENS = 4_000_000


@dataclass(slots=True)
class Loop:
    """What one agent does in an open trace. `agent` is its own, so that its finding is told from
    those of all others."""

    trace_id: bytes
    agent: str
    run: bytes = field(default_factory=lambda: os.urandom(8))
    now: int = field(default_factory=time.time_ns)

    def span(self, said: Said, parent: bytes = b"", failed: str = "") -> Span:
        """The next thing that it did, after the others."""
        self.now += STEP
        name, attributes = said
        span = Span(
            trace_id=self.trace_id,
            span_id=os.urandom(8),
            parent_span_id=parent or self.run,
            name=name,
            start_time_unix_nano=self.now - STEP + MS,
            end_time_unix_nano=self.now,
        )
        for key, value in ({"gen_ai.agent.name": self.agent} | attributes).items():
            attribute(span, key, value)
        if failed:
            span.status.code, span.status.message = Status.STATUS_CODE_ERROR, failed
        return span

    def tool(self, name: str, arguments: str, result: str = "", **failure: str) -> Span:
        """A call of a tool."""
        said: dict[str, str | int | float] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.id": os.urandom(6).hex(),
            "gen_ai.tool.call.arguments": arguments,
            "gen_ai.tool.call.result": result,
        }
        if error := failure.get("error"):
            said["error.type"] = error
        return self.span((f"execute_tool {name}", said), failed=error or "")


Spans = Iterator[Span]


def exact_repeat(loop: Loop) -> Spans:
    """The same call with the same result."""
    for _ in range(EQUAL_CALLS):
        yield loop.tool("search_orders", '{"query": "late parcels"}', '{"orders": ["17", "23"]}')


def cycle(loop: Loop) -> Spans:
    """Two calls by turns."""
    for _ in range(ROUNDS):
        yield loop.tool("list_orders", '{"customer": 7}', '{"orders": ["17", "23"]}')
        yield loop.tool("get_order", '{"order": 17}', '{"state": "unknown to the warehouse"}')


def permanent_retry(loop: Loop) -> Spans:
    """The same call that is not permitted."""
    for _ in range(FUTILE_CALLS):
        yield loop.tool("read_ledger", '{"year": 2026}', error="PermissionError")


def handoff_ping_pong(loop: Loop) -> Spans:
    """Two agents that hand the same work to each other. Their runs have ended."""
    other = f"{loop.agent}-other"
    for _ in range(ROUNDS):
        for name, target in ((loop.agent, other), (other, loop.agent)):
            turn = loop.span(run_of(name, "This is not about a payment."))
            reason = {"gen_ai.tool.call.arguments": '{"reason": "This is not about a payment."}'}
            yield loop.span(handoff_of(name, target, reason), parent=turn.span_id)
            yield turn


def run_of(name: str, answer: str) -> Said:
    """A run of an agent that ended with an answer."""
    return f"invoke_agent {name}", {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
        "gen_ai.output.messages": f'[{{"role": "assistant", "parts": [{{"type": "text",'
        f' "content": "{answer}"}}]}}]',
    }


def handoff_of(name: str, target: str, said: dict[str, str]) -> Said:
    """What an agent calls to pass control on."""
    return f"execute_tool transfer_to_{target}", {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.agent.name": name,
        "gen_ai.tool.name": f"transfer_to_{target}",
        **said,
    }


def secret_in_arguments(loop: Loop) -> Spans:
    """A key that a tool is given."""
    yield loop.tool("fetch", f'{{"url": "https://shop.example", "token": "{SECRET}"}}', "{}")


def cost_anomaly(loop: Loop) -> Spans:
    """An agent without history that spends more than anybody would expect."""
    name, said = model_call(0)
    said |= {"gen_ai.agent.name": loop.agent, "gen_ai.usage.input_tokens": DEAR_TOKENS}
    yield loop.span((name, said | {"gen_ai.response.id": os.urandom(12).hex()}))


LOOPS: dict[str, Callable[[Loop], Spans]] = {
    each.__name__: each
    for each in (
        exact_repeat,
        cycle,
        permanent_retry,
        handoff_ping_pong,
        secret_in_arguments,
        cost_anomaly,
    )
}


def healthy(trace_id: bytes, spans: int, start_ns: int, run: int = 200) -> list[Span]:
    """So many spans of a trace that goes on: runs of agents with model calls and tool calls, each
    of another thing. The root has not ended, so it has not come."""
    found: list[Span] = []
    while len(found) < spans:
        loop = Loop(trace_id, f"worker-{len(found) // run % 50}", now=start_ns + len(found) * STEP)
        said = run_of(loop.agent, " ".join(message("assistant", 12).split()[:9]).replace('"', ""))
        own = loop.span(said)
        own.span_id, own.parent_span_id = loop.run, b"the root"
        calls = min(run, spans - len(found)) - 1
        found += [loop.span(call_of(at, loop.agent)) for at in range(calls)]
        own.end_time_unix_nano = loop.now
        found.append(own)
    return found


def call_of(number: int, agent: str) -> Said:
    """A model call or a tool call, by turns."""
    name, said = (model_call if number % 2 else tool_call)(number)
    said |= {"gen_ai.agent.name": agent}
    said.pop("gen_ai.conversation.id", None)
    return name, said


def request(spans: list[Span]) -> bytes:
    """A request with these spans."""
    made = ExportTraceServiceRequest()
    resource_spans = made.resource_spans.add()
    attribute(resource_spans.resource, "service.name", "shop-agents")
    scope: ScopeSpans = resource_spans.scope_spans.add()
    scope.scope.name = "opentelemetry.instrumentation.agents"
    scope.spans.extend(spans)
    body: bytes = made.SerializeToString()
    return body
