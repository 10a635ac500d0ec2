"""One span or log record as cells of its tables. What a column cannot hold is cut, clamped or left
out here; the payload keeps the record as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from struct import Struct

from agentscope.traces import binary
from agentscope.traces.digests import call_key, result_key
from agentscope.traces.ids import span_number
from agentscope.traces.merge import LAST_NS, SpanCopy
from agentscope.traces.payload import pack_payload
from agentscope.vocabulary import Meaning, Usage, WireLog

KEY = ("trace_id", "project_id", "span_id", "started_at")
FACTS = (
    *("start_ns", "end_ns", "kind", "span_kind", "status", "flags", "payload_bytes"),
    *("parent_id", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("reasoning_tokens", "call_key", "result_key", "reported_cost", "name", "service", "scope"),
    *("agent", "model", "provider", "tool", "tool_call_id", "session", "user_name"),
    *("response_id", "error_type", "error_class", "version"),
)
REST = ("envelope", "body")
LOG = (
    *("trace_id", "project_id", "digest", "logged_at", "time_ns", "span_id", "event_name"),
    *("envelope", "body"),
)

FEWEST_SHORT, MOST_SHORT = -(1 << 15), (1 << 15) - 1
MOST_USD = Decimal(10) ** 12  # numeric(24, 12) ends there

_key = Struct("!i16siiiqiq").pack
_facts = Struct("!iqiqihihihiiii").pack
_log = Struct("!i16siii16siqiq").pack
NO_USAGE = binary.NULL * 5


@dataclass(slots=True, frozen=True)
class SpanRow:
    """The packed cells of a span: `key` starts the rows of both tables."""

    key: bytes
    facts: bytes
    rest: bytes


def span_row(project_id: int, copy: SpanCopy) -> SpanRow:
    """The cells of KEY, FACTS and REST. Never raises for odd values."""
    started_us, trace_id, span_id = copy.key
    payload = pack_payload(copy.wire.raw, copy.meaning)
    return SpanRow(
        _key(16, trace_id, 4, project_id, 8, span_id, 8, started_us - binary.EPOCH_US),
        fact_cells(copy),
        binary.blob(copy.envelope) + binary.blob(payload),
    )


def fact_cells(copy: SpanCopy) -> bytes:
    """The cells of FACTS."""
    wire, meaning = copy.wire, copy.meaning
    usage = usage_cells(meaning.usage) if meaning.usage else NO_USAGE
    cost = reported_cost(meaning)
    kind, status = short(meaning.kind), short(meaning.status)
    size = len(wire.raw)
    return b"".join(
        (
            _facts(
                *(8, copy.start_ns, 8, copy.end_ns, 2, kind, 2, short(wire.span_kind)),
                *(2, status, 4, copy.flags, 4, size),
            ),
            binary.bigint(span_number(wire.parent_id)) if wire.parent_id else binary.NULL,
            usage,
            binary.bigint(call_key(meaning)),
            binary.bigint(result_key(meaning)),
            binary.numeric(cost),
            binary.text(wire.name),
            binary.text(wire.scope.service),
            binary.text(wire.scope.name),
            binary.text(meaning.agent),
            binary.text(meaning.model),
            binary.text(meaning.provider),
            binary.text(meaning.tool),
            binary.text(meaning.tool_call_id),
            binary.text(meaning.session),
            binary.text(meaning.user),
            binary.text(meaning.response_id),
            binary.text(meaning.error_type),
            binary.text(meaning.error_class),
            binary.blob(copy.version),
        )
    )


def usage_cells(usage: Usage) -> bytes:
    """Five token counts; a number that is none becomes "not reported"."""
    counts = (
        *(usage.input, usage.output, usage.cache_read, usage.cache_write),
        usage.reasoning,
    )
    return b"".join([binary.bigint(tokens(count)) for count in counts])


def tokens(count: int | None) -> int | None:
    """A count of tokens, None where it cannot be one."""
    return count if count is not None and 0 <= count <= LAST_NS else None


def short(number: int) -> int:
    """The nearest number that a smallint holds."""
    return min(max(number, FEWEST_SHORT), MOST_SHORT)


def reported_cost(meaning: Meaning) -> Decimal | None:
    """The reported cost in USD, None where it is no amount of money."""
    cost = meaning.reported_cost
    is_amount = cost is not None and cost.is_finite() and 0 <= cost < MOST_USD
    return cost if is_amount else None


@dataclass(slots=True, frozen=True)
class LogRow:
    """The packed cells of a log record, and what it is sorted and told apart by."""

    key: tuple[int, bytes, bytes]  # time in microseconds, trace id, digest
    cells: bytes


def log_row(project_id: int, log: WireLog, meaning: Meaning, envelope: bytes) -> LogRow:
    """The cells of LOG. The digest makes a resent record the same row."""
    time_ns = min(max(log.time_ns, 0), LAST_NS)
    digest = blake2b(log.raw, digest_size=16, person=envelope).digest()
    logged_us = time_ns // 1000
    cells = (
        _log(
            *(16, log.trace_id, 4, project_id, 16, digest),
            *(8, logged_us - binary.EPOCH_US, 8, time_ns),
        ),
        binary.bigint(span_number(log.span_id)) if log.span_id else binary.NULL,
        binary.text(log.event_name),
        binary.blob(envelope),
        binary.blob(pack_payload(log.raw, meaning)),
    )
    return LogRow((logged_us, log.trace_id, digest), b"".join(cells))
