"""Runs that spend money in every way that senders know, as OTLP requests, for hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

MIDNIGHT = datetime.combine(datetime.now(UTC).date(), time(tzinfo=UTC))
START = int(MIDNIGHT.timestamp()) * 10**9 - 4 * 86_400 * 10**9  # ns, four days ago
SECOND, HOUR = 10**9, 3_600 * 10**9
SINCE, UNTIL = MIDNIGHT - timedelta(days=6), MIDNIGHT + timedelta(days=1)
# With a price, with another, with none in any list, for nothing, and not named.
MODELS = ("gpt-4o", "claude-sonnet-4-5", "no-such-model", "meta-llama/llama-3.3-70b:free", "")


@dataclass(frozen=True)
class Told:
    """A span with the service and the instrumentation that tell it."""

    service: str
    scope: str
    span: Span


@st.composite
def worlds(draw: st.DrawFn) -> list[Told]:
    """Spans of a few traces, which may share sessions and answers."""
    return [span for number in range(1, 1 + draw(st.integers(1, 4))) for span in draw(runs(number))]


@st.composite
def runs(draw: st.DrawFn, trace: int) -> list[Told]:
    """The spans of a trace of the last four days, often begun together with others."""
    began = START + draw(st.sampled_from((0, 0, 1, 20, 47, 90))) * HOUR
    spans = range(1, 1 + draw(st.integers(1, 9)))
    return [draw(told(trace, number, began)) for number in spans]


@st.composite
def told(draw: st.DrawFn, trace: int, number: int, began: int) -> Told:
    """A span inside an earlier one, or an orphan, or a root: a call, an agent, a tool."""
    parent = draw(st.integers(0, number - 1) | st.just(99))
    span = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=f"step {number}",
        start_time_unix_nano=began + number * SECOND,
    )
    lasts = draw(st.sampled_from((1, 5, 60, 7_200)))
    if draw(st.integers(0, 9)):  # else it is still open
        span.end_time_unix_nano = began + (number + lasts) * SECOND
    if not draw(st.integers(0, 3)):
        span.status.code = Status.STATUS_CODE_ERROR
    doing = draw(st.sampled_from((calls(), calls(), agents(), tools())))
    for key, value in (draw(doing) | draw(belongings())).items():
        kind = "int_value" if isinstance(value, int) else "string_value"
        setattr(span.attributes.add(key=key).value, kind, value)
    return Told(
        draw(st.sampled_from(("shop", "desk"))), draw(st.sampled_from(("sdk", "lib"))), span
    )


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    """A model call; some have the same answer as others: duplicates, or copies in other traces."""
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": draw(st.sampled_from(MODELS)),
        "gen_ai.response.id": draw(st.sampled_from(("", "", "answer-1", "answer-2"))),
    }
    return said | draw(usages((10, 20, 30))) | draw(reports())


@st.composite
def agents(draw: st.DrawFn) -> dict[str, Any]:
    """An agent's turn, which may say what its calls used together, or anything else."""
    said = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": draw(st.sampled_from(("planner", "searcher", "a/b"))),
        "gen_ai.request.model": draw(st.sampled_from(("", "gpt-4o"))),
    }
    return said | draw(st.just({}) | usages((10, 30, 90))) | draw(reports())


def tools() -> st.SearchStrategy[dict[str, Any]]:
    """A tool call."""
    return st.sampled_from(("search", "mail")).map(
        lambda name: {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    )


@st.composite
def usages(draw: st.DrawFn, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Tokens; few numbers, so that sums, copies and twins meet; or none at all."""
    if not draw(st.integers(0, 7)):
        return {}
    fresh, cached = draw(st.sampled_from(sizes)), draw(st.sampled_from((0, 5)))
    return {
        "gen_ai.usage.input_tokens": fresh + cached,
        "gen_ai.usage.output_tokens": fresh // 10,
        "gen_ai.usage.cache_read.input_tokens": cached,
    }


def reports() -> st.SearchStrategy[dict[str, Any]]:
    """What the sender says that it cost, if it does: odd in the last digit."""
    cost = st.integers(1, 10**9).map(lambda pico: {"gen_ai.usage.cost": f"{pico}e-12"})
    return st.just({}) | st.just({}) | cost


def belongings() -> st.SearchStrategy[dict[str, Any]]:
    """Session, user and customer, where a span happens to name them."""
    names = {
        "session.id": ("s/1", "s2"),
        "gen_ai.conversation.id": ("thread",),
        "user.id": ("ada",),
        "customer": ("acme", "=1+1"),
    }
    each = [
        st.sampled_from(({},) * 4 + tuple({key: value} for value in values))
        for key, values in names.items()
    ]
    return st.tuples(*each).map(lambda found: {k: v for part in found for k, v in part.items()})


def request(spans: list[Told]) -> bytes:
    """One OTLP request with these spans, in this order."""
    body = ExportTraceServiceRequest()
    for (service, scope), group in groupby(spans, lambda each: (each.service, each.scope)):
        sender = body.resource_spans.add()
        sender.resource.attributes.add(key="service.name").value.string_value = service
        part = sender.scope_spans.add()
        part.scope.name = scope
        part.spans.extend(each.span for each in group)
    sent: bytes = body.SerializeToString()
    return sent
