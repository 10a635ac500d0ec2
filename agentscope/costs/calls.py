"""From a report down to the single calls: the lines that it is made of, and the rows in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
from django.db import connection

from agentscope.billing.words import billing_word
from agentscope.costs.amounts import COLUMNS, Amounts
from agentscope.costs.answers import Call, CallPage
from agentscope.costs.lines import own
from agentscope.costs.query import DIMENSIONS, BadQuery, CostQuery
from agentscope.costs.sources import PATH_COST, conditions
from agentscope.traces.index import trace_tree
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import PICO, Discarded, Why

# A row is worth showing for any of these; time alone every span has.
SHOWN = tuple(name for name in COLUMNS if name not in {"traces", "time_ns"})
CHARGED = ("known_cost", "unpriced_calls")  # … if only what is charged is asked for
DIMENSION_COLUMNS = ", ".join("user_name" if name == "user" else name for name in DIMENSIONS)
LINES = """
select hour, trace_id, line, {dimensions} from path_cost
where {conditions} and ({shown}) and (hour, trace_id, line) <= (%s, %s, %s)
order by hour desc, trace_id desc, line desc limit %s
"""
LAST = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1), 2**31 - 1)
SEPARATOR = "~"


@dataclass(slots=True, frozen=True)
class Place:
    """Where a page begins: a line, and how many of its rows were shown already."""

    hour: datetime
    trace_id: UUID
    line: int
    shown: int = 0

    def __str__(self) -> str:
        hour = f"{self.hour.astimezone(UTC):%Y-%m-%dT%H}"
        return SEPARATOR.join((hour, self.trace_id.hex, str(self.line), str(self.shown)))

    @staticmethod
    def parse(text: str) -> Place:
        """What `str` wrote; the start for empty text. Raises BadQuery for anything else."""
        if not text:
            return Place(*LAST)
        try:
            hour, trace_id, line, shown = text.split(SEPARATOR)
            when = datetime.strptime(hour, "%Y-%m-%dT%H").replace(tzinfo=UTC)
            place = Place(when, UUID(hex=trace_id), int(line), int(shown))
            if 0 <= place.line < 2**31 and place.shown >= 0:
                return place
        except ValueError:
            pass
        raise not_ours()


def not_ours() -> BadQuery:
    """What is wrong with a cursor that no page gave."""
    return BadQuery("cursor", "This is not one of ours: leave it out to get the first page.")


@dataclass(slots=True, frozen=True)
class LineOfCalls:
    """A line of costs, with what its rows have in common."""

    place: Place
    dimensions: dict[str, str]


def call_page(
    project_id: int, query: CostQuery, after: str, limit: int, shown: Sequence[str] = SHOWN
) -> CallPage:
    """At most `limit` calls that add to any of `shown`, the latest hour first. A statement for the
    lines of a page, and one for each trace that they are of."""
    start = Place.parse(after)
    calls: list[Call] = []
    trees = Trees(project_id)
    for line in lines(project_id, query, start, limit + 1, shown):
        skipped = start.shown if line.place == replace(start, shown=0) else 0
        found = trees.calls(line, shown)[skipped:]
        room = limit - len(calls)
        calls += found[:room]
        if len(found) > room:
            return CallPage(calls, str(replace(line.place, shown=skipped + room)))
    return CallPage(calls, None)


def lines(
    project_id: int, query: CostQuery, start: Place, batch: int, shown: Sequence[str]
) -> Iterator[LineOfCalls]:
    """The lines with calls from a place on, the latest hour first."""
    kept = conditions(project_id, query, PATH_COST, query.since, query.until)
    any_shown = " or ".join(f"{name} > 0" for name in shown)
    statement = LINES.format(dimensions=DIMENSION_COLUMNS, conditions=kept.text, shown=any_shown)
    at: tuple[datetime, UUID, int] = (start.hour, start.trace_id, start.line)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [*kept.parameters, *at, batch])
            rows = cursor.fetchall()
        for hour, trace_id, line, *said in rows:
            place = Place(hour.astimezone(UTC), trace_id, line)
            yield LineOfCalls(place, dict(zip(DIMENSIONS, said, strict=True)))
        if len(rows) < batch:
            return
        hour, trace_id, line = rows[-1][:3]
        at = (hour, trace_id, line - 1)


class Trees:
    """The trees that a page reads, the last one at hand: lines of one trace follow each other."""

    def __init__(self, project_id: int) -> None:
        self.project_id = project_id
        self.trace_id: UUID | None = None
        self.tree: Tree | None = None
        self.own: Mapping[str, Ints] = {}

    def look(self, trace_id: UUID) -> Tree | None:
        """The tree of a trace."""
        if self.trace_id != trace_id:
            self.trace_id = trace_id
            self.tree = trace_tree(self.project_id, trace_id)
            self.own = own(self.tree) if self.tree else {}
        return self.tree

    def calls(self, line: LineOfCalls, shown: Sequence[str]) -> list[Call]:
        """The calls in a line that add to any of `shown`, the latest first."""
        tree = self.look(line.place.trace_id)
        if tree is None:
            return []
        adds = np.logical_or.reduce([self.own[name] != 0 for name in shown])
        rows = np.flatnonzero(adds & (tree.line == line.place.line)).tolist()
        start: list[int] = tree.start_ns.tolist()
        rows.sort(key=lambda at: (-start[at], at))
        return [self.call(tree, at, line.place.trace_id, line.dimensions) for at in rows]

    def call_of(self, trace_id: UUID, span_id: int, dimensions: dict[str, str]) -> Call | None:
        """What a span adds; None if the trace has it no more."""
        tree = self.look(trace_id)
        at = tree.find(span_id) if tree else None
        return None if tree is None or at is None else self.call(tree, at, trace_id, dimensions)

    def call(self, tree: Tree, at: int, trace_id: UUID, dimensions: dict[str, str]) -> Call:
        """One row."""
        row = tree.row(at)
        return Call(
            trace_id=trace_id,
            span_id=row.span_id,
            start_ns=int(tree.start_ns[at]),
            name=row.text("name"),
            kind=row.kind.word,
            dimensions=dimensions,
            amounts=amounts_of(self.own, at),
            cost=row.usd("cost"),
            why=Why(int(tree.why[at])).word,
            billing=billing_word(row),
            discarded=Discarded(int(tree.discarded[at])).word,
        )


def amounts_of(columns: Mapping[str, Ints], at: int) -> Amounts:
    """What one row adds."""
    numbers = (int(columns[name][at]) for name in COLUMNS)
    return Amounts.of(
        [
            number * PICO if name.endswith("_cost") else number
            for name, number in zip(COLUMNS, numbers, strict=True)
        ]
    )
