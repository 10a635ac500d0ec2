"""Writing down what the calls of traces came to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.routing.uses import SUMS, Place, Use, digest, uses_of
from agentscope.traces.clocks import EPOCH
from agentscope.traces.totals import Totals
from agentscope.traces.tree import Tree

COLUMNS = ("site", *Place._fields, *SUMS, "least_input", "most_input", "most_output", "example")
STORED = f"""
select place, {", ".join(COLUMNS)} from model_use where trace_id = %s and project_id = %s
"""  # noqa: S608 — names of columns only
REMOVE = "delete from model_use where trace_id = %s and project_id = %s and place = any(%s)"
ADD = f"copy model_use (trace_id, project_id, place, {', '.join(COLUMNS)}) from stdin"
HOUR = COLUMNS.index("hour")
Row = tuple[Any, ...]  # of COLUMNS


def write_uses(
    project_id: int, trace_id: UUID, tree: Tree, found: Totals, *, is_new: bool = False
) -> set[date]:
    """Write down the uses of a billed tree whose totals are `found`, of which none is there if it
    `is_new`; only those that changed, in the transaction of the examination. The days (UTC) of
    which uses changed: to be marked."""
    before = {} if is_new else stored(project_id, trace_id)
    after = {digest(*use.place): row_of(use) for use in uses_of(tree, found)}
    gone = [place for place, row in before.items() if after.get(place) != row]
    new = [(place, row) for place, row in after.items() if before.get(place) != row]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(REMOVE, [trace_id, project_id, gone])
        if new:
            with cursor.copy(ADD) as copy:
                for place, row in new:
                    copy.write_row((trace_id, project_id, place, *row))
    return {day_of(row) for row in [*(before[place] for place in gone), *(row for _, row in new)]}


def day_of(row: Row) -> date:
    """The day in whose sums a use is."""
    return (EPOCH + timedelta(hours=row[HOUR])).date()


def stored(project_id: int, trace_id: UUID) -> dict[int, Row]:
    """The uses of a trace as they were written last, by the digests of their places."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [trace_id, project_id])
        return {place: tuple(row) for place, *row in cursor.fetchall()}


def row_of(use: Use) -> Row:
    """A use as COLUMNS."""
    where = use.place
    site = digest(where.path, where.model, where.provider)
    return (site, *where, *use.sums, *use[2:])
