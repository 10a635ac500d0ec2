"""Decision records as pages and the API read them. Everything is of one project; to the others a
record does not exist.

No list reads the body of a record, which may be long: only `record` does, of one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.lookups import IRegex

from agentscope.records.models import Record
from agentscope.traces.ids import parse_span_id, parse_trace_id, span_hex

NEWEST_FIRST = ("-at", "-trace_id", "-span_id")
MOST_COUNTED = 10_000  # records; counting on would read the whole table for a number nobody needs
NEWEST = 5_000  # records that names are taken from; one that is not listed can still be asked for
MOST_NAMES = 500  # of a kind
NOTHING: Mapping[str, Any] = {}

NAMES = f"""
with newest as materialized (
    select agent, effects, people from decision_record
    where project_id = %s order by at desc, trace_id desc, span_id desc limit {NEWEST}
)
select
    array(select distinct agent from newest where agent <> '' order by agent limit {MOST_NAMES}),
    array(select distinct unnest(effects) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(people) as name from newest order by name limit {MOST_NAMES})
"""  # noqa: S608 — our own numbers


class BadCursor(ValueError):
    """A cursor that did not come from us. Its text says what to do."""


@dataclass(slots=True, frozen=True)
class Cursor:
    """The last record of a page; the list is ordered by start, the newest first, then by id."""

    at: datetime
    trace_id: UUID
    span_id: int

    def __str__(self) -> str:
        time = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")  # + is a space
        return f"{time}~{self.trace_id.hex}~{span_hex(self.span_id)}"

    @staticmethod
    def parse(text: str) -> Cursor | None:
        """What `str` wrote; None for empty text. Raises BadCursor for anything else."""
        if not text:
            return None
        try:
            said, trace_id, span_id = text.split("~")
            at = datetime.fromisoformat(said)
            if at.tzinfo:
                found = parse_trace_id(trace_id), parse_span_id(span_id)
                return Cursor(at.astimezone(UTC), *found)
        except (ValueError, OverflowError):
            pass
        raise BadCursor("This is not a cursor of ours: leave it out to get the first page.")


@dataclass(slots=True, frozen=True)
class RecordFilters:
    """What is looked for; what is empty does not matter. Times are of the start of a decision."""

    since: datetime | None = None
    until: datetime | None = None  # exclusive
    agent: str = ""
    effect: str = ""  # a tool with effects that was called; `*` stands for any characters
    person: str = ""  # who approved or rejected
    outcome: str = ""
    authority: str = ""
    finding: str = ""  # its code
    session: str = ""
    user: str = ""
    environment: str = ""
    trace: UUID | None = None
    also: Q = field(default_factory=Q)  # what those know who know more of decisions
    beside: Mapping[str, Any] = field(default_factory=dict)  # and what they tell of each, by name


@dataclass(slots=True, frozen=True)
class Block:
    """Some records, without bodies. `next` is where to go on, None at the end."""

    items: list[Record]
    next: Cursor | None


@dataclass(slots=True, frozen=True)
class RecordPage(Block):
    """A page of the list. `total` counts all that the filters find, exact unless `truncated`: then
    it is MOST_COUNTED and there are more."""

    total: int
    truncated: bool


@dataclass(slots=True, frozen=True)
class Names:
    """Names in the newest records of a project, each list in alphabetical order."""

    agents: list[str]
    effects: list[str]
    people: list[str]


def records(
    project_id: int, filters: RecordFilters, after: Cursor | None, limit: int
) -> RecordPage:
    """At most `limit` records, the newest first, from `after` on. Two queries, one if a page holds
    all."""
    block = record_block(project_id, filters, after, limit)
    found = listed(project_id, filters).values("at")
    # Counted with an end: without one, a filter that finds much would read all of it.
    is_more = after or block.next
    total = found[: MOST_COUNTED + 1].count() if is_more else len(block.items)
    return RecordPage(
        block.items, block.next, total=min(total, MOST_COUNTED), truncated=total > MOST_COUNTED
    )


def record_block(
    project_id: int, filters: RecordFilters, after: Cursor | None, limit: int
) -> Block:
    """The same without counting. One query."""
    found = listed(project_id, filters)
    page = found.filter(beyond(after)) if after else found
    items = list(page.order_by(*NEWEST_FIRST)[: limit + 1])
    last = items[limit - 1] if len(items) > limit else None
    return Block(items[:limit], Cursor(last.at, last.trace_id, last.span_id) if last else None)


def listed(project_id: int, filters: RecordFilters) -> QuerySet[Record]:
    """What the filters find, as a list has it: without bodies."""
    found = Record.objects.filter(conditions(filters), project_id=project_id).defer("body")
    return found.annotate(**filters.beside)


def conditions(filters: RecordFilters) -> Q:
    """The filters as conditions."""
    asked = {
        "at__gte": filters.since,
        "at__lt": filters.until,
        "agent": filters.agent or None,
        "outcome": filters.outcome or None,
        "authority": filters.authority or None,
        "session": filters.session or None,
        "end_user": filters.user or None,
        "environment": filters.environment or None,
        "trace_id": filters.trace,
    }
    found = Q(**{name: value for name, value in asked.items() if value is not None}) & filters.also
    if "*" in filters.effect:
        found &= called_like(filters.effect)
    for name, value in (
        ("effects", "" if "*" in filters.effect else filters.effect),
        ("people", filters.person),
        ("findings", filters.finding),
    ):
        if value:
            found &= Q(**{f"{name}__contains": [value]}) & ~Q(**{name: []})  # as the index has it
    return found


def called_like(asked: str) -> Q:
    """The records that called a tool with effects that is called so, in capitals or not."""
    name = "[^\n]*".join(re.escape(part) for part in re.split(r"\*+", asked))
    called = Func(F("effects"), Value("\n"), function="array_to_string", output_field=TextField())
    return Q(IRegex(called, f"(^|\n){name}($|\n)")) & ~Q(effects=[])  # as the index has it


def beyond(after: Cursor) -> Q:
    """What comes after a cursor, in the order of the list. The first condition is what the index is
    asked."""
    same_trace = Q(trace_id=after.trace_id, span_id__lt=after.span_id)
    same_time = Q(at=after.at) & (Q(trace_id__lt=after.trace_id) | same_trace)
    return Q(at__lte=after.at) & (Q(at__lt=after.at) | same_time)


def names(project_id: int) -> Names:
    """What can be filtered by. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [project_id])
        return Names(*cursor.fetchone())


def record(
    project_id: int, trace_id: UUID, span_id: int, beside: Mapping[str, Any] = NOTHING
) -> Record | None:
    """One record with its body, and what is told besides."""
    found = Record.objects.filter(trace_id=trace_id, project_id=project_id, span_id=span_id)
    return found.annotate(**beside).first()


def is_recorded(project_id: int, trace_id: UUID, span_id: int) -> bool:
    """Whether there is a record at a span. One query."""
    found = Record.objects.filter(trace_id=trace_id, project_id=project_id, span_id=span_id)
    return found.exists()
