"""A request body becomes OTLP's protobuf messages, whatever the encoding and however damaged.

Protobuf that is well formed is parsed in C at about two microseconds a span. Only what the strict
parser refuses takes the slow way of `tolerant.py`. JSON is read by `otlp_json.py` into the same
messages, so that everything after this module has one kind of input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.answers import JSON, PROTOBUF
from ingest.bounds import check_json, check_protobuf
from ingest.otlp_json import read_json
from ingest.refused import Undecodable, UnsupportedType
from ingest.tolerant import repair
from ingest.values import Marks

Request = TypeVar(
    "Request", ExportTraceServiceRequest, ExportLogsServiceRequest, ExportMetricsServiceRequest
)


@dataclass(slots=True)
class Parsed(Generic[Request]):
    """A request, and what had to be done to read it.

    `marks` holds vocabulary flags by the position of a span or record in the request; `rejected`
    has a reason for each one that is missing from it because it could not be read at all.
    """

    request: Request
    marks: Marks = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parse(body: bytes, content_type: str, kind: type[Request]) -> Parsed[Request]:
    """The request in `body`, which is already inflated.

    Raises Undecodable, TooLarge, UnsupportedType.
    """
    media = media_type(content_type)
    if media == JSON:
        check_json(body)
        request = kind()
        return Parsed(request, *read_json(body, request))
    check_protobuf(body)
    try:
        return Parsed(kind.FromString(body))
    except DecodeError:
        return parse_damaged(body, kind)


def media_type(content_type: str) -> str:
    """One of OTLP's two content types. Parameters and case do not matter (RFC 9110, 8.3.1)."""
    media = content_type.partition(";")[0].strip().lower()
    if media not in {PROTOBUF, JSON}:
        raise UnsupportedType(
            f"Content-Type {content_type[:80]!r} is not supported: send {PROTOBUF} or {JSON}."
        )
    return media


def parse_damaged(body: bytes, kind: type[Request]) -> Parsed[Request]:
    """The request in a body that the strict parser refused."""
    repaired = repair(body, kind.DESCRIPTOR)
    try:
        request = kind.FromString(repaired.body)
    except DecodeError as error:
        raise Undecodable(f"The body is not an {kind.DESCRIPTOR.name}: {error}.") from error
    notes = ["Text that is not UTF-8 was replaced."] if repaired.marks else []
    return Parsed(request, repaired.marks, repaired.rejected, notes)
