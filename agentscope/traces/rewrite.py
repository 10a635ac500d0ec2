"""Writing what stored spans and log records mean now in place of what they meant before.

Only what was understood is written, never what was sent. A row is touched only if it is still the
copy that was read and something changed, so that a newer copy wins and a second run changes
nothing. Rows are locked in the order that every writer goes by: see write.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from agentscope.traces.clocks import moment
from agentscope.traces.due import Seen, mark_due
from agentscope.traces.merge import SpanCopy
from agentscope.traces.rows import FACTS, KEY, LOG, REST, Columns, Row, span_rows
from agentscope.traces.write import STAGE_LOGS, STAGE_SPANS, copy_rows
from agentscope.vocabulary import Flag

SENT = (
    "start_ns end_ns parent_id span_kind flags payload_bytes sent_by name service scope version"
).split()
UNDERSTOOD = [column for column in FACTS if column not in SENT]
# Flags that come from understanding a span; the others are of how it was sent and stored.
SAID = int(
    Flag.REDACTED
    | Flag.TRUNCATED
    | Flag.CACHED_ANSWER
    | Flag.ADDITIVE
    | Flag.ROLL_UP
    | Flag.GRAPH
    | Flag.SILENT_FAILURE
    | Flag.EVALUATION
    | Flag.EMPTY_RESULT
    | Flag.CUT_ANSWER
)
ALL = (1 << 31) - 1
KEYS = " and ".join(f"kept.{column} = new.{column}" for column in KEY)
FLAGS = f"((kept.flags & {ALL & ~SAID}) | (new.flags & {SAID}))"
DAYS = "kept.{time} between %(first)s and %(last)s"  # looks into the days' partitions only
DAY = DAYS.format(time="started_at")


def writing(table: str, was: str, columns: Sequence[str], payload: Sequence[str]) -> str:
    """SQL that writes these columns of spans and their payloads from a table of staged ones, where
    the stored copy has the version that the column `was` names, and anything differs."""
    return f"""
with same as materialized (
    select new.* from {table} new join span kept on {KEYS} and kept.version = new.{was}
    where {DAY}
    order by kept.started_at, kept.trace_id, kept.span_id for update of kept
), facts as (
    update span kept set {taken(columns)}, flags = {FLAGS}
    from same new where {KEYS} and {DAY}
    and ({listed("kept", columns)}, kept.flags) is distinct from ({listed("new", columns)}, {FLAGS})
    returning kept.trace_id, kept.span_id
), payloads as (
    update span_payload kept set {taken(payload)}
    from same new where {KEYS} and {DAY}
    and ({listed("kept", payload)}) is distinct from ({listed("new", payload)})
    returning kept.trace_id, kept.span_id
)
select trace_id, span_id from facts union select trace_id, span_id from payloads
"""  # noqa: S608 — names of columns and numbers only


def listed(table: str, columns: Sequence[str]) -> str:
    """Columns of a table."""
    return ", ".join(f"{table}.{column}" for column in columns)


def taken(columns: Sequence[str]) -> str:
    """Assignments of the new values of columns."""
    return ", ".join(f"{column} = new.{column}" for column in columns)


REWRITE = writing("staged_span", "version", UNDERSTOOD, ["body"])
# Where what was sent is replaced as well: `was` is the version of the copy that was read.
REPLACED = [column for column in FACTS if column not in ("flags", "sent_by")]
REPLACE = writing("replaced_span", "was", REPLACED, ["envelope", "body"])
STAGE_REPLACED = """
create temporary table replaced_span on commit drop as
select span.*, envelope, body, version as was from span, span_payload with no data
"""
LOGGED_AT = list(LOG).index("logged_at")
LOG_KEY = ("trace_id", "project_id", "digest", "logged_at")
LOG_KEYS = " and ".join(f"kept.{column} = new.{column}" for column in LOG_KEY)
LOG_SAID = ("span_id", "event_name", "facts", "body")
REWRITE_LOGS = f"""
with same as materialized (
    select new.* from staged_log new join span_log kept on {LOG_KEYS}
    where {DAYS.format(time="logged_at")}
    order by kept.logged_at, kept.trace_id, kept.digest for update of kept
)
update span_log kept set {taken(LOG_SAID)}
from same new where {LOG_KEYS} and {DAYS.format(time="logged_at")}
and ({listed("kept", LOG_SAID)}) is distinct from ({listed("new", LOG_SAID)})
returning kept.trace_id, kept.digest
"""  # noqa: S608 — names of columns only
AGAIN = """
with due as (
    select trace_id from trace where project_id = %s and trace_id = any(%s)
    order by trace_id for update)
