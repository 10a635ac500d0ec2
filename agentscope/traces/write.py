"""Storing spans and log records: binary COPY, and a slower way round for what came before.

Every writer goes through its rows in one order (time, trace, id) and marks the traces last, in
order of their ids. So two that store the same spans wait for each other, but never in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import tee

from django.db import connection, transaction
from psycopg.errors import UniqueViolation
from psycopg.types.string import BytesBinaryDumper

from agentscope.traces.due import Seen, mark_due
from agentscope.traces.envelopes import remember_envelopes
from agentscope.traces.merge import SpanCopy, first_made, merge, span_copy
from agentscope.traces.partitions import cover
from agentscope.traces.rows import FACTS, KEY, LOG, REST, Columns, Row, log_row, span_rows
from agentscope.vocabulary import Flag, Meaning, WireLog, WireSpan

MARK = int(Flag.CONFLICT)
NEWER = "excluded.version > kept.version"
CONFLICT = f"""(excluded.flags & {MARK} > 0 or kept.flags & {MARK} > 0
    or excluded.end_ns > 0 and kept.end_ns > 0 and excluded.version <> kept.version)"""
ORDER = "order by started_at, trace_id, span_id"

TIME, SENDER = (list(LOG).index(name) for name in ("time_ns", "sent_by"))

# Postgres' `least` passes over null, as merge.first_made does.
SENT_BY = "least(kept.sent_by, excluded.sent_by)"
IS_OLDER = f"{SENT_BY} is distinct from kept.sent_by"
# The law of merge.py in SQL. A row that lost is left alone, unless it makes a conflict or an older
# key known; the payload goes with the row that is kept.
MERGE = f"""
with merged as (
    insert into span as kept ({", ".join((*KEY, *FACTS))})
    select {", ".join((*KEY, *FACTS))} from staged_span {ORDER}
    on conflict ({", ".join(KEY)}) do update set
        {
    ", ".join(
        f"{c} = case when {NEWER} then excluded.{c} else kept.{c} end"
        for c in FACTS
        if c not in ("flags", "sent_by")
    )
},
        sent_by = {SENT_BY},
        flags = (case when {NEWER} then excluded.flags else kept.flags end)
            | (case when {CONFLICT} then {MARK} else 0 end)
    where {NEWER} or {CONFLICT} and kept.flags & {MARK} = 0 or {IS_OLDER}
    returning {", ".join(KEY)}, version
)
insert into span_payload as kept ({", ".join((*KEY, *REST))})
select {", ".join((*KEY, *REST))} from staged_span join merged using ({", ".join(KEY)}, version)
{ORDER}
on conflict ({", ".join(KEY)}) do update set envelope = excluded.envelope, body = excluded.body
"""  # noqa: S608 — names of columns and numbers only
STAGE_SPANS = """
create temporary table staged_span on commit drop as
select span.*, envelope, body from span, span_payload with no data
"""
STAGE_LOGS = "create temporary table staged_log on commit drop as table span_log with no data"
MERGE_LOGS = f"""
insert into span_log as kept ({", ".join(LOG)})
select {", ".join(LOG)} from staged_log order by logged_at, trace_id, digest
on conflict (trace_id, project_id, digest, logged_at) do update set sent_by = {SENT_BY}
where {IS_OLDER}
"""  # noqa: S608 — names of columns only


def save_spans(project_id: int, spans: Sequence[tuple[WireSpan, Meaning]]) -> None:
    """Store spans, each as one row however often it came, and make their traces due.

    Runs in the caller's transaction. Odd values are cut, clamped or left out of the columns, never
    refused. Raises only what the database raises (and then the transaction is to be given up).
    """
    mark_due(project_id, store_spans(project_id, spans))


def store_spans(project_id: int, spans: Sequence[tuple[WireSpan, Meaning]]) -> list[Seen]:
    """The rows of some spans; what they say of the bounds of their traces, to be marked due."""
    if not spans:
        return []
    digests = remember_envelopes(project_id, [wire.scope for wire, _ in spans])
    copies = [span_copy(wire, said, digests[id(wire.scope)]) for wire, said in spans]
    kept = merge(copies)
    cover(copy.start_ns for copy in kept)
    # Made while Postgres already loads the first of them, and kept for those who need them again.
    facts, rest, again = tee(span_rows(project_id, kept), 3)
    load_or_merge(lambda: copy_spans(facts, rest), lambda: merge_spans(again))
    return [seen(copy) for copy in copies]


def seen(copy: SpanCopy) -> Seen:
    """What a copy says about the bounds of its trace."""
    return copy.wire.trace_id, copy.start_ns, max(copy.start_ns, copy.end_ns)


def copy_spans(facts: Iterable[Row], rest: Iterable[Row]) -> None:
    """Straight into the tables, which is nearly always possible. Given the same rows twice."""
    key, end = len(KEY), len(KEY) + len(FACTS)
    copy_rows("span", KEY | FACTS, (row[:end] for row in facts))
    copy_rows("span_payload", KEY | REST, (row[:key] + row[end:] for row in rest))


def merge_spans(rows: Iterable[Row]) -> None:
    """Through a staging table, because some of the spans are there already."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE_SPANS)
        copy_rows("staged_span", KEY | FACTS | REST, rows)
        cursor.execute(MERGE)
        cursor.execute("drop table staged_span")


