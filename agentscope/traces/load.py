"""All spans of one trace as columns: what the tree is grown from. Never the payload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from psycopg import Cursor
from psycopg.rows import tuple_row

from agentscope.traces.tree import DTYPES, UNKNOWN, Bytes, Ints, Shorts
from agentscope.vocabulary import Flag

NO_PARENT = 0  # OTLP forbids the all-zero id, so it can stand for "none"
# Beyond these a number is a mistake, not a measurement, and a trace's sums must fit 64 bits.
MOST_TOKENS = 10**12
MOST_USD = 10_000


@dataclass(slots=True)
class Spans:
    """Columns of equal length, each span once. Text is "" and numbers are -1 where not said."""

    span_id: Ints
    parent_id: Ints  # NO_PARENT for a root
    start_ns: Ints
    end_ns: Ints  # 0: not ended
    kind: Bytes  # vocabulary.Kind
    status: Bytes  # vocabulary.Status
    flags: Shorts  # vocabulary.Flag
    input_tokens: Ints
    output_tokens: Ints
    cache_read_tokens: Ints
    cache_write_tokens: Ints
    reasoning_tokens: Ints
    cache_write_1h_tokens: Ints
    audio_input_tokens: Ints
    audio_output_tokens: Ints
    web_searches: Ints
    usage_rule: Shorts  # vocabulary.UsageRule
    session_rung: Bytes  # vocabulary.Rung
    discarded: Bytes  # vocabulary.Discarded, as declared
    reported_cost: Ints  # 1e-12 USD
    name: list[str]
    service: list[str]
    scope: list[str]
    agent: list[str]
    model: list[str]
    provider: list[str]
    tool: list[str]
    tool_call_id: list[str]
    session: list[str]
    user: list[str]
    response_id: list[str]
    error_type: list[str]
    error_class: list[str]
    service_tier: list[str]
    agent_version: list[str]
    environment: list[str]
    outcome: list[str]  # success, failure
    linked_traces: list[list[UUID]]  # earlier parts of the same task
    dimensions: list[dict[str, str]]  # attributes that the project groups by

    def __len__(self) -> int:
        return len(self.span_id)

    def take(self, order: Ints) -> Spans:
        """The same spans in another order."""
        positions = order.tolist()
        taken: dict[str, Any] = {}
        for name in COLUMNS:
            column = getattr(self, name)
            is_text = isinstance(column, list)
            taken[name] = list(map(column.__getitem__, positions)) if is_text else column[order]
        return Spans(**taken)

    def follow(self, span_ids: Ints) -> Spans:
        """The same spans in the order of these ids, which are all there."""
        by_id = np.argsort(self.span_id)
        return self.take(by_id[np.searchsorted(self.span_id, span_ids, sorter=by_id)])


COLUMNS = {field.name: str(field.type) for field in fields(Spans)}
TOKENS = [name for name in COLUMNS if name.endswith("_tokens")]
EXPRESSIONS = {
    "parent_id": f"coalesce(parent_id, {NO_PARENT})",
    "user": "user_name",
    "linked_traces": "coalesce(linked_traces, '{}')",
    "dimensions": "coalesce(dimensions, '{}')",
    "web_searches": f"coalesce(web_searches, {UNKNOWN})",
    "reported_cost": f"case when reported_cost <= {MOST_USD}"
    f" then (reported_cost * 1e12)::bigint else {UNKNOWN} end",
    **{
        name: f"case when {name} <= {MOST_TOKENS} then {name} else {UNKNOWN} end" for name in TOKENS
    },
}
SELECT = f"""
select version, {", ".join(EXPRESSIONS.get(name, name) for name in COLUMNS)}
from span where trace_id = %s and project_id = %s
"""  # noqa: S608 — names of columns and numbers only

Record = tuple[Any, ...]
VERSION = 0
SPAN_ID, END_NS, FLAGS = (1 + list(COLUMNS).index(name) for name in ("span_id", "end_ns", "flags"))


def load_spans(project_id: int, trace_id: UUID) -> Spans:
    """The spans of a trace, in no particular order. One query; no rows of another project."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        Cursor(connection.connection, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(SELECT, [trace_id, project_id], binary=True)
        return spans_of(newest(cursor.fetchall()))


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
    """The record with the greater version, marked if it is in conflict with the other."""
    kept = list(one if one[VERSION] > other[VERSION] else other)
    kept[FLAGS] |= (one[FLAGS] | other[FLAGS]) & Flag.CONFLICT
    if one[END_NS] and other[END_NS]:
        kept[FLAGS] |= int(Flag.CONFLICT)
    return tuple(kept)


def spans_of(records: Sequence[Record]) -> Spans:
    """Records as columns."""
    columns = list(zip(*records, strict=True))[1:] or [()] * len(COLUMNS)
    named: dict[str, Any] = {}
    for (name, kind), column in zip(COLUMNS.items(), columns, strict=True):
        named[name] = np.array(column, DTYPES[kind]) if kind in DTYPES else list(column)
    return Spans(**named)
