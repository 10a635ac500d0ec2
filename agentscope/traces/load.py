"""Reading all spans of one trace, with what their log records say of them: what the tree is grown
from. Never the payload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from psycopg import Cursor
from psycopg.rows import tuple_row

from agentscope.traces.cached import mark_cached
from agentscope.traces.spans import COLUMNS, TOKENS
from agentscope.traces.spans import MOST_TOKENS as MOST_TOKENS
from agentscope.traces.spans import MOST_USD as MOST_USD
from agentscope.traces.spans import NO_PARENT as NO_PARENT
from agentscope.traces.spans import Spans as Spans
from agentscope.traces.told import Told, fill_from_logs
from agentscope.traces.tree import DTYPES, UNKNOWN
from agentscope.traces.turns import gather_turns
from agentscope.vocabulary import Flag

EXPRESSIONS = {
    "parent_id": f"coalesce(parent_id, {NO_PARENT})",
    "user": "user_name",
    "web_searches": f"coalesce(web_searches, {UNKNOWN})",
    "sent_by": f"coalesce(sent_by, {UNKNOWN})",
    "reported_cost": f"case when reported_cost <= {MOST_USD}"
    f" then (reported_cost * 1e12)::bigint else {UNKNOWN} end",
    **{
        name: f"case when {name} <= {MOST_TOKENS} then {name} else {UNKNOWN} end" for name in TOKENS
    },
}
EMPTY: dict[str, type[list[Any] | dict[str, Any]]] = {"linked_traces": list, "dimensions": dict}
SELECT = f"""
select version, {", ".join(EXPRESSIONS.get(name, name) for name in COLUMNS)}
from span where trace_id = %(trace_id)s and project_id = %(project_id)s
"""  # noqa: S608 — names of columns and numbers only

SELECT_TOLD = """
select span_id, time_ns, event_name, facts from span_log
where trace_id = %(trace_id)s and project_id = %(project_id)s and facts is not null
order by time_ns, digest
"""

# Of large traces the newest spans only, with all those above them: by their keys, for there is no
# order of time within a trace.
MOST_RECENT = 5_000
RECENT = f"""
{SELECT} and span_id in (
    with recursive recent as materialized (
        select span_id, parent_id from span
        where trace_id = %(trace_id)s and project_id = %(project_id)s
        and started_at >= timestamptz 'epoch' + %(from_ns)s / 1000 * interval '1 microsecond'
        order by started_at desc limit {MOST_RECENT}),
    above as (
        select parent_id from recent where parent_id is not null
        union select s.parent_id from above join span s on s.span_id = above.parent_id
            and s.trace_id = %(trace_id)s and s.project_id = %(project_id)s
        where s.parent_id is not null)
    select span_id from recent union all select parent_id from above)
"""  # noqa: S608 — names of columns and numbers only
RECENTLY_TOLD = SELECT_TOLD.replace("order by", "and time_ns >= %(from_ns)s order by")

Record = tuple[Any, ...]
AT_ONCE = 2_000
VERSION = 0
SPAN_ID, END_NS, FLAGS, SENT_BY = (
    1 + list(COLUMNS).index(name) for name in ("span_id", "end_ns", "flags", "sent_by")
)


def load_spans(project_id: int, trace_id: UUID) -> Spans:
    """The spans of a trace, in no particular order, their gaps filled from its log records. Two
    queries; no rows of another project."""
    return loaded(SELECT, SELECT_TOLD, {"project_id": project_id, "trace_id": trace_id})


def load_recent(project_id: int, trace_id: UUID, from_ns: int) -> tuple[Spans, bool]:
    """The spans of a trace that began at a time or later, the newest MOST_RECENT at most, and those
    above them; whether these are all of the trace. Two queries."""
    asked = {"project_id": project_id, "trace_id": trace_id, "from_ns": from_ns}
    found = loaded(RECENT, RECENTLY_TOLD, asked)
    return found, not from_ns and len(found) < MOST_RECENT


def loaded(select: str, select_told: str, asked: dict[str, Any]) -> Spans:
    """What these queries give, each span once."""
    spans = spans_of(newest(rows_of(select, asked)))
    told = [Told(*row) for row in rows_of(select_told, asked)]
    gather_turns(spans)
    mark_cached(spans)
    fill_from_logs(spans, told)
    return spans


def rows_of(sql: str, asked: dict[str, Any]) -> list[Record]:
    """What a query of one trace gives, in Postgres' binary format."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(sql, asked, binary=True)
        return cursor.fetchall()


def newest(records: Sequence[Record]) -> list[Record]:
    """One record a span id.

    The key of a span holds its start, so copies that disagree about it are rows of their own. The
    greatest version wins, as in merge.py, and two that both ended are in conflict.
    """
    kept: dict[int, Record] = {}
    for record in records:
        other = kept.get(record[SPAN_ID])
        kept[record[SPAN_ID]] = record if other is None else better(record, other)
    return list(kept.values())


def better(one: Record, other: Record) -> Record:
    """The record with the greater version, marked if it is in conflict with the other, of the key
    that was made first."""
    kept = list(one if one[VERSION] > other[VERSION] else other)
    kept[FLAGS] |= (one[FLAGS] | other[FLAGS]) & Flag.CONFLICT
    kept[SENT_BY] = min((by for by in (one[SENT_BY], other[SENT_BY]) if by >= 0), default=UNKNOWN)
    if one[END_NS] and other[END_NS]:
        kept[FLAGS] |= int(Flag.CONFLICT)
    return tuple(kept)


def spans_of(records: Sequence[Record]) -> Spans:
    """Records as columns."""
    _version, *columns = columns_of(records)
    named: dict[str, Any] = {}
    for (name, kind), column in zip(COLUMNS.items(), columns, strict=True):
        named[name] = np.array(column, DTYPES[kind]) if kind in DTYPES else column
    for name, empty in EMPTY.items():  # null for most spans, and cheaper to read than an empty one
        none = empty()
        named[name] = [said or none for said in named[name]]
    return Spans(**named)


def columns_of(records: Sequence[Record]) -> list[list[Any]]:
    """The same in lists by column, AT_ONCE records after one another: a pass over many for each
    column would find none of them in the processor's cache."""
    columns: list[list[Any]] = [[] for _ in range(1 + len(COLUMNS))]
    for first in range(0, len(records), AT_ONCE):
        part = zip(*records[first : first + AT_ONCE], strict=True)
        for column, values in zip(columns, part, strict=True):
            column.extend(values)
    return columns
