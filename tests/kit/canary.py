"""A secret in every place that a trace has for text, and what finds it again."""

import json
import os
import subprocess

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from agentscope.supervisor.binaries import postgres_programs
from tests.kit.otlp import START, a_span, pair

# A key of no service, in the shape of OpenAI's; and the part of it that no other text has.
CORE = "cAnArY7x9Qk2"
CANARY = f"sk-proj-{CORE}0123456789abcdef"


def traces_with(secret: str, trace_id: bytes) -> ExportTraceServiceRequest:
    """A request with the secret in all texts of resource, scope, span, events and links."""
    request = ExportTraceServiceRequest()
    outer = request.resource_spans.add(schema_url=f"https://x/{secret}")
    outer.resource.attributes.extend([pair("service.name", string_value=f"of {secret}")])
    inner = outer.scope_spans.add(schema_url=f"https://y/{secret}")
    inner.scope.name, inner.scope.version = f"scope {secret}", f"1 {secret}"
    inner.scope.attributes.extend([pair("at", string_value=secret)])
    inner.spans.extend([span_with(secret, trace_id), call_with(secret, trace_id)])
    return request


def span_with(secret: str, trace_id: bytes) -> Span:
    """A span with the secret in each of its own texts."""
    inside = KeyValueList(values=[pair("deep", string_value=secret), pair(secret, int_value=1)])
    many = ArrayValue(values=[AnyValue(string_value=secret), AnyValue(kvlist_value=inside)])
    return a_span(
        trace_id=trace_id,
        name=f"chat {secret}",
        trace_state=f"vendor={secret}",
        status=Status(code=Status.STATUS_CODE_ERROR, message=f"401: wrong key {secret}"),
        attributes=[
            pair("input.value", string_value=f'{{"text": "use {secret}, please"}}'),
            pair("gen_ai.prompt", string_value=f'{{\\"key\\": \\"{secret}\\"}}'),
            pair("output.value", string_value=json.dumps({"env": f"A=1\n{secret}\nB=2"})),
            pair("said", string_value=f"got {json.dumps(json.dumps([secret]))}"),
            pair("raw", bytes_value=f"bytes {secret}".encode()),
            pair("list", array_value=many),
            pair("map", kvlist_value=inside),
            pair(f"named {secret}", bool_value=True),
            pair("session.id", string_value=f"session {secret}"),
            pair("user.id", string_value=f"user {secret}"),
            pair("gen_ai.agent.name", string_value=f"agent {secret}"),
        ],
        events=[
            Span.Event(name=f"event {secret}", time_unix_nano=START),
            Span.Event(
                name="exception",
                time_unix_nano=START,
                attributes=[pair("exception.message", string_value=f"no: {secret}")],
            ),
        ],
        links=[
            Span.Link(
                trace_id=bytes(15) + b"\1",
                span_id=bytes(7) + b"\1",
                trace_state=f"v={secret}",
                attributes=[pair("why", string_value=secret)],
            )
        ],
    )


def call_with(secret: str, trace_id: bytes) -> Span:
    """A call of a tool with the secret in its arguments and its result."""
    return a_span(
        trace_id=trace_id,
        span_id=bytes(7) + b"\2",
        parent_span_id=bytes(range(1, 9)),
        name="execute_tool send",
        attributes=[
            pair("gen_ai.operation.name", string_value="execute_tool"),
            pair("gen_ai.tool.name", string_value="send"),
            pair("gen_ai.tool.call.arguments", string_value=f'{{"token": "{secret}", "n": 1}}'),
            pair("gen_ai.tool.call.result", string_value=f"sent with {secret}"),
        ],
    )


def logs_with(secret: str, trace_id: bytes) -> ExportLogsServiceRequest:
    """A log record with the secret in each of its texts."""
    request = ExportLogsServiceRequest()
    inner = request.resource_logs.add().scope_logs.add()
    body = KeyValueList(values=[pair("content", string_value=f"say {secret}")])
    inner.log_records.extend(
        [
            LogRecord(
                trace_id=trace_id,
                span_id=bytes(range(1, 9)),
                time_unix_nano=START,
                event_name=f"gen_ai.user.message {secret}",
                severity_text=f"INFO {secret}",
                body=AnyValue(kvlist_value=body),
                attributes=[pair("note", string_value=secret)],
            )
        ]
    )
    return request


def places(request: Message, secret: str = CORE) -> int:
    """In how many places a request holds the secret."""
    raw: bytes = request.SerializeToString()
    return raw.count(secret.encode())


def dump(dsn: str) -> bytes:
    """All rows of a database as text, large values and their compression undone: zstd of payloads
    stays, for which see the exports."""
    return subprocess.run(
        [str(postgres_programs() / "pg_dump"), "--no-owner", dsn],
        check=True,
        capture_output=True,
        env={"PATH": os.environ["PATH"]},
        timeout=600,
    ).stdout


def forms(secret: str = CORE) -> list[bytes]:
    """The secret as a dump or a log may write it: as it is, and as bytes in hexadecimal."""
    return [secret.encode(), secret.encode().hex().encode()]