update trace set generation = generation + 1,
    examine_after = least(examine_after, statement_timestamp())
from due where trace.project_id = %s and trace.trace_id = due.trace_id
returning trace.trace_id
"""


@dataclass(slots=True)
class Rewritten:
    """How many rows changed, and of which traces; bounds of traces to which something was added."""

    rows: int = 0
    traces: set[UUID] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)

    def and_(self, other: Rewritten) -> Rewritten:
        """Both as one."""
        return Rewritten(self.rows + other.rows, self.traces | other.traces, self.seen + other.seen)


def rewrite_spans(project_id: int, copies: Sequence[SpanCopy]) -> Rewritten:
    """Store what spans mean now, of those that are still the same copy."""
    rows = list(span_rows(project_id, copies))
    times = [moment(copy.key.started_us) for copy in copies]
    return rewrite(STAGED_SPANS, rows, times)


def replace_spans(project_id: int, copies: Sequence[tuple[SpanCopy, bytes]]) -> Rewritten:
    """Store other copies of spans in place of those that are stored, each given with the version of
    the one that it stands for; where that is not stored any more, nothing is done."""
    made = span_rows(project_id, [copy for copy, _ in copies])
    rows = [(*row, was) for row, (_, was) in zip(made, copies, strict=True)]
    times = [moment(copy.key.started_us) for copy, _ in copies]
    return rewrite(STAGED_REPLACED, rows, times)


def rewrite_logs(rows: Sequence[Row]) -> Rewritten:
    """Store what log records, given as rows of the table, mean now, where they still are."""
    times = [row[LOGGED_AT] for row in rows]
    return rewrite(STAGED_LOGS, rows, times)


class Staged(NamedTuple):
    """Where rows wait to be compared: a table, how it is made, its columns; and what compares."""

    table: str
    stage: str
    columns: Columns
    sql: str


STAGED_SPANS = Staged("staged_span", STAGE_SPANS, KEY | FACTS | REST, REWRITE)
STAGED_REPLACED = Staged(
    "replaced_span", STAGE_REPLACED, KEY | FACTS | REST | {"was": "bytea"}, REPLACE
)
STAGED_LOGS = Staged("staged_log", STAGE_LOGS, LOG, REWRITE_LOGS)


def rewrite(staged: Staged, rows: Sequence[Row], times: Sequence[datetime]) -> Rewritten:
    """Stage some rows, of these times, and write those that differ."""
    if not rows:
        return Rewritten()
    with connection.cursor() as cursor:
        cursor.execute(staged.stage)
        copy_rows(staged.table, staged.columns, rows)
        cursor.execute(f"analyze {staged.table}")  # or it would be taken for a large table
        cursor.execute(staged.sql, {"first": min(times), "last": max(times)})
        changed = cursor.fetchall()
        cursor.execute(f"drop table {staged.table}")
    return Rewritten(len(changed), {trace_id for trace_id, _ in changed if trace_id.int})


def examine_again(project_id: int, changed: Rewritten) -> None:
    """Make traces due, in order. Nothing came, so that those that are known do not count as
    running; the others become known."""
    traces = changed.traces | {UUID(bytes=trace) for trace, _, _ in changed.seen}
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [project_id, sorted(traces), project_id])
        known = {trace_id.bytes for (trace_id,) in cursor.fetchall()}
    mark_due(project_id, [seen for seen in changed.seen if seen[0] not in known])
