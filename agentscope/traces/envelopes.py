"""Resources with their scopes, each kept once however many spans it wrote."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from uuid import UUID

from django.db import connection

from agentscope.traces.models import Envelope
from agentscope.vocabulary import WireScope

SIZE = 16  # bytes of a digest: it is stored as a uuid

# Asking first keeps two writers from waiting for each other: an insert that finds its row there
# would still lock it until its transaction ends.
MISSING = """
select digest from unnest(%s::uuid[]) as digest where not exists (
    select 1 from envelope e
    where e.project_id = %s and e.digest = digest.digest and e.seen_on >= current_date)
order by digest
"""
INSERT = """
insert into envelope (project_id, digest, body, seen_on)
select %s, digest, body, current_date
from unnest(%s::uuid[], %s::bytea[]) as seen (digest, body) order by digest
on conflict (project_id, digest) do update set seen_on = excluded.seen_on
"""

# Asked for a few traces: what they name is found by the keys of these tables.
OF_TRACES = """
select envelope from span_payload
where project_id = %(project)s and trace_id = any(%(traces)s::uuid[])
union
select envelope from span_log
where project_id = %(project)s and trace_id = any(%(traces)s::uuid[])
"""


def remember_envelopes(project_id: int, scopes: Iterable[WireScope]) -> dict[int, bytes]:
    """Store the envelopes that are new today; the digest of each, by the `id()` of its scope.

    All spans of one ScopeSpans share their scope object, so each is hashed once. `seen_on` tells
    retention which are still in use.
    """
    shared = {id(scope): scope for scope in scopes}
    digests = {at: digest(scope.envelope) for at, scope in shared.items()}
    bodies = {digests[at]: scope.envelope for at, scope in shared.items()}
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [[found.hex() for found in bodies], project_id])
        if new := [row[0].bytes for row in cursor.fetchall()]:
            found = [bodies[each] for each in new]
            cursor.execute(INSERT, [project_id, [each.hex() for each in new], found])
    return digests


def digest(envelope: bytes) -> bytes:
    """What an envelope is known by."""
    return blake2b(envelope, digest_size=SIZE).digest()


def envelope_of(project_id: int, digest: UUID) -> bytes:
    """The resource and scope with this digest as protobuf; an empty one if retention took it."""
    found = Envelope.objects.filter(project_id=project_id, digest=digest).first()
    return bytes(found.body) if found else b""


def bodies(project_id: int, digests: set[UUID]) -> dict[UUID, bytes]:
    """Envelopes by their digests, without those that retention took."""
    found = Envelope.objects.filter(project_id=project_id, digest__in=digests)
    return {digest: bytes(body) for digest, body in found.values_list("digest", "body")}


def named_by(project_id: int, traces: Iterable[UUID]) -> set[UUID]:
    """The digests of all envelopes that some traces name."""
    with connection.cursor() as cursor:
        ids = [each.hex for each in traces]
        cursor.execute(OF_TRACES, {"project": project_id, "traces": ids})
        return {digest for (digest,) in cursor.fetchall() if digest}
