"""All groups of a period one after another, for files: none is left out, few are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from agentscope.costs.amounts import COLUMNS, Amounts
from agentscope.costs.answers import Key
from agentscope.costs.query import CostQuery
from agentscope.costs.report import keys_of
from agentscope.costs.slices import slice_of
from agentscope.costs.sources import source

AT_ONCE = 2000  # rows
ROWS = """
with rows as ({source})
select {columns}, {sums} from rows group by {numbers} order by 1, sum(known_cost) desc {keys}
"""


@dataclass(slots=True, frozen=True)
class CostRow:
    """A group in an interval."""

    start: datetime  # of the interval, of the period if it was not cut up
    key: Key
    amounts: Amounts


def all_rows(project_id: int, query: CostQuery) -> Iterator[CostRow]:
    """All groups of a period that was checked, interval after interval, the most expensive
    first."""
    rows = source(project_id, query, query.since, query.until)
    names = keys_of(query)
    statement = ROWS.format(
        source=rows.text,
        columns=", ".join((f"{slice_of('time', query.interval)}", *names)),
        sums=", ".join(f"sum({name})" for name in COLUMNS),
        numbers=", ".join(str(number + 1) for number in range(len(names) + 1)),
        keys="".join(f", {name}" for name in names),
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, rows.parameters)
        while found := cursor.fetchmany(AT_ONCE):
            for start, *said in found:
                key, sums = tuple(said[: len(names)]), said[len(names) :]
                when = start.replace(tzinfo=UTC) if start else query.since
                yield CostRow(when, key, Amounts.of(sums))
