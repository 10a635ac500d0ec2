"""The rows about gRPC, with a real client and a real listener in this process."""

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from django.db import connections
from django.db.utils import OperationalError
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from pytest_django.fixtures import Settings

from agentscope.inbox.models import Inbox
from agentscope.retention.disk import ROOM
from ingest import accept, grpc_server
from ingest.grpc_server import DETAILS, CannotListen, start_server
from tests.kit.otlp import TRACE_ID, a_span, logs, spans, traces

PACKAGE = "/opentelemetry.proto.collector"
TRACES, LOGS, METRICS = (
    f"{PACKAGE}.{signal}.v1.{signal.title()}Service/Export"
    for signal in ("trace", "logs", "metrics")
)
GOOD = traces(a_span()).SerializeToString()
MIB = 1 << 20
PATIENCE = 300  # seconds; a busy machine takes its time
Call = Callable[..., bytes]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(transactional_db: None, settings: Settings) -> Iterator[Call]:
    """Call a method of a listener of an embedded installation with raw bytes."""
    settings.AGENTSCOPE_EMBEDDED = True
    server, port = start_server("127.0.0.1", 0)
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:

        def send(body: bytes, method: str = TRACES, **said: Any) -> Any:
            return channel.unary_unary(method, bytes, bytes)(body, timeout=PATIENCE, **said)

        yield send
    server.stop(None).wait()


@pytest.fixture(autouse=True)
def no_connection_outlives_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of a listener keep their connections; here they would keep the database busy."""
    monkeypatch.setattr(grpc_server, "close_old_connections", connections.close_all)


def failure(call: Call, body: bytes, **said: Any) -> tuple[grpc.StatusCode, Status]:
    """The code of a call that fails, and the google.rpc.Status that comes with it."""
    with pytest.raises(grpc.RpcError) as caught:
        call(body, **said)
    error: Any = caught.value
    trailing = dict(error.trailing_metadata())
    return error.code(), Status.FromString(trailing.get(DETAILS, b""))


def test_row_01_a_call_is_stored_as_it_came(call: Call) -> None:
    assert call(GOOD) == b""
    row = Inbox.objects.get()
    assert (row.signal, row.encoding, bytes(row.body)) == ("traces", "", GOOD)


def test_compressed_calls_are_stored_inflated(call: Call) -> None:
    call(GOOD, compression=grpc.Compression.Gzip)
    assert bytes(Inbox.objects.get().body) == GOOD


def test_row_23_partial_success_over_grpc(call: Call) -> None:
    body = traces(a_span(span_id=b""), *spans(2)).SerializeToString()
    partial = ExportTraceServiceResponse.FromString(call(body)).partial_success
    assert partial.rejected_spans == 1


def test_logs_and_metrics_have_their_services(call: Call) -> None:
    assert call(logs(LogRecord(trace_id=TRACE_ID)).SerializeToString(), LOGS) == b""
    assert Inbox.objects.get().signal == "logs"
    request = ExportMetricsServiceRequest()
    request.resource_metrics.add().scope_metrics.add().metrics.add().gauge.data_points.add()
    response = ExportMetricsServiceResponse.FromString(call(request.SerializeToString(), METRICS))
    assert response.partial_success.rejected_data_points == 1


def test_row_33_bad_data_is_an_invalid_argument_with_details(call: Call) -> None:
    code, status = failure(call, b"\xff\xff")
    details = BadRequest()
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert status.code == code.value[0]
    assert status.details[0].Unpack(details)
    assert "not an ExportTraceServiceRequest" in details.field_violations[0].description


def test_row_33_without_a_database_clients_try_again_later(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(accept, "admitted", broken)
    code, status = failure(call, GOOD)
    retry = RetryInfo()
    assert code == grpc.StatusCode.UNAVAILABLE
    assert status.details[0].Unpack(retry)
    assert retry.retry_delay.seconds == accept.RETRY_AFTER


def test_without_room_on_the_disk_clients_try_again_later(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ROOM, "full", lambda: "The disk is nearly full.")
        code, status = failure(call, GOOD)
    retry = RetryInfo()
    assert code == grpc.StatusCode.UNAVAILABLE
    assert status.message == "The disk is nearly full. Try again later."
    assert status.details[0].Unpack(retry)
    assert retry.retry_delay.seconds == accept.ROOM_AFTER
    assert not Inbox.objects.exists()
    call(GOOD)
    assert Inbox.objects.exists()


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_row_33_too_large_a_call_is_resource_exhausted_without_retry(
    call: Call, settings: Settings, compression: grpc.Compression
) -> None:
    body = bytes(settings.AGENTSCOPE_MAX_REQUEST_BYTES + 1)
    code, status = failure(call, body, compression=compression)
    assert code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert not status.details


def test_row_29_a_missing_key_is_unauthenticated(call: Call, settings: Settings) -> None:
    settings.AGENTSCOPE_EMBEDDED = False
    code, status = failure(call, GOOD)
    assert code == grpc.StatusCode.UNAUTHENTICATED
    assert "No key" in status.message


def test_row_34_calls_far_over_the_usual_4_mib_are_taken(call: Call) -> None:
    body = traces(a_span(name="n" * (9 * MIB))).SerializeToString()
    assert call(body) == b""
    assert len(gzip.compress(bytes(Inbox.objects.get().body))) < MIB


def test_row_34_the_ports_are_the_usual_ones(settings: Settings) -> None:
    assert (settings.AGENTSCOPE_GRPC_PORT, settings.AGENTSCOPE_HTTP_PORT) == (4317, 4318)


def test_metadata_picks_the_project(call: Call) -> None:
    call(GOOD, metadata=[("x-agentscope-project", "one")])
    call(GOOD, metadata=[("x-agentscope-project", "two")])
    assert len(set(Inbox.objects.values_list("project_id", flat=True))) == 2


def test_other_services_are_unimplemented(call: Call) -> None:
    code, _ = failure(call, b"", method="/opentelemetry.Other/Export")
    assert code == grpc.StatusCode.UNIMPLEMENTED


def test_a_port_that_is_taken_is_named() -> None:
    server, port = start_server("127.0.0.1", 0)
    with pytest.raises(CannotListen, match=str(port)):
        start_server("127.0.0.1", port)
    server.stop(None).wait()
