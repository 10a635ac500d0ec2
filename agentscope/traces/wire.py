"""Stored protobuf as plain values, for showing: attributes, events, links, resource and scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.vocabulary import Value, WireEvent


@dataclass(slots=True, frozen=True)
class Link:
    """A span that this one points at; ids in hex."""

    trace_id: str
    span_id: str
    attributes: dict[str, Value]


@dataclass(slots=True, frozen=True)
class WireDetail:
    """What a span says that has no column."""

    attributes: dict[str, Value]
    events: list[WireEvent]
    links: list[Link]
    status_message: str


@dataclass(slots=True, frozen=True)
class Source:
    """Who wrote a span: attributes of the resource; name, version and attributes of the scope."""

    resource: dict[str, Value]
    scope: dict[str, Value]


@dataclass(slots=True, frozen=True)
class Record:
    """What a log record says."""

    severity: str
    body: Value
    attributes: dict[str, Value]


def read_span(raw: bytes) -> WireDetail:
    """A stored span. Its bytes are our own, so they always parse."""
    span = ProtoSpan.FromString(raw)
    return WireDetail(
        attributes=attributes(span.attributes),
        events=[WireEvent(e.name, e.time_unix_nano, attributes(e.attributes)) for e in span.events],
        links=[
            Link(n.trace_id.hex(), n.span_id.hex(), attributes(n.attributes)) for n in span.links
        ],
        status_message=span.status.message,
    )


def read_source(envelope: bytes) -> Source:
    """A stored envelope: a ResourceSpans with one scope and no spans."""
    sent = ResourceSpans.FromString(envelope)
    scope = sent.scope_spans[0].scope if sent.scope_spans else None
    said = (
        {"name": scope.name, "version": scope.version, "attributes": attributes(scope.attributes)}
        if scope
        else {}
    )
    return Source(attributes(sent.resource.attributes), said)


def read_record(raw: bytes) -> Record:
    """A stored log record."""
    record = LogRecord.FromString(raw)
    return Record(record.severity_text, value(record.body), attributes(record.attributes))


def attributes(pairs: Iterable[KeyValue]) -> dict[str, Value]:
    """Attributes as a dict; of a key that comes twice the last counts."""
    return {pair.key: value(pair.value) for pair in pairs}


def value(sent: AnyValue) -> Value:
    """An OTLP value as a plain one, nested at will: parsing has bounded the depth."""
    kind = sent.WhichOneof("value")
    if kind == "array_value":
        return [value(each) for each in sent.array_value.values]
    if kind == "kvlist_value":
        return attributes(sent.kvlist_value.values)
    found: Any = getattr(sent, kind) if kind else None
    return found
