"""Big traces, stored and examined as by a worker, without the way over HTTP."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.vocabulary import (
    Content,
    ErrorClass,
    Kind,
    Meaning,
    Message,
    Part,
    Status,
    Usage,
    WireScope,
    WireSpan,
)
from bench.big import AGENTS, EVERY_FAILED, PACE, Planned

PROJECT, BATCH = 1, 5_000
TOOLS, ARGUMENTS = 12, 5_000  # different ones
ENVELOPE = ResourceSpans()
ENVELOPE.resource.attributes.add(key="service.name").value.string_value = "big-team"
SCOPE = WireScope({"service.name": "big-team"}, "bench", "1", {}, "", ENVELOPE.SerializeToString())


def stored(plan: Iterator[Planned]) -> UUID:
    """Store and examine a trace; its id."""
    from django.db import transaction  # needs Django

    from agentscope.pipeline import examine
    from agentscope.traces.write import save_spans

    trace_id, start = UUID(bytes=os.urandom(16)), time.time_ns() - 3600 * 10**9
    while batch := list(islice(plan, BATCH)):
        with transaction.atomic():
            save_spans(PROJECT, [understood(trace_id, start, each) for each in batch])
    examine(PROJECT, trace_id)
    return trace_id


def understood(trace_id: UUID, start: int, planned: Planned) -> tuple[WireSpan, Meaning]:
    """One span of a plan."""
    number, parent, does = planned
    begin = start + number * PACE
    meaning = MEANS[does](number)
    if number % EVERY_FAILED == 0 and does != "agent":
        meaning.status, meaning.error_class = Status.ERROR, ErrorClass.SERVER
    name = meaning.tool or meaning.agent or "chat"
    wire = WireSpan(
        trace_id=trace_id.bytes,
        span_id=number.to_bytes(8, "big"),
        parent_id=parent.to_bytes(8, "big") if parent else b"",
        name=name,
        span_kind=1,
        start_ns=begin,
        end_ns=begin + (AGENTS * PACE if does == "agent" else PACE),
        status_code=int(meaning.status == Status.ERROR) * 2,
        status_message="out of stock" if meaning.status == Status.ERROR else "",
        attributes={},
        events=[],
        scope=SCOPE,
        raw=ProtoSpan(span_id=number.to_bytes(8, "big"), name=name).SerializeToString(),
    )
    return wire, meaning


def turn(number: int) -> Meaning:
    """The turn of an agent of its own."""
    return Meaning(Kind.AGENT, agent=f"agent-{number % 1000}")


def chat(number: int) -> Meaning:
    """A call of a model."""
    said = Content(
        input_messages=[Message("user", [Part("text", text=f"What of order {number}?")])],
        output_messages=[Message("assistant", [Part("text", text=f"Order {number} is packed.")])],
    )
    return Meaning(Kind.LLM, model="gpt-4o", usage=Usage(900, 100), content=said)


def tool(number: int) -> Meaning:
    """A call of one of some tools."""
    order = {"order": number % ARGUMENTS}
    said = Content(arguments=order, result={"stock": number, "place": "warehouse"})
    return Meaning(Kind.TOOL, tool=f"tool_{number // 2 % TOOLS}", content=said)


def again(number: int) -> Meaning:
    """The same call as the one before."""
    said = Content(arguments={"order": number // 2 % 3}, result="nothing found")
    return Meaning(Kind.TOOL, tool="search_orders", content=said)


MEANS = {"agent": turn, "chat": chat, "tool": tool, "again": again}
