"""What a trace is made of as it was sent, in groups of one resource and scope."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import connection
from opentelemetry.proto.logs.v1.logs_pb2 import ResourceLogs
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from agentscope.traces.envelopes import envelope_of
from agentscope.traces.payload import unpack_payload

GROUP = 500  # records in one group at most, so that memory stays bounded

# Of a span that came in several copies the one that the tree shows.
SPANS = """
select envelope, body from (
    select distinct on (span_id) span_id, started_at from span
    where trace_id = %s and project_id = %s order by span_id, version desc
) as winner
join span_payload using (span_id, started_at)
where trace_id = %s and project_id = %s
order by envelope, started_at, span_id
"""
LOGS = """
select envelope, body from span_log
where trace_id = %s and project_id = %s and body <> ''
order by envelope, time_ns, digest
"""


def exported_spans(project_id: int, trace_id: UUID) -> Iterator[ResourceSpans]:
    """Groups of at most GROUP spans each: together the whole trace, lossless."""
    for envelope, bodies in stored(SPANS, project_id, [trace_id, project_id] * 2):
        group = ResourceSpans.FromString(envelope)
        scope = group.scope_spans[0] if group.scope_spans else group.scope_spans.add()
        for raw in bodies:
            scope.spans.add().ParseFromString(raw)
        yield group


def exported_logs(project_id: int, trace_id: UUID) -> Iterator[ResourceLogs]:
    """The same for log records. On the wire an envelope of spans is one of log records too."""
    for envelope, bodies in stored(LOGS, project_id, [trace_id, project_id]):
        group = ResourceLogs.FromString(envelope)
        scope = group.scope_logs[0] if group.scope_logs else group.scope_logs.add()
        for raw in bodies:
            scope.log_records.add().ParseFromString(raw)
        yield group


def stored(
    query: str, project_id: int, parameters: list[Any]
) -> Iterator[tuple[bytes, Iterator[bytes]]]:
    """Envelopes, each with GROUP records at a time. A cursor of the server, so that the rows of a
    large trace are never all in memory.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        for digest, rows in groupby(cursor, key=lambda row: row[0]):
            envelope = envelope_of(project_id, digest)
            raws = (unpack_payload(bytes(body)).raw for _, body in rows)
            while group := list(islice(raws, GROUP)):
                yield envelope, iter(group)
