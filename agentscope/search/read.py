"""Traces by what their steps say, the newest step first.

Sieves say which blocks of steps may hold what is looked for; these are read until a page is full or
the time is up. So what is found is always true, and an answer says how far back it reaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet
from psycopg.errors import QueryCanceled

from agentscope.search.asked import Asked
from agentscope.search.blocks import Hit, Reader
from agentscope.search.cursor import SearchCursor
from agentscope.search.models import SearchBlock
from agentscope.search.sieve import held
from agentscope.traces.models import Trace
from agentscope.traces.read import TraceFilters, conditions

SECONDS = 1.2  # after which an answer is given with what was found
BLOCKS = 48  # that are asked for at once
READ = 8  # of these, that are read at once: payloads may be large
SLICE, LONGER = timedelta(hours=1), 4  # that is searched first; each that follows is longer
DAY = timedelta(days=1)  # that no block is longer than
# Postgres cannot know how few blocks pass the sieves. Their index gives them in order, so that a
# page of them ends the walk; parallel workers would read beyond it, and start anew for each page.
WALK = """set local statement_timeout = {}; set local max_parallel_workers_per_gather = 0;
set local enable_seqscan = off; set local enable_bitmapscan = off"""
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(slots=True)
class SearchPage:
    """Traces in which something was found, each with its newest sight, newest first.

    `next` is where to go on, None where all was searched; `is_full` says that there is no space for
    more, otherwise the time was up. `blocks` tells how many had to be read.
    """

    items: list[tuple[Trace, Hit]] = field(default_factory=list)
    next: SearchCursor | None = None
    is_full: bool = False
    blocks: int = 0


def search(
    project_id: int,
    asked: Asked,
    filters: TraceFilters,
    after: SearchCursor | None = None,
    limit: int = 50,
    seconds: float | None = None,
) -> SearchPage:
    """At most `limit` traces with a step that has all that is asked for, and that fit the filters,
    whose times here are those of the step. The number of queries grows with what is read, not with
    what is stored."""
    end = monotonic() + (SECONDS if seconds is None else seconds)
    return Search(project_id, asked, filters, limit, end).page(after)


class Search:
    """One search, until `end` by the clock of the process."""

    def __init__(
        self, project_id: int, asked: Asked, filters: TraceFilters, limit: int, end: float
    ) -> None:
        self.project_id, self.asked, self.limit, self.end = project_id, asked, limit, end
        self.beside = filters.beside
        self.since = filters.since or EARLIEST
        self.until = min(filters.until or LATEST, LATEST)  # a day later there has to be
        of_trace = Trace.objects.filter(
            conditions(replace(filters, since=None, until=None)) & asked.of_trace,
            project_id=project_id,
            trace_id=OuterRef("trace_id"),
        )
        where, params = held(asked.groups)
        self.maybe: QuerySet[SearchBlock] = SearchBlock.objects.filter(
            Exists(of_trace), project_id=project_id, first_at__lt=self.until
        ).extra(where=where, params=params)  # noqa: S610 — the ORM has no words for bits
        self.found: dict[UUID, Hit] = {}
        self.blocks = 0

    def page(self, after: SearchCursor | None) -> SearchPage:
        """What is found behind a place."""
        stopped = self.go_back(after or SearchCursor(self.until + DAY))
        if after:
            self.leave_out_those_before(after)
        traces = Trace.objects.filter(project_id=self.project_id, trace_id__in=list(self.found))
        by_id = {trace.trace_id: trace for trace in traces.annotate(**self.beside)}
        items = [(by_id[key], hit) for key, hit in self.found.items() if key in by_id]
        return SearchPage(items, stopped, self.is_full, self.blocks)

    def go_back(self, place: SearchCursor) -> SearchCursor | None:
        """Search from a place on; where it stopped, None at the end."""
        within = SearchBlock.objects.filter(
            place.behind(), project_id=self.project_id, started_at__gte=self.since
        )
        bounds = within.aggregate(oldest=Min("started_at"), newest=Max("started_at"))
        for first in slices(bounds["newest"], bounds["oldest"]) if bounds["newest"] else ():
            while blocks := self.candidates(place, first):
                for block in self.read(blocks):
                    place = SearchCursor.of(block)
                if self.is_full or self.is_late:
                    return place
            if blocks is None:
                return place
            place = SearchCursor(first)
        return None

    @property
    def is_full(self) -> bool:
        """Whether a page is full."""
        return len(self.found) >= self.limit

    @property
    def is_late(self) -> bool:
        """Whether the time is up."""
        return monotonic() >= self.end

    def candidates(self, place: SearchCursor, first: datetime) -> list[SearchBlock] | None:
        """The next blocks behind a place, back to a time, that may hold what is asked for; None if
        the time is up before they are known."""
        found = self.maybe.filter(place.behind(), started_at__gte=first)
        left = int((self.end - monotonic()) * 1000)
        if left <= 0:
            return None
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(WALK.format(left))
                return list(found.order_by("-started_at", "-digest")[:BLOCKS])
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                return None
            raise

    def read(self, blocks: list[SearchBlock]) -> Iterator[SearchBlock]:
        """Look into blocks, in order, until the page is full or the time is up; those that were
        looked into."""
        for at in range(0, len(blocks), READ):
            some = blocks[at : at + READ]
            new = [block for block in some if block.trace_id not in self.found]
            reader = Reader(self.project_id, new, self.asked) if new else None
            for block in some:
                if reader and block.trace_id not in self.found:
                    self.look_into(block, reader)
                yield block
                if self.is_full:
                    return
            if self.is_late:
                return

    def look_into(self, block: SearchBlock, reader: Reader) -> None:
        """Look for what is asked in one block."""
        self.blocks += 1
        hit = reader.hit(block, self.since, self.until)
        if hit:
            self.found[block.trace_id] = hit

    def leave_out_those_before(self, after: SearchCursor) -> None:
        """Leave out traces that a page before had, because a newer block of them has it as well."""
        newer = self.maybe.exclude(after.behind()).filter(trace_id__in=list(self.found))
        for block in newer.order_by("-started_at", "-digest").iterator(BLOCKS):
            if block.trace_id in self.found:
                reader = Reader(self.project_id, [block], self.asked)
                if reader.hit(block, self.since, self.until):
                    del self.found[block.trace_id]


def slices(newest: datetime, oldest: datetime) -> Iterator[datetime]:
    """The first times of slices of a time, from its end on, each LONGER times as long as the one
    before."""
    first, length = newest, SLICE
    while first - oldest > length:
        first, length = first - length, LONGER * length
        yield first
    yield oldest
