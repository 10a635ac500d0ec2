"""Redacting stored spans, log records and envelopes, each as if it had been redacted when it came.

A record whose bytes change is understood again, so that its columns and its signature are those of
what is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.step import Step
from agentscope.traces.again import (
    BATCH,
    LOGS,
    SELECT_LOGS,
    SELECT_SPANS,
    SPANS,
    Place,
    StoredSpan,
    rows_behind,
)
from agentscope.traces.envelopes import bodies, named_by, remember_envelopes
from agentscope.traces.merge import Key, SpanCopy, span_copy
from agentscope.traces.models import Envelope
from agentscope.traces.payload import unpack_payload
from agentscope.traces.retold import StoredLog, renew
from agentscope.traces.rewrite import replace_spans
from agentscope.traces.understood import Logs, Spans, Understood, understanding
from agentscope.vocabulary import Flag, Meaning, WireSpan

Clean = tuple[StoredSpan, WireSpan, Meaning]


def spans(step: Step, place: Any) -> Any:
    """The next spans, but for those that are made of log records: these come with them."""
    at = Place.of(place) if place else Place.start(SPANS)
    found = [StoredSpan(*row) for row in rows_behind(SELECT_SPANS, step.job, at)]
    staying = step.staying(found, lambda each: each.trace_id)
    envelopes = bodies(step.project_id, {each.envelope for each in staying if each.envelope})
    clean = (
        redacted(each, envelopes.get(each.envelope), step)
        for each in staying
        if each.envelope and not each.flags & Flag.FROM_LOGS
    )
    changed, held = step.apart(filter(None, clean), lambda each: each[0].trace_id)
    step.job.done += len(found)
    step.add(read_spans=len(staying), changed_spans=len(changed), held_spans=held)
    if changed and not step.is_preview:
        new = copies(step.project_id, changed, envelopes)
        step.touched = step.touched.and_(replace_spans(step.project_id, new))
    return at.behind(found[-1].key).cursor() if len(found) == BATCH else None


def redacted(stored: StoredSpan, envelope: bytes | None, step: Step) -> Clean | None:
    """A span as it is to be, with what that means; None if it stays as it is."""
    before = unpack_payload(bytes(stored.body or b"")).raw
    cleaner = step.cleaner_of(stored.trace_id)
    raw, around = cleaner.span(before), cleaner.envelope(envelope or b"")
    if raw == before and around == (envelope or b""):
        return None
    return stored, *step.reader.span(raw, around)


def copies(
    project_id: int, changed: Iterable[Clean], envelopes: dict[UUID, bytes]
) -> list[tuple[SpanCopy, bytes]]:
    """The copies to be stored, each with the version of the one in whose place it comes. An
    envelope that retention took stays named as it was."""
    clean = list(changed)
    scopes = [wire.scope for stored, wire, _ in clean if stored.envelope in envelopes]
    digests = remember_envelopes(project_id, scopes)
    return [
        (copy_of(stored, wire, meaning, digests.get(id(wire.scope))), bytes(stored.version))
        for stored, wire, meaning in clean
    ]


def copy_of(
    stored: StoredSpan, wire: WireSpan, meaning: Meaning, envelope: bytes | None
) -> SpanCopy:
    """A copy under the key of the stored span."""
    kept = stored.envelope.bytes if stored.envelope else b""
    copy = span_copy(replace(wire, trace_id=stored.trace_id.bytes), meaning, envelope or kept)
    copy.start_ns, copy.end_ns = stored.start_ns, stored.end_ns
    copy.key = Key(stored.start_ns // 1000, stored.trace_id.bytes, stored.span_id)
    return copy


class Redacting:
    """How records are understood without what is to be replaced in them: traces.Understood."""

    def __init__(self, reader: Understood, cleaner: Cleaner) -> None:
        self.reader = reader
        self.cleaner = cleaner

    def span(self, raw: bytes, envelope: bytes) -> tuple[WireSpan, Meaning]:
        """A span and what it means."""
        return self.reader.span(self.cleaner.span(raw), self.cleaner.envelope(envelope))

    def logs(self, stored: Iterable[tuple[bytes, bytes, int | None]]) -> tuple[Spans, Logs]:
        """Log records, and the spans that are made of them."""
        clean = self.cleaner
        return self.reader.logs(
            (clean.log(raw), clean.envelope(around), sent_by) for raw, around, sent_by in stored
        )


def logs(step: Step, place: Any) -> Any:
    """The next log records, and the spans that are made of them. Of a record the key changes with
    what it says, and so may that of its span."""
    at = Place.of(place) if place else Place.start(LOGS)
    found = [StoredLog(*row) for row in rows_behind(SELECT_LOGS, step.job, at)]
    staying = step.staying(found, lambda each: each.trace_id)
    envelopes = bodies(step.project_id, {each.envelope for each in staying})
    other = (each for each in staying if says_other(each, envelopes.get(each.envelope, b""), step))
    changed, held = step.apart(other, lambda each: each.trace_id)
    step.add(read_logs=len(staying), changed_logs=len(changed), held_logs=held)
    if changed and not step.is_preview:
        reader = Redacting(understanding(step.project_id), Cleaner(step.cleaner.redactor))
        for written in renew(step.project_id, changed, reader):
            step.touched = step.touched.and_(written)
    return at.behind(found[-1].key).cursor() if len(found) == BATCH else None


def says_other(stored: StoredLog, envelope: bytes, step: Step) -> bool:
    """Whether there is anything to replace in a record, or around it."""
    raw = unpack_payload(bytes(stored.body)).raw
    cleaner = step.cleaner_of(stored.trace_id)
    return (cleaner.log(raw), cleaner.envelope(envelope)) != (raw, envelope)


def envelopes(step: Step, place: Any) -> Any:
    """The next envelopes: those with something to replace go, as nothing has them any more but
    what is held."""
    rows = Envelope.objects.filter(project_id=step.project_id)
    if place:
        rows = rows.filter(digest__gt=UUID(place))
    found = list(rows.order_by("digest").values_list("digest", "body")[:BATCH])
    held = named_by(step.project_id, step.held) if step.held else set()
    free = [(digest, bytes(body)) for digest, body in found if digest not in held]
    gone = [digest for digest, body in free if step.cleaner.resource(body) != body]
    if gone and not step.is_preview:
        rows.filter(digest__in=gone).delete()
    return str(found[-1][0]) if len(found) == BATCH else None
