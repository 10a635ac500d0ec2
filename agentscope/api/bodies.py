"""The answers, in the form that `shapes.py` describes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from agentscope.billing.applied import Applied, applied, cost_now
from agentscope.billing.words import billing_reason, billing_word, why_unpriced
from agentscope.prices.book import PriceBook
from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from agentscope.traces.otlp_json import otlp_json
from agentscope.traces.read import SpanDetail, TracePage
from agentscope.traces.tree import Row, Tree
from agentscope.traces.used import PARTS, usage_of
from agentscope.vocabulary import ErrorClass, Usage, rule_in_words, rule_names

NS = 1_000_000_000
MILLION = 1_000_000
USAGE = ("input", "output", "cache_read", "cache_write", "reasoning")
TRACE_FIELDS = (
    "name state spans errors agents tools services keys llm_calls tool_calls unpriced_calls "
    "unpriced_tokens examined_at"
).split()
SPAN_TEXTS = ("name", "agent", "tool", "model", "provider", "error_class", "error_type")
COLUMNS = ("service", "tool_call_id", "response_id")
PERSISTENCE = {each.value: each.persistence.name.lower() for each in ErrorClass}
SAID = ("agent_id", "request_model", "framework", "error_message", "verdict", "verdict_why")
CONTENT = ("arguments", "result", "input", "output")
LISTS = {
    "input_messages": "input_messages",
    "output_messages": "output_messages",
    "tools_offered": "tools",
}


def traces_body(page: TracePage) -> dict[str, Any]:
    """A page of traces as TracesShape."""
    return {
        "traces": [listed_body(trace) for trace in page.items],
        "total": page.total,
        "truncated": page.truncated,
        "next": str(page.next) if page.next else None,
    }


def trace_body(trace: Trace) -> dict[str, Any]:
    """A trace as TraceShape."""
    return {
        "trace_id": trace.trace_id.hex,
        **{name: getattr(trace, name) for name in TRACE_FIELDS},
        "start_time": iso(trace.start_ns),
        "end_time": iso(trace.end_ns),
        "start_time_unix_nano": str(trace.start_ns),
        "end_time_unix_nano": str(trace.end_ns),
        "duration_ns": str(max(0, trace.end_ns - trace.start_ns)),
        "models": trace.model_names,
        "session_id": trace.session,
        "session_basis": trace.session_basis,
        "linked_traces": [linked.hex for linked in trace.linked_traces],
        "user_id": trace.user,
        "environment": trace.environment,
        "outcome": trace.outcome,
        "waiting_ns": str(trace.waiting_ns),
        "usage": {name: getattr(trace, f"{name}_tokens") for name in USAGE},
        "known_cost_usd": usd(trace.known_cost),
        "discarded_cost_usd": usd(trace.discarded_cost),
    }


def listed_body(trace: Trace) -> dict[str, Any]:
    """A trace of a list as ListedTraceShape. To whoever may not see reviews, `wrong` was not
    read."""
    wrong = trace.wrong or 0 if hasattr(trace, "wrong") else None
    return {**trace_body(trace), "wrong_decisions": wrong}


def spans_body(tree: Tree, offset: int, limit: int) -> dict[str, Any]:
    """A page of spans as SpansShape."""
    stop = min(offset + limit, len(tree))
    more = stop < len(tree)
    return {
        "spans": [span_body(row) for row in tree.rows(offset, max(stop, offset))],
        "total": len(tree),
        "offset": offset,
        "truncated": more,
        "next": stop if more else None,
    }


def span_body(row: Row) -> dict[str, Any]:
    """A row of a tree as SpanShape."""
    tree, at = row.tree, row.at
    parent, start, end = int(tree.parent_id[at]), int(tree.start_ns[at]), int(tree.end_ns[at])
    return {
        "span_id": span_hex(row.span_id),
        "parent_id": span_hex(parent) if parent else None,
        "depth": int(tree.depth[at]),
        "kind": row.kind.word,
        **{name: row.text(name) for name in SPAN_TEXTS},
        "error_persistence": PERSISTENCE.get(row.text("error_class"), "unknown"),
        "agent_path": row.text("path"),
        "start_time": iso(start),
        "end_time": iso(end) if end else None,
        "start_time_unix_nano": str(start),
        "end_time_unix_nano": str(end) if end else None,
        "status": row.status.word,
        "usage": usage_body(row),
        **billing_body(row),
        "flags": [flag.name.lower() for flag in row.flags if flag.name],
    }


def billing_body(row: Row) -> dict[str, Any]:
    """What a span cost and whether it counts, as it stands in SpanShape."""
    return {
        "cost_usd": usd_or_none(row.usd("cost")),
        "computed_cost_usd": usd_or_none(row.usd("computed_cost")),
        "reported_cost_usd": usd_or_none(row.usd("reported_cost")),
        "unpriced_reason": why_unpriced(row) or None,
        "subtree_cost_usd": usd(row.usd("sum_cost") or Decimal(0)),
        "subtree_discarded_cost_usd": usd(row.usd("sum_discarded") or Decimal(0)),
        "billing": billing_word(row),
        "billing_reason": billing_reason(row),
        "discarded": row.discarded.word,
        "discarded_basis": row.discard_basis.word,
    }


def price_body(row: Row, book: PriceBook) -> dict[str, Any]:
    """What the computed cost of a span came from, and what it would be today."""
    found = applied(row)
    return {
        "price": found and applied_body(found),
        "computed_cost_today_usd": usd_or_none(cost_now(row, book)),
    }


def applied_body(found: Applied) -> dict[str, Any]:
    """A price as PriceShape."""
    return {
        "provider": found.provider,
        "model": found.model,
        "valid_from": found.since,
        "source": found.source,
        "is_override": found.is_own,
        "usd_per_million": {bucket: usd(rate) for bucket, _, rate in found.tokens},
        "request_usd": usd(found.request / MILLION),
        "web_search_usd": usd(found.searches[1] / MILLION),
    }


def usage_body(row: Row) -> dict[str, Any]:
    """What a span used as SpanUsageShape."""
    usage = usage_of(row) or Usage()
    buckets = usage.buckets()
    return {
        **{name: getattr(usage, name) for name in (*PARTS, "web_searches")},
        "fresh_input": None if usage.input is None else buckets.fresh_input,
        "cache_write_5m": None if usage.cache_write is None else buckets.cache_write_5m,
        "output_text": None if usage.output is None else buckets.output_text,
        "rule": rule_names(usage.rule),
        "rule_in_words": rule_in_words(usage.rule),
    }


def detail_body(detail: SpanDetail) -> dict[str, Any]:
    """What SpanDetailShape adds to SpanShape."""
    span, content = detail.span, detail.content
    return {
        "session_id": span.session,
        "user_id": span.user,
        "key": detail.key,
        **{name: getattr(span, name) for name in COLUMNS},
        **{name: detail.said.get(name, "") for name in SAID},
        "retry_after_seconds": detail.said.get("retry_after"),
        "reported_cost_usd": usd_or_none(span.reported_cost),
        "status_message": detail.status_message,
        **{name: content.get(field, []) for name, field in LISTS.items()},
        **{name: content.get(name) for name in CONTENT},
        "attributes": detail.attributes,
        "events": [timed(asdict(event)) for event in detail.events],
        "links": [asdict(link) for link in detail.links],
        "logs": [log_body(log) for log in detail.logs],
        "logs_left_out": detail.logs_left,
        "resource": detail.resource,
        "scope": detail.scope,
        "sources": detail.sources,
        "otlp": otlp_span(detail.raw),
    }


def log_body(log: Any) -> dict[str, Any]:
    """A log record as LogShape."""
    said = {"event_name": log.log.event_name, "time_ns": log.log.time_ns}
    return timed(said | asdict(log.record))


def timed(said: dict[str, Any]) -> dict[str, Any]:
    """The same with its time as a string of ns."""
    return said | {"time_unix_nano": str(said.pop("time_ns"))}


def otlp_span(raw: bytes) -> dict[str, Any]:
    """One stored span as OTLP/JSON."""
    group = ResourceSpans()
    group.scope_spans.add().spans.append(Span.FromString(raw))
    span: dict[str, Any] = otlp_json(group)["scopeSpans"][0]["spans"][0]
    return span


def iso(ns: int) -> str:
    """Unix ns as ISO 8601 with all nine digits."""
    seconds, rest = divmod(ns, NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def usd(amount: Decimal) -> str:
    """An amount as a plain decimal: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def usd_or_none(amount: Decimal | None) -> str | None:
    """The same; null stays null."""
    return None if amount is None else usd(amount)
