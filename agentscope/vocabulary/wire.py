"""What a sender said, decoded but not interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentscope.vocabulary.content import Value
from agentscope.vocabulary.kinds import Flag


@dataclass(slots=True)
class WireEvent:
    """A span event. Times in Unix ns."""

    name: str
    time_ns: int
    attributes: dict[str, Value]


@dataclass(slots=True)
class WireScope:
    """Who wrote a span, on which resource. Shared by all spans of one ScopeSpans."""

    resource: dict[str, Value]
    name: str
    version: str
    attributes: dict[str, Value]
    schema_url: str  # of the scope, else of the resource
    envelope: bytes  # canonical protobuf of a ResourceSpans with this resource and scope, no spans
    sent_by: int | None = None  # number of the key that the request came with

    @property
    def service(self) -> str:
        """The `service.name` of the resource, empty if it names none."""
        name = self.resource.get("service.name", "")
        return name if isinstance(name, str) else str(name)


@dataclass(slots=True)
class WireSpan:
    """One span as it was sent, decoded but not interpreted."""

    trace_id: bytes  # 16 bytes
    span_id: bytes  # 8 bytes
    parent_id: bytes  # 8 bytes, or empty for a root
    name: str
    span_kind: int  # OTLP's SpanKind
    start_ns: int
    end_ns: int  # 0: not ended
    status_code: int
    status_message: str
    attributes: dict[str, Value]
    events: list[WireEvent]
    scope: WireScope
    raw: bytes  # the span as protobuf: lossless, with fields that we do not know
    links: list[tuple[bytes, bytes]] = field(default_factory=list)  # trace id, span id
    flags: Flag = Flag(0)  # noqa: RUF009


@dataclass(slots=True)
class WireLog:
    """One log record, with the ids of the span it belongs to (empty: none)."""

    trace_id: bytes
    span_id: bytes
    time_ns: int
    event_name: str
    severity: int
    body: Value
    attributes: dict[str, Value]
    scope: WireScope
    raw: bytes
