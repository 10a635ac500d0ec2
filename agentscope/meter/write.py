"""Writing down the readings of traces, and what changed with them.

Only readings that changed are written, in the transaction of the examination or the glance. Each
change tells whose readings it touched, those that are gone as well: who was over a limit may not be
any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.meter.readings import COLUMNS, NEWEST, OLDER, Reading, numbers

SAID = (
    *("path", "agent", "tool", "model", "environment", "key", "kind", "session", "user_name"),
    *COLUMNS,
    *("durations", "counts"),
)
KEY = ("part", "minute", "place")
STORED = f"""
select part, minute, place, {", ".join(SAID)} from metered
where trace_id = %s and project_id = %s and part = any(%s)
"""  # noqa: S608 — names of columns only
REMOVE = """
delete from metered using unnest(%s::int2[], %s::int4[], %s::int8[]) as gone (part, minute, place)
where trace_id = %s and project_id = %s
and metered.part = gone.part and metered.minute = gone.minute and metered.place = gone.place
"""
ADD = f"copy metered (trace_id, project_id, {', '.join((*KEY, *SAID))}) from stdin"
CHANGE = """
insert into meter_change (project_id, trace_id, first_minute, last_minute, touched)
values (%s, %s, %s, %s, %s)
"""
# Apart from the lock of the examination: nobody waits for a whole examination.
LOCK = "pg_advisory_xact_lock(hashtextextended('meter ' || %s::text, %s))"
TRY = LOCK.replace("advisory", "try_advisory")
DIMENSIONS = ("path", "agent", "tool", "model", "environment", "key")
ALL = (OLDER, NEWEST)
Key = tuple[int, int, int]
Row = tuple[Any, ...]  # of SAID


def write_readings(
    project_id: int,
    trace_id: UUID,
    readings: Sequence[Reading],
    *,
    parts: Sequence[int] = ALL,
) -> None:
    """Make these the readings of some parts of a trace, which the transaction has taken."""
    before = stored(project_id, trace_id, parts)
    after = {key_of(each): row_of(each) for each in readings if each.part in parts}
    gone = [key for key, row in before.items() if after.get(key) != row]
    new = [key for key, row in after.items() if before.get(key) != row]
    with connection.cursor() as cursor:
        if gone:
            columns = (list(column) for column in zip(*gone, strict=True))
            cursor.execute(REMOVE, [*columns, trace_id, project_id])
        if new:
            with cursor.copy(ADD) as copy:
                for key in new:
                    copy.write_row((trace_id, project_id, *key, *after[key]))
        if changed := [(key, before[key]) for key in gone] + [(key, after[key]) for key in new]:
            minutes = [minute for (_, minute, _), _ in changed]
            said = json.dumps(touched(row for _, row in changed))
            cursor.execute(CHANGE, [project_id, trace_id, min(minutes), max(minutes), said])


def take_meter(project_id: int, trace_id: UUID) -> None:
    """Wait until nobody else writes readings of a trace. Until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {LOCK}", [trace_id, project_id])


def may_take_meter(project_id: int, trace_id: UUID) -> bool:
    """The same if nobody does; else False: an examination is at it, which knows more."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {TRY}", [trace_id, project_id])
        return bool(cursor.fetchone()[0])


def touched(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Whose readings these are: by dimension, the names."""
    columns = dict(zip(SAID, zip(*rows, strict=True), strict=True))
    names = {name: columns[name] for name in (*DIMENSIONS, "session")} | {
        "user": columns["user_name"]
    }
    return {name: sorted(set(said) - {""}) for name, said in names.items()}


def stored(project_id: int, trace_id: UUID, parts: Sequence[int]) -> dict[Key, Row]:
    """The readings of a trace as they were written last."""
    with connection.cursor() as cursor:
        cursor.execute(STORED, [trace_id, project_id, list(parts)])
        return {row[: len(KEY)]: tuple(row[len(KEY) :]) for row in cursor.fetchall()}


def key_of(reading: Reading) -> Key:
    """What names a reading within its trace."""
    return reading.part, reading.minute, reading.place.digest


def row_of(reading: Reading) -> Row:
    """A reading as SAID."""
    lists = list(reading.durations), list(reading.counts)
    return (*reading.place, reading.session, reading.user, *numbers(reading.sums), *lists)
