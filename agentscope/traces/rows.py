"""One span or log record as a row of its tables, as COPY takes it. What a column cannot hold is
cut, clamped or left out here; the payload keeps the record as it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from hashlib import blake2b
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from agentscope.signatures.signature import signature
from agentscope.traces.clocks import LAST_NS, moment
from agentscope.traces.facts import facts_of
from agentscope.traces.ids import span_number
from agentscope.traces.merge import SpanCopy
from agentscope.traces.payload import pack_payload
from agentscope.vocabulary import Meaning, Usage, WireLog, WireSpan

Row = tuple[Any, ...]
Columns = dict[str, str]  # name → type, in the order of the row

# What the binary format has for a uuid and for a time: 16 bytes, and microseconds since 2000. UUIDs
# and datetimes say the same, and take ten times as long to be made and written.
ID, TIME = "bytea", "int8"
KEY: Columns = {
    "trace_id": ID,
    "project_id": "int4",
    "span_id": "int8",
    "started_at": TIME,
}
FACTS: Columns = {
    **dict.fromkeys(("start_ns", "end_ns", "parent_id"), "int8"),
    **dict.fromkeys(("kind", "span_kind", "status"), "int2"),
    **dict.fromkeys(("flags", "payload_bytes", "sent_by"), "int4"),
    **dict.fromkeys(("input_tokens", "output_tokens", "cache_read_tokens"), "int8"),
    **dict.fromkeys(("cache_write_tokens", "reasoning_tokens"), "int8"),
    **dict.fromkeys(("cache_write_1h_tokens", "audio_input_tokens", "audio_output_tokens"), "int8"),
    "web_searches": "int4",
    "usage_rule": "int2",
    "signature": "bytea",
    "reported_cost": "numeric",
    **dict.fromkeys(("name", "service", "scope", "agent", "model", "provider", "tool"), "text"),
    **dict.fromkeys(("tool_call_id", "session", "user_name", "response_id"), "text"),
    **dict.fromkeys(("error_type", "service_tier", "agent_version"), "text"),
    **dict.fromkeys(("environment", "outcome"), "text"),
    "error_class": "text",
    **dict.fromkeys(("session_rung", "discarded"), "int2"),
    "linked_traces": "uuid[]",
    "dimensions": "jsonb",
    "version": "bytea",
}
REST: Columns = {"envelope": ID, "body": "bytea"}
LOG: Columns = {
    "trace_id": "uuid",
    "project_id": "int4",
    "digest": "uuid",
    "logged_at": "timestamptz",
    "time_ns": "int8",
    "span_id": "int8",
    "event_name": "text",
    "facts": "jsonb",
    **REST,
    "sent_by": "int4",
}

LONGEST_COLUMN = 1024  # characters of a text column
MOST_SEARCHES = (1 << 31) - 1
FEWEST_SHORT, MOST_SHORT = -(1 << 15), (1 << 15) - 1
USD_END = Decimal(10) ** 12  # where numeric(24, 12) ends
NO_TRACE = bytes(16)  # OTLP forbids it as an id, so it can stand for "of no trace"
NO_USAGE = (*(None,) * 9, 0)
YEAR_2000_US = 946_684_800 * 10**6
MOST_LINKS = 20  # traces that one span may continue; more are kept with its payload


def span_rows(project_id: int, copies: Sequence[SpanCopy]) -> Iterator[Row]:
    """The values of KEY, FACTS and REST of some spans, in order. Never raises for odd values."""
    return map(partial(span_row, project_id), copies, signatures(copies))


def signatures(copies: Sequence[SpanCopy]) -> list[bytes | None]:
    """The signatures of some spans, in order. They are made before all rows, and of one kind of
    step after the other: among other work they take half as long again, for it drives what they
    need out of the processor's caches."""
    made: list[bytes | None] = [None] * len(copies)
    for at in sorted(range(len(copies)), key=lambda at: copies[at].meaning.kind):
        meaning = copies[at].meaning
        made[at] = signature(meaning, meaning.volatile)
    return made


