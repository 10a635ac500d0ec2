"""Traces in the database, for tests of the pages."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Content, Kind, Meaning, Message, Part, Usage, WireScope, WireSpan
from tests.kit.spans import wire_span

ENVELOPE = ResourceSpans()
ENVELOPE.resource.attributes.add(key="service.name").value.string_value = "shop"
ENVELOPE.scope_spans.add().scope.name = "agents"
SCOPE = WireScope({"service.name": "shop"}, "agents", "1", {}, "", ENVELOPE.SerializeToString())
TRACE_ID = UUID("0123456789abcdef0123456789abcdef")


def save_trace(
    project: Project, *spans: tuple[WireSpan, Meaning], trace_id: UUID = TRACE_ID, **said: Any
) -> Trace:
    """A trace of these spans, as if it had been examined; `said` sets fields of the trace."""
    with transaction.atomic():
        save_spans(project.pk, spans)
    fields = {
        "state": "ended",
        "name": spans[0][0].name,
        "spans": len(spans),
        "examined_generation": 1,
        "examined_at": timezone.now(),
        **said,
    }
    Trace.objects.filter(trace_id=trace_id, project_id=project.pk).update(**fields)
    return Trace.objects.get(trace_id=trace_id, project_id=project.pk)


def span(
    number: int, parent: int = 0, trace_id: UUID = TRACE_ID, meaning: Meaning | None = None, **said
) -> tuple[WireSpan, Meaning]:
    """A span of now by its number, and that of its parent (0: a root)."""
    start = time.time_ns() - 60 * 10**9 + number * 10**8
    raw = ProtoSpan(name="as sent")
    for key, value in said.get("attributes", {}).items():
        raw.attributes.add(key=key).value.string_value = value
    for event in said.get("events", []):
        raw.events.add(name=event.name, time_unix_nano=event.time_ns)
    wire = wire_span(
        number,
        trace_id=trace_id.bytes,
        parent_id=parent.to_bytes(8, "big") if parent else b"",
        start_ns=start,
        end_ns=start + 10**8,
        scope=SCOPE,
        raw=raw.SerializeToString(),
        **said,
    )
    return wire, meaning or Meaning()


def small_run(trace_id: UUID = TRACE_ID) -> list[tuple[WireSpan, Meaning]]:
    """A planner that calls a model, which calls a tool."""
    asked = Content(
        input_messages=[Message("user", [Part("text", text="How many cats?")])],
        output_messages=[
            Message("assistant", [Part("tool_call", id="c1", name="count", value={"what": "cats"})])
        ],
    )
    model = Meaning(Kind.LLM, model="gpt-4o", usage=Usage(120, 30), content=asked)
    tool = Meaning(Kind.TOOL, tool="count", content=Content(arguments={"what": "cats"}, result=3))
    return [
        span(1, 0, trace_id, Meaning(Kind.AGENT, agent="planner"), name="planner"),
        span(2, 1, trace_id, model, name="chat"),
        span(3, 1, trace_id, tool, name="count"),
    ]
