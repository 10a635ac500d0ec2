"""Writing down the lines of traces, and making days due of which something changed.

Lines are replaced as a whole, and only if they changed, in the transaction of the examination.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from agentscope.costs.amounts import COLUMNS, Amounts, numbers
from agentscope.costs.lines import Line
from agentscope.traces.due import REST

SAID = (
    *("path", "agent", "tool", "model", "provider", "service", "environment", "outcome"),
    *("session", "user_name", "attributes", "hour"),
)
SELECT = f"""
select {", ".join((*SAID, *COLUMNS))} from path_cost
where trace_id = %s and project_id = %s order by line
"""  # noqa: S608 — names of columns only
DELETE = "delete from path_cost where trace_id = %s and project_id = %s"
COPY = f"copy path_cost (trace_id, project_id, line, {', '.join((*SAID, *COLUMNS))}) from stdin"
ATTRIBUTES, HOUR = SAID.index("attributes"), SAID.index("hour")
# A day that is being added up all the time takes a fifth of a core at most: it rests for four
# times as long as that took. What changed while a worker is at it makes it due again.
MARK = f"""
insert into day_due as known (project_id, day, generation, due_at, roll_seconds, closed)
select %s, day, 1, statement_timestamp(), 0, false from unnest(%s::date[]) as days (day)
order by day
on conflict (project_id, day) do update set
    generation = known.generation + 1,
    due_at = least(known.due_at, greatest(statement_timestamp(),
        known.rolled_at + {REST} * known.roll_seconds * interval '1 second'))
where not known.closed
"""  # noqa: S608 — our own words


def write_lines(
    project_id: int, trace_id: UUID, lines: Sequence[Line], *, is_new: bool = False
) -> set[date]:
    """Make these the lines of a trace, of which none is there if it `is_new`. Runs in the
    transaction of the examination. The days (UTC) of which lines changed: to be marked."""
    before = [] if is_new else stored_lines(project_id, trace_id)
    if before == list(lines):
        return set()
    with connection.cursor() as cursor:
        if before:
            cursor.execute(DELETE, [trace_id, project_id])
        if lines:
            with cursor.copy(COPY) as copy:
                for number, line in enumerate(lines):
                    copy.write_row((trace_id, project_id, number, *columns(line)))
    return {line.hour.date() for line in set(lines).symmetric_difference(before)}


def columns(line: Line) -> list[object]:
    """A line as SAID and COLUMNS."""
    said = [getattr(line, {"user_name": "user"}.get(name, name)) for name in SAID]
    said[ATTRIBUTES] = Jsonb(dict(line.attributes))
    return [*said, *numbers(line.amounts)]


def stored_lines(project_id: int, trace_id: UUID) -> list[Line]:
    """The lines of a trace as they were written last, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [trace_id, project_id])
        return [line_of(row) for row in cursor.fetchall()]


def line_of(row: Sequence[Any]) -> Line:
    """What `columns` wrote."""
    said: dict[str, Any] = {
        {"user_name": "user"}.get(name, name): value for name, value in zip(SAID, row, strict=False)
    }
    said["attributes"] = tuple(sorted(json.loads(row[ATTRIBUTES]).items()))
    said["hour"] = row[HOUR].astimezone(UTC)
    return Line(**said, amounts=Amounts.of(row[len(SAID) :]))


def mark_days(project_id: int, days: Iterable[date]) -> None:
    """Let these days be added up again. Closed ones stay as they are. All at once, at the end of
    the transaction: others wait for it that change one of them."""
    if marked := sorted(days):
        with connection.cursor() as cursor:
            cursor.execute(MARK, [project_id, marked])
