"""Writing down what agents did in a trace: in the transaction of its examination."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from agentscope.agents.models import AgentRun
from agentscope.agents.runs import Done

Row = tuple[Any, ...]  # by COLUMNS, those of JSON as Python has them
COLUMNS = (*(each.name for each in fields(Done)), "environment")
JSON = {
    at
    for at, name in enumerate(COLUMNS)
    if AgentRun._meta.get_field(name).get_internal_type() == "JSONField"
}
AGENT, STARTED_AT = COLUMNS.index("agent"), COLUMNS.index("started_at")
SELECT = f"""
select {", ".join(COLUMNS)} from agent_run where trace_id = %s and project_id = %s
"""  # noqa: S608 — names of columns only
DELETE = "delete from agent_run where trace_id = %s and project_id = %s and agent = any(%s)"
COPY = f"copy agent_run (trace_id, project_id, {', '.join(COLUMNS)}) from stdin"
said = attrgetter(*COLUMNS[:-1])


def replace_runs(
    project_id: int,
    trace_id: UUID,
    environment: str,
    found: Sequence[Done],
    *,
    is_new: bool = False,
) -> set[date]:
    """Make these the rows of a trace, of which none is there if it `is_new`. Those that are the
    same already are left alone. The days (UTC) of which rows changed: to be added up again."""
    known = {} if is_new else stored_runs(project_id, trace_id)
    wanted: dict[str, Row] = {done.agent: (*said(done), environment) for done in found}
    changed = [agent for agent in known.keys() | wanted if known.get(agent) != wanted.get(agent)]
    if not changed:
        return set()
    with connection.cursor() as cursor:
        if known:
            cursor.execute(DELETE, [trace_id, project_id, changed])
        with cursor.copy(COPY) as copy:
            for agent in wanted.keys() & changed:
                copy.write_row((trace_id, project_id, *columns(wanted[agent])))
    either = [side[agent] for side in (known, wanted) for agent in changed if agent in side]
    return {row[STARTED_AT].astimezone(UTC).date() for row in either}


def columns(row: Row) -> list[Any]:
    """A row as Postgres takes it."""
    return [Jsonb(value) if at in JSON else value for at, value in enumerate(row)]


def stored_runs(project_id: int, trace_id: UUID) -> dict[str, Row]:
    """The rows of a trace as they were written last, by agent."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [trace_id, project_id])
        return {row[AGENT]: row_of(row) for row in cursor.fetchall()}


def row_of(row: Row) -> Row:
    """What `columns` wrote."""
    return tuple(json.loads(value) if at in JSON else value for at, value in enumerate(row))
