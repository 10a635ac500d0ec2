"""The OTLP/gRPC listener: `accept.py` in terms of gRPC, a process of its own on port 4317.

Requests are taken as raw bytes, without generated stubs: the inbox stores them as they came.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

import grpc
from django.conf import settings
from django.db import close_old_connections

from agentscope.projects.read import Access
from ingest.accept import Delivery, accept
from ingest.answers import OK, PROTOBUF, Answer, status_protobuf, success

THREADS = 4  # each has a database connection, and waits for a commit most of its time
# No web page can make a browser speak gRPC, so there is no host name to be suspicious of.
HOST = "localhost"
PACKAGE = "opentelemetry.proto.collector"
SERVICES = {
    f"{PACKAGE}.trace.v1.TraceService": "traces",
    f"{PACKAGE}.logs.v1.LogsService": "logs",
    f"{PACKAGE}.metrics.v1.MetricsService": "metrics",
}
STATUS_CODES = {code.value[0]: code for code in grpc.StatusCode}
DETAILS = "grpc-status-details-bin"  # where gRPC carries a google.rpc.Status


class CannotListen(Exception):
    """The address is taken or not ours."""


def start_server(host: str, port: int) -> tuple[grpc.Server, int]:
    """A running listener and its port, which is a free one if `port` is 0. Raises CannotListen."""
    limit = settings.AGENTSCOPE_MAX_REQUEST_BYTES
    server = grpc.server(
        ThreadPoolExecutor(THREADS, thread_name_prefix="grpc"),
        handlers=handlers(),
        options=[("grpc.max_receive_message_length", limit), ("grpc.so_reuseport", 0)],
    )
    try:
        bound = server.add_insecure_port(f"{host}:{port}")
    except RuntimeError as error:
        raise CannotListen(f"Cannot listen on {host}:{port}: it is taken or not ours.") from error
    server.start()
    return server, bound


def handlers() -> list[Any]:
    """The Export method of the three OTLP services. grpcio answers UNIMPLEMENTED for any other."""
    return [
        grpc.method_handlers_generic_handler(
            service, {"Export": grpc.unary_unary_rpc_method_handler(exporter(signal))}
        )
        for service, signal in SERVICES.items()
    ]


def exporter(signal: str) -> Callable[[bytes, grpc.ServicerContext], bytes]:
    """The Export method of one signal, from bytes to bytes."""

    def export(body: bytes, context: grpc.ServicerContext) -> bytes:
        close_old_connections()
        try:
            answer = accept(delivery(body, context, signal))
        finally:
            close_old_connections()
        if answer.status != OK:
            fail(answer, context)
        return success(answer, signal, PROTOBUF)

    return export


def delivery(body: bytes, context: grpc.ServicerContext, signal: str) -> Delivery:
    """The call as `accept` wants it. grpcio has undone any compression, within the size limit."""
    said: dict[str, Any] = dict(context.invocation_metadata() or ())
    return Delivery(
        signal=signal,
        content_type=PROTOBUF,
        encoding="",
        access=Access(
            authorization=said.get("authorization", ""),
            api_key=said.get("x-agentscope-key", ""),
            project=said.get("x-agentscope-project", ""),
            host=HOST,
        ),
        read=lambda _limit: body,
    )


def fail(answer: Answer, context: grpc.ServicerContext) -> NoReturn:
    """End the call with the answer's status. Only UNAVAILABLE makes clients try again."""
    context.set_trailing_metadata(((DETAILS, status_protobuf(answer)),))
    context.abort(STATUS_CODES[answer.code], answer.text)