def span_row(project_id: int, copy: SpanCopy, signed: bytes | None) -> Row:
    """The values of one span, of which this is the signature."""
    wire, meaning = copy.wire, copy.meaning
    return (
        wire.trace_id,
        project_id,
        copy.key.span_id,
        copy.key.started_us - YEAR_2000_US,
        copy.start_ns,
        copy.end_ns,
        span_number(wire.parent_id) if wire.parent_id else None,
        meaning.kind,
        short(wire.span_kind),
        meaning.status,
        copy.flags,
        len(wire.raw),
        copy.sent_by,
        *(usage_columns(meaning.usage) if meaning.usage else NO_USAGE),
        signed,
        reported_cost(meaning.reported_cost),
        *texts(*said_by(wire, meaning)),
        meaning.error_class,
        meaning.session_rung,
        meaning.discarded,
        [UUID(bytes=trace_id) for trace_id in meaning.linked_traces[:MOST_LINKS]] or None,
        Jsonb(meaning.dimensions) if meaning.dimensions else None,
        copy.version,
        copy.envelope,
        pack_payload(wire.raw, meaning),
    )


def said_by(wire: WireSpan, meaning: Meaning) -> tuple[str, ...]:
    """The text columns of FACTS but the last, in their order."""
    return (
        wire.name,
        wire.scope.service,
        wire.scope.name,
        meaning.agent,
        meaning.model,
        meaning.provider,
        meaning.tool,
        meaning.tool_call_id,
        meaning.session,
        meaning.user,
        meaning.response_id,
        meaning.error_type,
        meaning.service_tier,
        meaning.agent_version,
        meaning.environment,
        meaning.outcome,
    )


def log_row(project_id: int, log: WireLog, meaning: Meaning, envelope: bytes) -> Row:
    """The values of LOG. The digest makes a resent record the same row."""
    time_ns = min(max(log.time_ns, 0), LAST_NS)
    return (
        UUID(bytes=log.trace_id or NO_TRACE),
        project_id,
        UUID(bytes=log_digest(log, envelope)),
        moment(time_ns // 1000),
        time_ns,
        span_number(log.span_id) if log.span_id else None,
        *texts(log.event_name),
        Jsonb(facts) if (facts := facts_of(meaning)) else None,
        envelope,
        pack_payload(log.raw, meaning),
        log.scope.sent_by,
    )


def log_digest(log: WireLog, envelope: bytes) -> bytes:
    """16 bytes that tell a log record from all others; `envelope` is the digest of its own."""
    return blake2b(log.raw, digest_size=16, person=envelope).digest()


def texts(*said: str) -> tuple[str, ...]:
    """Texts that their columns can hold. Nearly always all can, which is quick to see at once."""
    together = "".join(said)
    is_fine = together.isascii() and "\0" not in together and len(together) <= LONGEST_COLUMN
    return said if is_fine else tuple(map(clean, said))


def clean(said: str) -> str:
    """Cut at LONGEST_COLUMN, without NUL and lone surrogates, which Postgres refuses."""
    kept = said[:LONGEST_COLUMN].replace("\0", "\ufffd")
    return kept.encode("utf-8", "replace").decode()


def usage_columns(usage: Usage) -> tuple[int | None, ...]:
    """The counts and the rule; a number that can be none becomes "not reported"."""
    counts = (
        *(usage.input, usage.output, usage.cache_read, usage.cache_write, usage.reasoning),
        *(usage.cache_write_1h, usage.audio_input, usage.audio_output),
    )
    searches = usage.web_searches
    return (
        *[n if n is not None and 0 <= n <= LAST_NS else None for n in counts],
        searches if searches is not None and 0 <= searches <= MOST_SEARCHES else None,
        usage.rule,
    )


def short(number: int) -> int:
    """The nearest number that a smallint holds."""
    return min(max(number, FEWEST_SHORT), MOST_SHORT)


def reported_cost(usd: Decimal | None) -> Decimal | None:
    """A cost, None where it is no amount of money."""
    return usd if usd is not None and usd.is_finite() and 0 <= usd < USD_END else None
