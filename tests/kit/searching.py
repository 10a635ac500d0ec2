"""Steps that were stored as they are when they come, to be searched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.search.read import SearchPage, search
from agentscope.search.syntax import parse
from agentscope.traces.models import Trace
from agentscope.traces.read import TraceFilters
from ingest.drain import Body, store_logs, store_traces
from tests.kit.otlp import PROTOBUF, START, a_span, logs, pair, traces

PROJECT = 1
SECOND = 10**9


def trace_id(number: int) -> UUID:
    """The id of the trace with a number."""
    return UUID(int=number)


def step(trace: int, span: int = 1, start_ns: int = START, **said: Any) -> Span:
    """A span of a trace; texts, numbers and truths as its attributes, all else as their JSON."""
    return a_span(
        trace_id=trace_id(trace).bytes,
        span_id=span.to_bytes(8, "big"),
        name=said.pop("name", "step"),
        start_time_unix_nano=start_ns,
        end_time_unix_nano=start_ns + SECOND,
        attributes=[attribute(key.replace("__", "."), value) for key, value in said.items()],
    )


def attribute(key: str, value: Any) -> Any:
    """An attribute of the type of its value."""
    if isinstance(value, bool):
        return pair(key, bool_value=value)
    if isinstance(value, int):
        return pair(key, int_value=value)
    if isinstance(value, float):
        return pair(key, double_value=value)
    return pair(key, string_value=value if isinstance(value, str) else as_json(value))


def as_json(value: Any) -> str:
    """JSON as senders write it."""
    return orjson.dumps(value).decode()


def tool(trace: int, arguments: Any = None, result: Any = None, **said: Any) -> Span:
    """A call of a tool."""
    given = {"gen_ai__tool__call__arguments": arguments, "gen_ai__tool__call__result": result}
    kept: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    names: dict[str, Any] = {
        "gen_ai__operation__name": "execute_tool",
        "gen_ai__tool__name": "look_up",
    }
    return step(trace, **names, **kept, **said)


def call(trace: int, asked: str = "", answered: str = "", system: str = "", **said: Any) -> Span:
    """A call of a model."""
    messages = [message("system", system)] if system else []
    names: dict[str, Any] = {"gen_ai__operation__name": "chat", "gen_ai__request__model": "gpt-4o"}
    return step(
        trace,
        **names,
        gen_ai__input__messages=[*messages, message("user", asked)],
        gen_ai__output__messages=[message("assistant", answered)],
        **said,
    )


def message(role: str, text: str) -> dict[str, Any]:
    """A message as OpenTelemetry's conventions have it."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def record(trace: int, body: str, span: int = 1, time_ns: int = START) -> LogRecord:
    """A log record on a span."""
    found = LogRecord(
        trace_id=trace_id(trace).bytes, span_id=span.to_bytes(8, "big"), time_unix_nano=time_ns
    )
    found.body.string_value = body
    return found


def store(*spans: Span, project: int = PROJECT) -> None:
    """Store spans in one go."""
    with transaction.atomic():
        store_traces(project, [Body(traces(*spans).SerializeToString(), PROTOBUF, None)])


def store_records(*records: LogRecord, project: int = PROJECT) -> None:
    """Store log records in one go."""
    with transaction.atomic():
        store_logs(project, [Body(logs(*records).SerializeToString(), PROTOBUF, None)])


def look_for(text: str, project: int = PROJECT, **filters: Any) -> SearchPage:
    """What is found of all times, however long it takes."""
    return search(project, parse(text), TraceFilters(**filters), seconds=60)


def found(text: str, project: int = PROJECT, **filters: Any) -> list[int]:
    """The numbers of the traces that are found, in order."""
    return [trace.trace_id.int for trace, _ in look_for(text, project, **filters).items]


def change(trace: int, **fields: Any) -> None:
    """Set what examining would have found out."""
    Trace.objects.filter(trace_id=trace_id(trace)).update(**fields)
