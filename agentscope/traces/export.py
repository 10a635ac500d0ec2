"""The spans of a trace as they were sent, in groups of one resource and scope."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from django.db import connection
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan

from agentscope.traces.models import Envelope
from agentscope.traces.payload import unpack_payload

GROUP = 500  # spans in one ResourceSpans at most, so that memory stays bounded

# Of a span that came in several copies the one that the tree shows.
WINNERS = """
select envelope, body from (
    select distinct on (span_id) span_id, started_at from span
    where trace_id = %s and project_id = %s order by span_id, version desc
) as winner
join span_payload using (span_id, started_at)
where trace_id = %s and project_id = %s
order by envelope, started_at, span_id
"""


def exported_spans(project_id: int, trace_id: UUID) -> Iterator[ResourceSpans]:
    """ResourceSpans with at most GROUP spans each: together the whole trace, lossless."""
    with connection.cursor() as cursor:
        cursor.execute(WINNERS, [trace_id, project_id] * 2)
        for digest, rows in groupby(iter(cursor.fetchone, None), key=lambda row: row[0]):
            envelope = envelope_of(project_id, digest)
            bodies = (bytes(body) for _, body in rows)
            yield from groups(envelope, bodies)


def envelope_of(project_id: int, digest: UUID) -> bytes:
    """The resource and scope with this digest; an empty one if retention took it."""
    found = Envelope.objects.filter(project_id=project_id, digest=digest).first()
    return bytes(found.body) if found else b""


def groups(envelope: bytes, bodies: Iterator[bytes]) -> Iterator[ResourceSpans]:
    """One envelope around GROUP spans at a time."""
    group = new_group(envelope)
    for body in bodies:
        spans = group.scope_spans[0].spans
        if len(spans) == GROUP:
            yield group
            group = new_group(envelope)
            spans = group.scope_spans[0].spans
        spans.append(ProtoSpan.FromString(unpack_payload(body).raw))
    yield group


def new_group(envelope: bytes) -> ResourceSpans:
    """An envelope that has a place for spans."""
    group: ResourceSpans = ResourceSpans.FromString(envelope)
    if not group.scope_spans:
        group.scope_spans.add()
    return group
