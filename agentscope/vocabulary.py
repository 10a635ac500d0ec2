"""The words of the field as plain Python types. Imports nothing of ours.

A `WireSpan` is what a sender said; a `Meaning` is what we understood of it. Together they become
one stored span. Times are Unix nanoseconds, tokens are counts, money is US dollars as `Decimal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
from typing import Any, Literal

# What an OTLP AnyValue becomes: None, str, int, float, bool, bytes, list or dict, nested at will.
# `None` is OTLP's valid "empty" value, which is not the same as an absent key.
Value = Any


class Kind(IntEnum):
    """What a span is in an agent's run. The numbers are stored: add, never renumber."""

    OTHER = 0
    AGENT = 1
    CHAIN = 2  # workflow, task, step, graph node
    LLM = 3
    TOOL = 4
    HANDOFF = 5
    RETRIEVAL = 6
    EMBEDDING = 7
    RERANK = 8
    GUARDRAIL = 9
    EVALUATOR = 10
    MEMORY = 11
    HUMAN = 12
    CHECKPOINT = 13

    @property
    def word(self) -> str:
        """The kind as people and the API read it: `llm`, `tool`, …"""
        return self.name.lower()


class Status(IntEnum):
    """OTLP's status codes, plus what they turn out to be once control flow is told from failure."""

    UNSET = 0
    OK = 1
    ERROR = 2
    WAITING = 3  # a human interrupt or approval: marked as an error by some frameworks, but is none

    @property
    def word(self) -> str:
        return self.name.lower()


class ErrorClass(StrEnum):
    """Why something failed, in the terms that decide whether trying again can help."""

    NONE = ""
    RATE_LIMIT = "rate_limit"
    TIMEOUT = "timeout"
    OVERLOADED = "overloaded"
    NETWORK = "network"
    SERVER = "server"
    AUTH = "auth"
    PERMISSION = "permission"
    QUOTA = "quota"
    INVALID_REQUEST = "invalid_request"
    NOT_FOUND = "not_found"
    CONTEXT_LENGTH = "context_length"
    CONTENT_FILTER = "content_filter"
    TOOL_REPORTED = "tool_reported"
    VALIDATION = "validation"
    CANCELLED = "cancelled"
    CONTROL_FLOW = "control_flow"
    UNKNOWN = "unknown"


class Flag(IntFlag):
    """What is odd about a span. Stored as a bit mask: add, never renumber."""

    CLOCK_SUSPECT = 1  # start in the far past or future, end before start, start 0
    NOT_ENDED = 2  # end time 0: a span that is still running, or never finished
    SANITISED = 4  # bad UTF-8, NUL, lone surrogate or out-of-range number was replaced
    DUPLICATE_KEY = 8  # an attribute key came twice; the last one counts
    DROPPED_AT_SENDER = 16  # the SDK cut attributes, events or links before sending
    CONFLICT = 32  # the same span arrived ended, twice, with different content
    PARENT_MALFORMED = 64  # the parent id is not 8 bytes: the span hangs at the root
    REMOTE_PARENT = 128
    REDACTED = 256  # the sender replaced content by a placeholder
    TRUNCATED = 512  # the sender cut content
    # Set by the tree index, not stored with the span:
    ORPHAN = 1 << 16  # the parent never came (yet)
    CYCLE_CUT = 1 << 17  # the parent edge was cut because it closed a cycle


class Billing(IntEnum):
    """Whether a span's usage counts towards the bill. One model call is counted once."""

    NONE = 0  # has no usage
    COUNTED = 1
    WRAPPER = 2  # repeats what is counted below it
    DUPLICATE = 3  # the same call, reported a second time
    AGGREGATE = 4  # counted, but stands for an unknown number of calls

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(slots=True)
class Usage:
    """Tokens of one call. `input` includes the cache, `output` includes reasoning.

    The others are parts of those two. `None` means not reported, which is not zero.
    """

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None

    def __bool__(self) -> bool:
        """Whether anything was used. Many senders write 0 for "unknown": all zero is no usage."""
        return any((self.input, self.output, self.cache_read, self.cache_write, self.reasoning))


PartType = Literal["text", "reasoning", "tool_call", "tool_result", "media", "other"]


@dataclass(slots=True)
class Part:
    """One piece of a message. Which fields are set follows from `type`."""

    type: PartType
    text: str | None = None  # text, reasoning
    id: str | None = None  # tool_call, tool_result: what pairs the two
    name: str | None = None  # tool_call, tool_result
    value: Value = None  # arguments of a call, result of a tool, raw content of media and other
    is_error: bool = False  # tool_result


@dataclass(slots=True)
class Message:
    """One turn of a conversation. Roles: system, user, assistant, tool."""

    role: str
    parts: list[Part] = field(default_factory=list)
    name: str | None = None
    finish_reason: str | None = None


@dataclass(slots=True)
class Content:
    """What was said on a span. Kept with the payload, never on list or tree paths."""

    input_messages: list[Message] = field(default_factory=list)
    output_messages: list[Message] = field(default_factory=list)
    tools: list[Value] = field(default_factory=list)  # definitions offered to the model
    arguments: Value = None  # of a tool call, parsed where it was JSON
    result: Value = None
    input: Value = None  # the generic input and output of chains, retrievers, …
    output: Value = None


@dataclass(slots=True)
class Meaning:
    """What we understood of a span. Empty text means "not said"."""

    kind: Kind = Kind.OTHER
    agent: str = ""  # the agent that this span is, or that the span says it belongs to
    agent_id: str = ""
    model: str = ""  # the answering model where known, else the requested one
    request_model: str = ""
    provider: str = ""
    framework: str = ""
    tool: str = ""
    tool_call_id: str = ""
    session: str = ""
    user: str = ""
    response_id: str = ""
    usage: Usage = field(default_factory=Usage)
    reported_cost: Decimal | None = None  # USD, as the sender reported it
    status: Status = Status.UNSET
    error_type: str = ""  # the raw class or code, e.g. RateLimitError
    error_class: ErrorClass = ErrorClass.NONE
    error_message: str = ""
    flags: Flag = Flag(0)  # noqa: RUF009 — an IntFlag is immutable
    content: Content = field(default_factory=Content)
    sources: dict[str, str] = field(default_factory=dict)  # field → the attribute it came from


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
