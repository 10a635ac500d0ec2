"""Runs as instrumentations send them, written down after their conventions: OTLP spans that are
decoded, understood, stored and examined like any others."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from agentscope.pipeline import examine
from agentscope.traces.write import save_spans
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF, START, TRACE_ID, a_span, encode, traces

SECOND = 10**9  # ns
MODEL = {"gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o"}
USED = {"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100}  # $0.0035
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", **MODEL, **USED}
COUNTED = {"llm.token_count.prompt": 1000, "llm.token_count.completion": 100}
LLM = {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", **COUNTED}


def sent(
    number: int,
    above: int,
    name: str,
    said: dict[str, Any] | None = None,
    *,
    error: str = "",
    events: tuple[tuple[str, dict[str, Any]], ...] = (),
) -> Span:
    """A span by its number, which is also the second in which it began, and that above it; 0:
    none. Values that are no attributes are sent as JSON."""
    start = START + number * SECOND
    span = a_span(
        span_id=number.to_bytes(8, "big"),
        parent_span_id=above.to_bytes(8, "big") if above else b"",
        name=name,
        start_time_unix_nano=start,
        end_time_unix_nano=start + SECOND // 2,
    )
    fill(span, said or {})
    if error:
        span.status.code, span.status.message = Status.STATUS_CODE_ERROR, error
    for event, told in events:
        fill(span.events.add(name=event, time_unix_nano=start), told)
    return span


def fill(target: Any, said: dict[str, Any]) -> None:
    """Give a span or an event its attributes."""
    for key, value in said.items():
        target.attributes.add(key=key).value.CopyFrom(any_value(value))


def any_value(value: Any) -> AnyValue:
    """A value as OTLP has it: texts, numbers and lists of texts as they are, all else as JSON."""
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return AnyValue(array_value=ArrayValue(values=[any_value(each) for each in value]))
    return AnyValue(string_value=value if isinstance(value, str) else json.dumps(value))


def received(project_id: int, scope: str, *spans: Span) -> UUID:
    """A trace of these spans, from one instrumentation, examined. Its id."""
    request = traces(*spans)
    request.resource_spans[0].scope_spans[0].scope.name = scope
    items = decode_traces(encode(request, PROTOBUF), PROTOBUF).items
    save_spans(project_id, [(span, understand(span)) for span in items])
    trace_id = UUID(bytes=TRACE_ID)
    examine(project_id, trace_id)
    return trace_id


def flattened(prefix: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Messages as OpenInference flattens them: role, content, and calls as (name, arguments)."""
    found: dict[str, Any] = {}
    for at, message in enumerate(messages):
        begin = f"{prefix}.{at}.message"
        found |= {f"{begin}.{key}": value for key, value in message.items() if key != "calls"}
        for call, (name, given) in enumerate(message.get("calls", [])):
            inner = f"{begin}.tool_calls.{call}.tool_call"
            found |= {f"{inner}.id": f"c{call}", f"{inner}.function.name": name}
            found[f"{inner}.function.arguments"] = json.dumps(given)
    return found


def parts(role: str, *said: dict[str, Any], **more: str) -> dict[str, Any]:
    """A message of OpenTelemetry's conventions."""
    return {"role": role, "parts": list(said), **more}


def text(said: str) -> dict[str, Any]:
    """A part of such a message that is text."""
    return {"type": "text", "content": said}


def answered(*messages: dict[str, Any]) -> dict[str, Any]:
    """What a model answered, in OpenTelemetry's conventions."""
    return {"gen_ai.output.messages": list(messages)}


USER = [{"role": "user", "content": "Well?"}]
ASKED = flattened("llm.input_messages", USER)
AGENT = {"openinference.span.kind": "AGENT", "agent.name": "desk"}
TOOL = {"openinference.span.kind": "TOOL", "tool.name": "search"}
FOUND = {"output.value": "three of them"}
INVOKED = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "desk"}
EXECUTED = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
PROMPT = {"gen_ai.input.messages": [parts("user", text("Well?"))]}
