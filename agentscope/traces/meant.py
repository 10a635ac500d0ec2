"""What one stored span means, read again from what was sent: its own self and its log records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agentscope.traces.detail import SpanDetail
from agentscope.traces.envelopes import bodies
from agentscope.traces.ids import span_number
from agentscope.traces.payload import unpack_payload
from agentscope.traces.understood import Understood, understanding
from agentscope.vocabulary import Flag, Meaning


@dataclass(slots=True, frozen=True)
class Meant:
    """What a span means, and what its log records say of it, each with its event name, in order
    of time."""

    span: Meaning
    told: list[tuple[str, Meaning]] = field(default_factory=list)


def meant(detail: SpanDetail, trial: Sequence[tuple[str, str]] = ()) -> Meant:
    """What a span means to its project now, with mappings (attribute, field) that are only tried.

    One that was made of log records is made again; if none would be made, it means nothing.
    """
    reader = understanding(detail.span.project_id, trial)
    stored = records(detail)
    spans, logs = reader.logs(stored) if stored else ([], [])
    told = [(record.event_name, meaning) for record, meaning in logs]
    if not detail.span.flags & Flag.FROM_LOGS:
        return Meant(own(detail, reader), told)
    made = [said for wire, said in spans if span_number(wire.span_id) == detail.span.span_id]
    # Of several records that make it, the last one counts: see merge.py.
    return Meant((made or [said for _, said in spans] or [Meaning()])[-1], told)


def own(detail: SpanDetail, reader: Understood) -> Meaning:
    """What a span says that was sent."""
    return reader.span(detail.raw, detail.envelope)[1]


def records(detail: SpanDetail) -> list[tuple[bytes, bytes, int | None]]:
    """The log records of a span, with their envelopes and who sent them. One query, or none."""
    logs = [each.log for each in detail.logs]
    found = bodies(detail.span.project_id, {log.envelope for log in logs}) if logs else {}
    return [
        (unpack_payload(bytes(log.body)).raw, found.get(log.envelope, b""), log.sent_by)
        for log in logs
    ]
