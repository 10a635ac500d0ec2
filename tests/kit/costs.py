"""Traces with costs, examined and added up, for tests that read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.costs.days import claim_day
from agentscope.costs.models import DayDue
from agentscope.pipeline import add_up_day, examine
from agentscope.traces.clocks import EPOCH
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage, WireScope, WireSpan
from tests.kit.spans import NOON, wire_span

SENDER = ResourceSpans()
SENDER.scope_spans.add().scope.name = "agents"
SCOPE = WireScope({"service.name": "shop"}, "agents", "1", {}, "", SENDER.SerializeToString())
HOUR_NS = 3600 * 10**9
DAY_NS = 24 * HOUR_NS
NOON_TIME = EPOCH + timedelta(microseconds=NOON // 1000)
Understood = tuple[WireSpan, Meaning]


def trace_id(number: int) -> bytes:
    """The id of a trace."""
    return number.to_bytes(16, "big")


def span(trace: int, number: int, parent: int = 0, after: int = 0, **said: Any) -> Understood:
    """A span of a second, so many ns after noon. `said` is what is understood of it."""
    name = said.pop("name", "work")
    wire = wire_span(
        number,
        trace_id=trace_id(trace),
        raw=ProtoSpan(span_id=number.to_bytes(8, "big"), name=name).SerializeToString(),
        parent_id=parent.to_bytes(8, "big") if parent else b"",
        start_ns=NOON + after,
        end_ns=NOON + after + 10**9,
        name=name,
        scope=SCOPE,
    )
    return wire, Meaning(**said)


def agent(trace: int, number: int, name: str, parent: int = 0, **said: Any) -> Understood:
    """An agent's turn."""
    return span(trace, number, parent, kind=Kind.AGENT, agent=name, **said)


def call(
    trace: int, number: int, parent: int, usd: str = "", model: str = "gpt-4o", **said: Any
) -> Understood:
    """A model call of 15 tokens, its cost as reported."""
    return span(
        trace,
        number,
        parent,
        kind=Kind.LLM,
        model=model,
        usage=said.pop("usage", Usage(10, 5)),
        reported_cost=Decimal(usd) if usd else None,
        **said,
    )


def sent(key: int | None, *spans: Understood) -> list[Understood]:
    """The same spans as if they had come with a key of this number."""
    scope = replace(SCOPE, sent_by=key)
    return [(replace(wire, scope=scope), meaning) for wire, meaning in spans]


def store(project_id: int, *spans: Understood) -> None:
    """Store spans as a worker does."""
    with transaction.atomic():
        save_spans(project_id, list(spans))


def settle() -> None:
    """Examine every trace, and add up every day, whether they are due yet or not."""
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)
    DayDue.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while found := claim_day():
        add_up_day(found)


def tell(project_id: int, *spans: Understood) -> None:
    """Store spans and do all that follows."""
    store(project_id, *spans)
    settle()


def day(number: int) -> datetime:
    """The start of the day of noon, or of one so many days later."""
    return NOON_TIME.replace(hour=0) + timedelta(days=number)


def uuid(trace: int) -> UUID:
    """The id of a trace as it is stored."""
    return UUID(bytes=trace_id(trace))