def save_logs(project_id: int, logs: Sequence[tuple[WireLog, Meaning]]) -> None:
    """Store log records; one that came before is the same row.

    Their traces become due, so that whatever is read out of records is there whichever came first,
    the span or the record. A record of no trace is kept under the id that no trace can have.
    """
    mark_due(project_id, store_logs(project_id, logs))


def save_records(
    project_id: int,
    spans: Sequence[tuple[WireSpan, Meaning]],
    logs: Sequence[tuple[WireLog, Meaning]],
) -> None:
    """The same for log records and the spans that were made of them: their traces are marked
    together, in order, so that two writers never wait for each other in a circle."""
    mark_due(project_id, store_spans(project_id, spans) + store_logs(project_id, logs))


def store_logs(project_id: int, logs: Sequence[tuple[WireLog, Meaning]]) -> list[Seen]:
    """The rows of some log records, likewise."""
    if not logs:
        return []
    digests = remember_envelopes(project_id, [log.scope for log, _ in logs])
    rows = [log_row(project_id, log, said, digests[id(log.scope)]) for log, said in logs]
    rows = sorted(kept_logs(rows).values(), key=log_key)
    cover(row[TIME] for row in rows)
    load_or_merge(lambda: copy_rows("span_log", LOG, rows), lambda: merge_logs(rows))
    return [(row[0].bytes, row[TIME], row[TIME]) for row in rows if row[0].int]


def kept_logs(rows: Iterable[Row]) -> dict[Row, Row]:
    """The row of each record, by log_key. Those of one record differ in who sent it alone."""
    kept: dict[Row, Row] = {}
    for row in rows:
        key = log_key(row)
        other = kept.get(key)
        kept[key] = row if other is None else older(row, other)
    return kept


def older(one: Row, other: Row) -> Row:
    """The row that was sent by the key that was made first."""
    return one if first_made(one[SENDER], other[SENDER]) == one[SENDER] else other


def log_key(row: Row) -> Row:
    """What tells log records apart, in the order that every writer goes by."""
    trace_id, _, digest, logged_at = row[:4]
    return logged_at, trace_id, digest


def merge_logs(rows: Sequence[Row]) -> None:
    """Through a staging table, because some of the records are there already."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE_LOGS)
        copy_rows("staged_log", LOG, rows)
        cursor.execute(MERGE_LOGS)
        cursor.execute("drop table staged_log")


def copy_rows(table: str, columns: Columns, rows: Iterable[Row]) -> None:
    """Load rows in Postgres' binary format. Raises UniqueViolation and then has stored none."""
    sql = f"copy {table} ({', '.join(columns)}) from stdin (format binary)"
    with connection.cursor() as cursor:
        cursor.adapters.register_dumper(bytes, BytesBinaryDumper)  # psycopg's own also takes Binary
        with cursor.copy(sql) as copy:
            copy.set_types(list(columns.values()))
            for row in rows:
                copy.write_row(row)


def load_or_merge(load: Callable[[], None], merge: Callable[[], None]) -> None:
    """Try the quick way; if a row is there already, undo it and go the other."""
    try:
        with transaction.atomic():
            load()
    except UniqueViolation:
        merge()
