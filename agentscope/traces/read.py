"""Traces as pages and the API read them. Everything is of one project; a foreign id gives None.

No query here touches a payload but that of `span_detail`, which reads the one of its span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from agentscope.traces.cursor import BadCursor, Cursor
from agentscope.traces.detail import SpanDetail, span_detail
from agentscope.traces.facets import Counted, Facets, count_facets, facets
from agentscope.traces.index import trace_tree
from agentscope.traces.models import Trace

__all__ = [
    "BadCursor",
    "Counted",
    "Cursor",
    "Facets",
    "SpanDetail",
    "TraceFilters",
    "TracePage",
    "counted",
    "facets",
    "span_detail",
    "trace",
    "trace_tree",
    "traces",
]

NEWEST_FIRST = ("-started_at", "trace_id")
MOST_COUNTED = 10_000  # traces; counting on would read the whole table for a number nobody needs


@dataclass(slots=True, frozen=True)
class TraceFilters:
    """What is looked for; what is empty does not matter. Times are of the start of a trace."""

    since: datetime | None = None
    until: datetime | None = None  # exclusive
    agent: str = ""
    model: str = ""
    tool: str = ""
    key: str = ""  # what the one is called that sent some of it
    status: str = ""  # error: something failed; ok: nothing did
    state: str = ""  # models.Trace.State
    session: str = ""
    min_cost: Decimal | None = None  # USD that are known to have been spent
    text: str = ""  # in the name
    also: Q = field(default_factory=Q)  # what else is asked of a trace
    beside: Mapping[str, Any] = field(default_factory=dict)  # and what is told of each, by name


@dataclass(slots=True, frozen=True)
class TracePage:
    """A page of the list. `next` is where to go on, None at the end.

    `total` counts all that the filters find, on every page the same. It is exact, unless
    `truncated`: then it is MOST_COUNTED and there are more.
    """

    items: list[Trace]
    next: Cursor | None
    total: int
    truncated: bool


def traces(project_id: int, filters: TraceFilters, after: Cursor | None, limit: int) -> TracePage:
    """At most `limit` traces, newest first, from `after` on. Two queries."""
    found = Trace.objects.filter(conditions(filters), project_id=project_id)
    total, ids = counted_with_first(found, limit + 1)
    page = found.filter(beyond(after)) if after else found.filter(trace_id__in=ids)
    told = page.annotate(**filters.beside)
    items = list(told.order_by(*NEWEST_FIRST)[: limit + 1]) if after or ids else []
    more = len(items) > limit
    last = items[limit - 1] if more else None
    return TracePage(
        items=items[:limit],
        next=Cursor(last.started_at, last.trace_id) if last else None,
        total=min(total, MOST_COUNTED),
        truncated=total > MOST_COUNTED,
    )


def counted_with_first(found: QuerySet[Trace], number: int) -> tuple[int, list[UUID]]:
    """How many traces there are, up to one more than MOST_COUNTED, and the ids of the first. One
    query: a filter without an index looks at all traces, and that only once."""
    some = found.order_by(*NEWEST_FIRST).values("trace_id", "started_at")[: MOST_COUNTED + 1]
    sql, params = some.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) over (), trace_id from ({sql}) newest"  # noqa: S608 — the ORM's own
            f" order by started_at desc, trace_id limit {number}",
            params,
        )
        rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [trace_id for _, trace_id in rows]


def counted(project_id: int, filters: TraceFilters) -> Counted:
    """How many of the traces that the filters find have which name and which state. One query."""
    found = Trace.objects.filter(conditions(filters), project_id=project_id)
    return count_facets(found.order_by(*NEWEST_FIRST))


def conditions(filters: TraceFilters) -> Q:
    """The filters as conditions. A trace of log records alone is not listed."""
    asked = {
        "started_at__gte": filters.since,
        "started_at__lt": filters.until,
        "agents__contains": [filters.agent] if filters.agent else None,
        "model_names__contains": [filters.model] if filters.model else None,
        "tools__contains": [filters.tool] if filters.tool else None,
        "state": filters.state or None,
        "session": filters.session or None,
        "known_cost__gte": filters.min_cost,
        "name__icontains": filters.text or None,
    }
    found = (Q(spans__gt=0) | Q(examined_generation=-1)) & filters.also
    found &= Q(**{name: value for name, value in asked.items() if value is not None})
    if filters.key:
        found &= Q(keys__contains=[filters.key]) & ~Q(keys=[])  # as the index has it
    if filters.status:
        found &= Q(errors__gt=0) if filters.status == "error" else Q(errors=0)
    return found


def beyond(after: Cursor) -> Q:
    """What comes after a cursor, in the order of the list."""
    same = Q(started_at=after.started_at, trace_id__gt=after.trace_id)
    return Q(started_at__lte=after.started_at) & (Q(started_at__lt=after.started_at) | same)


def trace(project_id: int, trace_id: UUID) -> Trace | None:
    """A trace with the totals of its last examination."""
    return one(project_id, trace_id).first()


def one(project_id: int, trace_id: UUID) -> QuerySet[Trace]:
    """The trace with this id, if it belongs to the project."""
    return Trace.objects.filter(trace_id=trace_id, project_id=project_id)
