"""Records are told to the ledger, many an entry, once their traces are settled: no examination
waits for that. One that changes later is told again; both digests stay."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.write import append
from agentscope.traces.ids import parse_span_id, parse_trace_id, span_hex

AT_ONCE = 1_000  # records of an entry, at most
DIGEST = 32  # bytes
NEXT = """
select r.project_id, r.trace_id, r.span_id, r.digest from decision_record r
join trace t using (trace_id, project_id)
where r.recorded is null and t.state <> 'running'
order by r.project_id, r.at, r.trace_id, r.span_id limit %s for update of r skip locked
"""
TOLD = """
update decision_record r set recorded = %s
from unnest(%s::uuid[], %s::bigint[]) as told (trace_id, span_id)
where r.project_id = %s and r.trace_id = told.trace_id and r.span_id = told.span_id
"""
WITHDRAWN = """
with gone as (
    delete from decision_record_withdrawn where (trace_id, project_id, span_id) in (
        select trace_id, project_id, span_id from decision_record_withdrawn
        order by project_id, trace_id, span_id limit %s for update skip locked)
    returning project_id, trace_id, span_id)
select *, ''::bytea from gone order by project_id, trace_id, span_id
"""
Key = tuple[UUID, int]  # trace and span


class Row(NamedTuple):
    """A record to tell of."""

    project_id: int
    trace_id: UUID
    span_id: int
    digest: bytes


def tell_records() -> int:
    """Tell of the next records, and of those that are none any more, in an entry of each for each
    project; how many they were."""
    with transaction.atomic():
        rows, gone = next_rows(NEXT), next_rows(WITHDRAWN)
        for project_id, found in groupby(rows, attrgetter("project_id")):
            some = list(found)
            entry = append(project_id, RECORDS, told_of(some))
            mark(entry.position, some)
        for project_id, found in groupby(gone, attrgetter("project_id")):
            append(project_id, RECORDS, withdrawn(list(found)))
    return len(rows) + len(gone)


def next_rows(sql: str) -> list[Row]:
    """The records to tell of next, by project."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [AT_ONCE])
        return [
            Row(project, trace, span, bytes(digest))
            for project, trace, span, digest in cursor.fetchall()
        ]


def told_of(rows: Sequence[Row]) -> dict[str, Any]:
    """What an entry says of records."""
    return {
        "what": f"{len(rows)} decision records were made, or made anew.",
        "records": list(map(id_of, rows)),
        "digests": b64encode(b"".join(row.digest for row in rows)).decode(),
    }


def withdrawn(rows: Sequence[Row]) -> dict[str, Any]:
    """What an entry says of records that are none any more."""
    what = f"{len(rows)} decision records were withdrawn: what came later tells otherwise."
    return {"what": what, "withdrawn": list(map(id_of, rows))}


def id_of(row: Row) -> str:
    """What a record is called in an entry."""
    return f"{row.trace_id.hex}/{span_hex(row.span_id)}"


def mark(position: int, rows: Sequence[Row]) -> None:
    """Note which entry tells of records of a project."""
    ids = [row.trace_id for row in rows], [row.span_id for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [position, *ids, rows[0].project_id])


def pairs(said: Mapping[str, Any]) -> Iterator[tuple[Key, bytes]]:
    """The records that an entry tells of, with their digests."""
    digests = b64decode(said.get("digests", ""))
    for at, record in enumerate(said.get("records", ())):
        yield key_of(record), digests[DIGEST * at : DIGEST * (at + 1)]


def key_of(written: str) -> Key:
    """What `id_of` wrote."""
    trace, span = written.split("/")
    return parse_trace_id(trace), parse_span_id(span)
