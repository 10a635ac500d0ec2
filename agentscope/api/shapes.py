"""The answers of the API: how they look (for OpenAPI), and how they are made.

64-bit numbers that JavaScript cannot hold (times in ns) are strings; money is a decimal string in
USD; null means "not reported" or "unknown", never zero.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from agentscope.traces.ids import span_hex
from agentscope.traces.models import Trace
from agentscope.traces.tree import Row

NS = 1_000_000_000


class UsageShape(serializers.Serializer[Any]):
    """Tokens. `input` includes the cache, `output` includes reasoning."""

    input = serializers.IntegerField(allow_null=True)
    output = serializers.IntegerField(allow_null=True)
    cache_read = serializers.IntegerField(allow_null=True)
    cache_write = serializers.IntegerField(allow_null=True)
    reasoning = serializers.IntegerField(allow_null=True)


class TraceShape(serializers.Serializer[Any]):
    trace_id = serializers.CharField(help_text="32 hex digits")
    name = serializers.CharField()
    state = serializers.ChoiceField(Trace.State.choices)
    start_time = serializers.CharField(help_text="ISO 8601 with nanoseconds, UTC")
    end_time = serializers.CharField(help_text="latest time seen so far")
    start_time_unix_nano = serializers.CharField()
    end_time_unix_nano = serializers.CharField()
    duration_ns = serializers.CharField()
    spans = serializers.IntegerField()
    errors = serializers.IntegerField(  # type: ignore[assignment]
        help_text="failures, each counted where it began"
    )
    agents = serializers.ListField(child=serializers.CharField())
    tools = serializers.ListField(child=serializers.CharField())
    models = serializers.ListField(child=serializers.CharField())
    services = serializers.ListField(child=serializers.CharField())
    llm_calls = serializers.IntegerField()
    tool_calls = serializers.IntegerField()
    session_id = serializers.CharField(allow_blank=True)
    user_id = serializers.CharField(allow_blank=True)
    usage = UsageShape()
    known_cost_usd = serializers.CharField(help_text="decimal; what has a price")
    unpriced_calls = serializers.IntegerField(help_text="model calls without a known price")
    unpriced_tokens = serializers.IntegerField()
    examined_at = serializers.DateTimeField(allow_null=True)


class TracesShape(serializers.Serializer[Any]):
    traces = TraceShape(many=True)
    total = serializers.IntegerField(help_text="all that the filters find")
    truncated = serializers.BooleanField(help_text="whether `total` stopped counting")
    next = serializers.CharField(allow_null=True, help_text="cursor of the next page")


class SpanShape(serializers.Serializer[Any]):
    span_id = serializers.CharField(help_text="16 hex digits")
    parent_id = serializers.CharField(allow_null=True, help_text="null for roots and orphans")
    depth = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    agent = serializers.CharField(allow_blank=True)
    agent_path = serializers.CharField(allow_blank=True)
    tool = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(allow_blank=True)
    start_time = serializers.CharField()
    end_time = serializers.CharField(allow_null=True, help_text="null: not ended")
    start_time_unix_nano = serializers.CharField()
    end_time_unix_nano = serializers.CharField(allow_null=True)
    status = serializers.CharField(help_text="unset, ok, error or waiting")
    error_class = serializers.CharField(allow_blank=True)
    error_type = serializers.CharField(allow_blank=True)
    usage = UsageShape()
    cost_usd = serializers.CharField(allow_null=True, help_text="null: no price is known")
    subtree_cost_usd = serializers.CharField()
    billing = serializers.CharField(help_text="none, counted, wrapper, duplicate or aggregate")
    flags = serializers.ListField(child=serializers.CharField())


class SpansShape(serializers.Serializer[Any]):
    spans = SpanShape(many=True)
    total = serializers.IntegerField()
    offset = serializers.IntegerField()
    truncated = serializers.BooleanField(help_text="whether spans follow after this page")
    next = serializers.IntegerField(allow_null=True, help_text="offset of the next page")


class SpanDetailShape(SpanShape):
    status_message = serializers.CharField(allow_blank=True)
    input_messages = serializers.ListField(child=serializers.DictField())
    output_messages = serializers.ListField(child=serializers.DictField())
    content = serializers.DictField(help_text="arguments, result, input, output, tools")
    attributes = serializers.DictField()
    events = serializers.ListField(child=serializers.DictField())
    links = serializers.ListField(child=serializers.DictField())
    logs = serializers.ListField(child=serializers.DictField())
    logs_left_out = serializers.IntegerField()
    resource = serializers.DictField()
    scope = serializers.DictField()
    sources = serializers.DictField(help_text="field → the attribute it was read from")


class StatusShape(serializers.Serializer[Any]):
    inbox_rows = serializers.IntegerField(help_text="requests accepted but not yet stored")
    oldest_inbox_seconds = serializers.FloatField(allow_null=True)
    dead_letters = serializers.IntegerField(help_text="requests that could not be stored")
    traces_due = serializers.IntegerField(help_text="traces that wait for examination")
    oldest_due_seconds = serializers.FloatField(allow_null=True)
    versions = serializers.DictField(child=serializers.CharField())


class ErrorBody(serializers.Serializer[Any]):
    code = serializers.IntegerField()
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)


class ErrorShape(serializers.Serializer[Any]):
    error = ErrorBody()


def usd(amount: Decimal) -> str:
    """An amount as a plain decimal: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def iso(ns: int) -> str:
    """Unix ns as ISO 8601 with all nine digits."""
    seconds, rest = divmod(ns, NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def trace_body(trace: Trace) -> dict[str, Any]:
    """A trace in the form of TraceShape."""
    return {
        "trace_id": trace.trace_id.hex,
        "name": trace.name,
        "state": trace.state,
        "start_time": iso(trace.start_ns),
        "end_time": iso(trace.end_ns),
        "start_time_unix_nano": str(trace.start_ns),
        "end_time_unix_nano": str(trace.end_ns),
        "duration_ns": str(max(0, trace.end_ns - trace.start_ns)),
        **{name: getattr(trace, name) for name in TRACE_FIELDS},
        "models": trace.model_names,
        "session_id": trace.session,
        "user_id": trace.user,
        "usage": {name: getattr(trace, f"{name}_tokens") for name in USAGE},
        "known_cost_usd": usd(trace.known_cost),
    }


TRACE_FIELDS = (
    "spans errors agents tools services llm_calls tool_calls unpriced_calls unpriced_tokens "
    "examined_at"
).split()


def span_body(row: Row) -> dict[str, Any]:
    """A row of a tree in the form of SpanShape."""
    tree, at = row.tree, row.at
    parent, start, end = int(tree.parent[at]), int(tree.start_ns[at]), int(tree.end_ns[at])
    cost, subtree = row.usd("cost"), row.usd("sum_cost")
    return {
        "span_id": span_hex(row.span_id),
        "parent_id": span_hex(int(tree.span_id[parent])) if parent >= 0 else None,
        "depth": int(tree.depth[at]),
        "kind": row.kind.word,
        **{name: row.text(name) for name in SPAN_TEXTS},
        "agent_path": row.text("path"),
        "start_time": iso(start),
        "end_time": iso(end) if end else None,
        "start_time_unix_nano": str(start),
        "end_time_unix_nano": str(end) if end else None,
        "status": row.status.word,
        "usage": {name: row.number(f"{name}_tokens") for name in USAGE},
        "cost_usd": None if cost is None else usd(cost),
        "subtree_cost_usd": usd(subtree or Decimal(0)),
        "billing": row.billing.word,
        "flags": [flag.name.lower() for flag in row.flags if flag.name],
    }


SPAN_TEXTS = ("name", "agent", "tool", "model", "provider", "error_class", "error_type")
USAGE = ("input", "output", "cache_read", "cache_write", "reasoning")
