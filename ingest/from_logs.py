"""Spans of coding agents that write log records only: turn → model call → tool.

Claude Code, Codex and Gemini CLI can be told to send logs without traces. Their records then have
no trace id, and each that stands for a turn, a model call or a tool becomes a span. Ids are digests
of what the record says, so a record that comes again gives the same span. A record with a trace id
belongs to a span that its agent writes itself: nothing is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as ProtoStatus

from agentscope.traces.clocks import LAST_NS
from agentscope.vocabulary import Flag, Kind, Meaning, Status, UsageRule, Value, WireLog, WireSpan
from ingest.reading.fields import say_resource
from ingest.reading.own_words import coding_agent
from ingest.reading.scalars import number, text

Logs = list[tuple[WireLog, Meaning]]
Spans = list[tuple[WireSpan, Meaning]]

TURNS = ("prompt.id", "turn.id", "prompt_id")  # attributes that name a turn, where one does
DURATIONS = ("duration_ms",)  # a record is written when what it tells of is over
MADE = {Kind.AGENT: "turn", Kind.LLM: "call", Kind.TOOL: "tool"}
TRACE_SIZE, SPAN_SIZE = 16, 8  # bytes of ids
SpanKind = Span.SpanKind
NS_PER_MS = 10**6


def with_spans(records: Iterable[tuple[WireLog, Meaning]]) -> tuple[Spans, Logs]:
    """The spans to be made of some records, and the records, with the ids of these spans."""
    spans: Spans = []
    logs: Logs = []
    for record, meaning in records:
        agent, _ = ("", "") if record.trace_id else coding_agent(record)
        session = meaning.session or resource_session(record)
        if agent and session:
            record = identified(record, meaning, (agent, session))
            if meaning.kind in MADE:
                spans.append(span_of(record, meaning))
        logs.append((record, meaning))
    return spans, logs


def resource_session(record: WireLog) -> str:
    """The session that the resource names."""
    return text(record.scope.resource.get("session.id")) or ""


def identified(record: WireLog, meaning: Meaning, session: tuple[str, str]) -> WireLog:
    """The record with the trace of its turn, or of its session where turns have no names, and with
    the span that it tells of."""
    turn = turn_of(record)
    trace_id = digest(TRACE_SIZE, *session, turn)
    if meaning.kind is Kind.AGENT:
        said = turn or record.raw.hex()
    elif meaning.tool_call_id:  # also of records that only decide about the call
        return replace(
            record, trace_id=trace_id, span_id=digest(SPAN_SIZE, "tool", meaning.tool_call_id)
        )
    else:
        said = "" if meaning.error_type else meaning.response_id
        said = said or record.raw.hex()
    part = MADE.get(meaning.kind)
    return replace(
        record, trace_id=trace_id, span_id=digest(SPAN_SIZE, part, said) if part else b""
    )


def turn_of(record: WireLog) -> str:
    """The name of the turn, empty if there is none."""
    return next((said for key in TURNS if (said := text(record.attributes.get(key)))), "")


def digest(size: int, *said: str) -> bytes:
    """An id that is the same for the same texts."""
    joined = b"\0".join(each.encode("utf-8", "replace") for each in said)
    return blake2b(joined, digest_size=size, person=b"from logs").digest()


def span_of(record: WireLog, meaning: Meaning) -> tuple[WireSpan, Meaning]:
    """The span that a record stands for, ended when it was written."""
    end = min(max(record.time_ns, 1), LAST_NS)
    turn = turn_of(record)
    is_turn = meaning.kind is Kind.AGENT
    kind = SpanKind.SPAN_KIND_CLIENT if meaning.kind is Kind.LLM else SpanKind.SPAN_KIND_INTERNAL
    parent = digest(SPAN_SIZE, MADE[Kind.AGENT], turn) if turn and not is_turn else b""
    sent = Span(
        trace_id=record.trace_id,
        span_id=record.span_id,
        parent_span_id=parent,
        name=name_of(meaning),
        kind=kind,
        start_time_unix_nano=end if is_turn else max(end - duration_ns(record.attributes), 1),
        end_time_unix_nano=end,
        attributes=LogRecord.FromString(record.raw).attributes,
    )
    if meaning.status is Status.ERROR:
        sent.status.code = ProtoStatus.STATUS_CODE_ERROR
        sent.status.message = meaning.error_message
    return wire_span(sent, record), of_span(meaning, record)


def name_of(meaning: Meaning) -> str:
    """The name that the GenAI conventions give to such a span."""
    named = {
        Kind.AGENT: ("invoke_agent", meaning.agent),
        Kind.LLM: ("chat", meaning.model),
        Kind.TOOL: ("execute_tool", meaning.tool),
    }
    return " ".join(named[meaning.kind]).strip()


def duration_ns(attributes: dict[str, Value]) -> int:
    """How long it took, 0 if the record does not say."""
    found = (number(attributes.get(key)) for key in DURATIONS)
    ms = next((amount for amount in found if amount is not None), 0)
    return int(min(max(ms * NS_PER_MS, 0), LAST_NS))


def wire_span(sent: Span, record: WireLog) -> WireSpan:
    """A span of ours as if it had been sent."""
    return WireSpan(
        trace_id=sent.trace_id,
        span_id=sent.span_id,
        parent_id=sent.parent_span_id,
        name=sent.name,
        span_kind=sent.kind,
        start_ns=sent.start_time_unix_nano,
        end_ns=sent.end_time_unix_nano,
        status_code=sent.status.code,
        status_message=sent.status.message,
        attributes=record.attributes,
        events=[],
        scope=record.scope,
        raw=sent.SerializeToString(deterministic=True),
        flags=Flag.FROM_LOGS,
    )


def of_span(meaning: Meaning, record: WireLog) -> Meaning:
    """What the record means, said of its span."""
    found = replace(meaning, flags=meaning.flags | Flag.FROM_LOGS)
    if found.usage:
        found.usage = replace(found.usage, rule=found.usage.rule | UsageRule.FROM_LOG)
    say_resource(found, record.scope.resource)
    return found
