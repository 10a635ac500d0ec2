"""What the spans of a trace said, for its records: all payloads in one query, log records in two
more where there are any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.traces.clocks import moment
from agentscope.traces.contents import MESSAGES, Said, fill, logs_of, nearby, told_of
from agentscope.traces.models import SpanLog
from agentscope.traces.payload import unpack_payload
from agentscope.traces.spans import Spans
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Kind

PAYLOADS = """
select span_id, started_at, body, false from span_payload
where trace_id = %(trace)s and project_id = %(project)s and span_id = any(%(spans)s)
and started_at between %(first)s and %(last)s
union all
select 0, null, '', true where exists (
    select from span_log where trace_id = %(trace)s and project_id = %(project)s)
"""


@dataclass(slots=True, frozen=True)
class Teller:
    """What log records know a span by."""

    span_id: int
    tool_call_id: str
    response_id: str


@dataclass(slots=True)
class Read:
    """What was read of a trace."""

    said: dict[int, Said]  # by row
    lost: set[int]  # rows of which nothing is kept any more


def read(project_id: int, trace_id: UUID, tree: Tree, spans: Spans, rows: Sequence[int]) -> Read:
    """What the spans of these rows said. `spans` are in the order of the tree."""
    bodies, has_logs = payloads(project_id, trace_id, tree, rows)
    found = {row: Said() for row in rows}
    for row in rows:
        if body := bodies.get(int(tree.span_id[row])):
            payload = unpack_payload(body)
            found[row] = Said(payload.content, verdict=payload.said.get("verdict", ""))
    if has_logs:
        fill_from_logs(project_id, trace_id, tree, spans, found)
    lost = {row for row in rows if int(tree.span_id[row]) not in bodies and not found[row].content}
    return Read(found, lost)


def payloads(
    project_id: int, trace_id: UUID, tree: Tree, rows: Sequence[int]
) -> tuple[dict[int, bytes], bool]:
    """The payloads of these rows by their spans; whether the trace has log records."""
    began = {int(tree.span_id[row]): moment(int(tree.start_ns[row]) // 1000) for row in rows}
    asked: dict[str, Any] = {"trace": trace_id, "project": project_id, "spans": list(began)}
    asked |= {"first": min(began.values()), "last": max(began.values())}
    with connection.cursor() as cursor:
        cursor.execute(PAYLOADS, asked)
        found: list[tuple[int, datetime, bytes, bool]] = cursor.fetchall()
    bodies = {span: bytes(body) for span, at, body, _ in found if began.get(span) == at}
    return bodies, any(is_log for *_, is_log in found)


def fill_from_logs(
    project_id: int, trace_id: UUID, tree: Tree, spans: Spans, found: dict[int, Said]
) -> None:
    """Add what log records say, as traces.contents does."""
    tellers = {
        row: Teller(int(tree.span_id[row]), spans.tool_call_id[row], spans.response_id[row])
        for row in found
    }
    told = defaultdict[int, list[SpanLog]](list)
    for log in logs_of(project_id, trace_id, tellers.values()):
        for row in told_of(log, tellers):
            told[row].append(log)
    fill(found, told)
    silent = [
        row
        for row in found
        if tree.kind[row] == Kind.LLM and not MESSAGES & found[row].content.keys()
    ]
    fill(found, nearby(project_id, trace_id, tree, silent) if silent else {})
