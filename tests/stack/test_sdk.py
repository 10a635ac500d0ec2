"""Stock OpenTelemetry exporters, and clients with odd HTTP, against a running installation.

The Python SDK has exporters for HTTP with protobuf and for gRPC; it has none for HTTP with JSON.
"""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import psycopg
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from tests.kit.otlp import JSON, PROTOBUF, a_span, encode, traces
from tests.kit.stack import Stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]

VISIBLE = 300  # seconds; the aim is 2, but other programs may keep the machine busy
SPANS = 600  # more than one batch of the SDK


def http_exporter(stack: Stack) -> SpanExporter:
    return HttpExporter(f"{stack.http_url}/v1/traces", headers={"x-agentscope-project": "sdk"})


def gzip_exporter(stack: Stack) -> SpanExporter:
    return HttpExporter(f"{stack.http_url}/v1/traces", compression=Compression.Gzip)


def grpc_exporter(stack: Stack) -> SpanExporter:
    return GrpcExporter(f"127.0.0.1:{stack.grpc_port}", insecure=True)


def grpc_gzip_exporter(stack: Stack) -> SpanExporter:
    return GrpcExporter(
        f"127.0.0.1:{stack.grpc_port}",
        insecure=True,
        compression=grpc.Compression.Gzip,
        headers=(("x-agentscope-project", "sdk"),),
    )


@pytest.mark.parametrize(
    "exporter", [http_exporter, gzip_exporter, grpc_exporter, grpc_gzip_exporter]
)
def test_every_span_of_a_stock_exporter_arrives(
    stack: Stack, exporter: Callable[[Stack], SpanExporter]
) -> None:
    provider = TracerProvider(resource=Resource({"service.name": "sdk"}))
    provider.add_span_processor(BatchSpanProcessor(exporter(stack)))
    tracer = provider.get_tracer("tests", "1")
    with tracer.start_as_current_span("root", attributes={"numbers": [1, 2]}) as root:
        for _ in range(SPANS - 1):
            with tracer.start_as_current_span("chat", attributes={"gen_ai.request.model": "m"}):
                pass
    provider.shutdown()
    trace_id = f"{root.get_span_context().trace_id:032x}"
    wait_until(lambda: stored(stack, trace_id) == SPANS, VISIBLE)


def stored(stack: Stack, trace_id: str) -> int:
    """How many different spans of a trace are queryable."""
    with psycopg.connect(stack.dsn) as database:
        row = database.execute("select count(*) from span where trace_id = %s", [trace_id])
        return int((row.fetchone() or [0])[0])


GOOD = encode(traces(a_span()), PROTOBUF)


@pytest.fixture
def connection(stack: Stack) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection("127.0.0.1", stack.http_port, timeout=VISIBLE)
    yield opened
    opened.close()


def send(
    connection: http.client.HTTPConnection, body: Any, **headers: str
) -> http.client.HTTPResponse:
    """POST as protobuf; a body that is an iterator goes in chunks, without a length."""
    said = {"Content-Type": PROTOBUF} | headers
    connection.request("POST", "/v1/traces", body, said, encode_chunked=True)
    return connection.getresponse()


def test_row_11_a_chunked_body_is_taken_by_the_real_server(
    connection: http.client.HTTPConnection,
) -> None:
    chunks = iter([GOOD[:10], GOOD[10:]])
    response = send(connection, chunks, **{"Transfer-Encoding": "chunked"})
    assert (response.status, response.read()) == (200, b"")


def test_row_11_a_long_body_without_a_length_is_refused_by_the_real_server(
    connection: http.client.HTTPConnection,
) -> None:
    chunks = (bytes(1 << 20) for _ in range(80))
    assert send(connection, chunks, **{"Transfer-Encoding": "chunked"}).status == 413


def test_row_10_a_client_that_sends_too_much_sees_why(
    connection: http.client.HTTPConnection,
) -> None:
    response = send(connection, bytes(70 << 20))
    assert response.status == 413
    assert b"the limit is 67108864" in response.read()


def test_errors_do_not_spoil_the_connection(connection: http.client.HTTPConnection) -> None:
    refused = send(connection, b'{"x": 1', **{"Content-Type": JSON})
    assert (refused.status, json.loads(refused.read())["code"]) == (400, 3)
    wrong = send(connection, GOOD, **{"Content-Type": "text/plain"})
    assert (wrong.status, wrong.read()[:1]) == (415, b"{")
    fine = send(connection, GOOD)
    assert (fine.status, fine.read()) == (200, b"")
