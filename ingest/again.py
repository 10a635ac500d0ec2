"""Stored records understood again, by the dialects and wishes of today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from agentscope.projects.mappings import wishes_of
from agentscope.vocabulary import Meaning, WireLog, WireScope, WireSpan
from ingest.from_logs import with_spans
from ingest.otlp import wire_log, wire_scope, wire_span
from ingest.own import understanding
from ingest.values import ValueReader


class Stored:
    """How one project understands stored records now. Each scope is read once."""

    def __init__(self, project_id: int, trial: Sequence[tuple[str, str]]) -> None:
        wishes = wishes_of(project_id)
        self.understanding = understanding(
            replace(wishes, mappings=(*trial, *wishes.mappings)) if trial else wishes
        )
        self.reader = ValueReader()
        self.scopes: dict[tuple[bytes, int | None], WireScope] = {}

    def span(self, raw: bytes, envelope: bytes) -> tuple[WireSpan, Meaning]:
        """A span and what it means."""
        wire = wire_span(Span.FromString(raw), self.scope(envelope), self.reader, 0)
        return wire, self.understanding.span(wire)

    def logs(
        self, stored: Iterable[tuple[bytes, bytes, int | None]]
    ) -> tuple[list[tuple[WireSpan, Meaning]], list[tuple[WireLog, Meaning]]]:
        """Log records, given with their envelopes and by whom they were sent, and what they mean;
        first the spans that are made of them."""
        records = (
            wire_log(LogRecord.FromString(raw), self.scope(envelope, sent_by), self.reader)
            for raw, envelope, sent_by in stored
        )
        return with_spans((record, self.understanding.log(record)) for record in records)

    def scope(self, envelope: bytes, sent_by: int | None = None) -> WireScope:
        """The scope of a stored envelope. One that retention took away says nothing."""
        if (envelope, sent_by) not in self.scopes:
            outer = ResourceSpans.FromString(envelope)
            inner = outer.scope_spans[0] if outer.scope_spans else ScopeSpans()
            resource = self.reader.attributes(outer.resource.attributes)
            found = wire_scope(outer, inner, resource, self.reader, sent_by)
            self.scopes[envelope, sent_by] = found
        return self.scopes[envelope, sent_by]


def understand_stored(project_id: int, trial: Sequence[tuple[str, str]] = ()) -> Stored:
    """How a project understands stored records, with mappings (attribute, field) that are only
    tried before its own. See agentscope/traces/again.py."""
    return Stored(project_id, trial)
