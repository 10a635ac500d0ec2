"""Big traces, to look at: sends one of each shape to a running installation.

    python -m bench.big ADDRESS [SPANS]

Prints the address of each page. `team` is 50 agents in loops of model and tool calls, `wide` a node
with half of all spans as its children, `deep` a chain of a fifth of them, `loop` an agent that asks
for the same again and again.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import islice

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Status

from bench.sample import attribute, compressed, model_call, tool_call

SPANS, BATCH = 100_000, 2_000
AGENTS, EVERY_FAILED = 50, 97
PACE = 10**6  # ns between the starts of two spans

Planned = tuple[int, int, str]  # number, that of the parent (0: none), what it does


def team(spans: int) -> Iterator[Planned]:
    """Agents under each other in threes, each calling a model and a tool in turns."""
    yield from ((agent, (agent + 1) // 3, "agent") for agent in range(1, AGENTS + 1))
    for number in range(AGENTS + 1, spans + 1):
        yield number, number // 2 % AGENTS + 1, "chat" if number % 2 else "tool"


def wide(spans: int) -> Iterator[Planned]:
    """One node with many children among the loops of a small team."""
    yield from ((1, 0, "agent"), (2, 1, "agent"))
    for number in range(3, spans + 1):
        yield number, 2 if number % 2 else number - 1 - number % 4 // 2, "tool"


def deep(spans: int) -> Iterator[Planned]:
    """Agents that hand over to the next one without end."""
    yield from ((number, number - 1, "agent") for number in range(1, spans + 1))


def loop(spans: int) -> Iterator[Planned]:
    """An agent that calls a model and asks for the same again."""
    yield 1, 0, "agent"
    for number in range(2, spans + 1):
        yield number, 1, "again" if number % 2 else "chat"


def send(address: str, plan: Iterator[Planned]) -> str:
    """Send a trace in batches; its id."""
    trace_id, start = os.urandom(16), time.time_ns()
    while batch := list(islice(plan, BATCH)):
        message = ExportTraceServiceRequest()
        resource_spans = message.resource_spans.add()
        attribute(resource_spans.resource, "service.name", "big-team")
        scope = resource_spans.scope_spans.add()
        for planned in batch:
            add(scope, trace_id, start, planned)
        post(address, compressed(message.SerializeToString()))
    return trace_id.hex()


def add(scope: ScopeSpans, trace_id: bytes, start: int, planned: Planned) -> None:
    """One span of the plan."""
    number, parent, does = planned
    begin = start + number * PACE
    span = scope.spans.add(
        trace_id=trace_id,
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        start_time_unix_nano=begin,
        end_time_unix_nano=begin + (SPANS * PACE if does == "agent" else PACE),
    )
    if number % EVERY_FAILED == 0:
        span.status.code, span.status.message = Status.STATUS_CODE_ERROR, "out of stock"
    span.name, said = DOES[does](number)
    for key, value in said.items():
        attribute(span, key, value)


def turn(number: int) -> tuple[str, dict[str, str | int | float]]:
    """The turn of an agent of its own."""
    name = f"agent-{number % 1000}"
    return f"invoke_agent {name}", {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": name,
    }


def again(number: int) -> tuple[str, dict[str, str | int | float]]:
    """A tool that is called with one of three arguments, to no avail."""
    name, said = tool_call(number)
    said["gen_ai.tool.call.arguments"] = f'{{"query": "refund", "page": {number // 2 % 3}}}'
    said["gen_ai.tool.call.result"] = "nothing found"
    return name, said


DOES = {"agent": turn, "chat": model_call, "tool": tool_call, "again": again}


def post(address: str, body: bytes) -> None:
    """Raises HTTPError for any answer but a good one."""
    headers = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}
    request = urllib.request.Request(f"{address}/v1/traces", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def main() -> None:
    """Send all shapes."""
    address = sys.argv[1].rstrip("/")
    spans = int(sys.argv[2]) if len(sys.argv) > 2 else SPANS
    for plan, size in ((team, spans), (wide, spans), (deep, spans // 5), (loop, spans)):
        trace_id = send(address, plan(size))
        print(f"{plan.__name__}, {size:,} spans: {address}/p/default/traces/{trace_id}/")


if __name__ == "__main__":
    main()
