"""Adding up days of agents: from what they did in all traces to the sums that pages read.

A part of `costs.days`: the same days are due, claimed, rested, closed. A day is always added up
from all of its runs, never incremented; only the rows that came out differently are written.
"""

from __future__ import annotations

from dataclasses import asdict

from django.db import connection

from agentscope.agents import sql
from agentscope.costs.days import BATCH, OVER, Day

NUMBERS = ", ".join(("traces", *sql.NUMBERS))
TOLD = "durations, tools, models_used, providers, error_classes, callers"
COLUMNS = f"{sql.KEYS}, {NUMBERS}, first_at, last_at, {TOLD}"
EDGES = f"""
select {sql.KEYS}, jsonb_agg(jsonb_build_array(caller, kind, runs, pico, unpriced)
    order by caller collate "C", kind) as callers
from ({sql.edges(sql.KEYS, "parts")}) as each group by {sql.KEYS}
"""  # noqa: S608 — names of columns only
REPLACE = f"""
with parts as materialized ({sql.SELECT_RUNS}
    and started_at >= %(day)s::date::timestamp at time zone 'UTC'
    and started_at < (%(day)s::date + 1)::timestamp at time zone 'UTC'),
sums as (select {sql.KEYS}, {sql.SUMS} from parts group by {sql.KEYS}),
fresh as materialized (
    select {sql.KEYS}, {NUMBERS}, first_at, last_at, coalesce(durations, '') as durations,
        coalesce(tools, '{{}}') as tools, coalesce(models_used, '{{}}') as models_used,
        coalesce(providers, '{{}}') as providers,
        coalesce(error_classes, '{{}}') as error_classes, coalesce(callers, '[]') as callers
    from sums
    left join ({sql.packed(sql.KEYS, "parts")}) as lasted using ({sql.KEYS})
    left join ({sql.tools(sql.KEYS, "parts")}) as called using ({sql.KEYS})
    left join ({sql.models(sql.KEYS, "parts")}) as used using ({sql.KEYS})
    left join ({sql.providers(sql.KEYS, "parts")}) as answered using ({sql.KEYS})
    left join ({sql.error_classes(sql.KEYS, "parts")}) as failed using ({sql.KEYS})
    left join ({EDGES}) as edges using ({sql.KEYS})),
stored as materialized (
    select * from agent_day where project_id = %(project_id)s and day = %(day)s),
kept as materialized (select id, {COLUMNS} from stored join fresh using ({COLUMNS})),
gone as (delete from agent_day where id in (select id from stored except select id from kept))
insert into agent_day (project_id, day, {COLUMNS})
select %(project_id)s, %(day)s, * from (
    select {COLUMNS} from fresh except select {COLUMNS} from kept) as changed
"""  # noqa: S608 — names of columns only
FORGET = f"""
delete from agent_run where (trace_id, project_id, agent) in (
    select run.trace_id, run.project_id, run.agent from agent_run run
    join day_due d on d.project_id = run.project_id and {OVER}
        and run.started_at >= d.day::timestamp at time zone 'UTC'
        and run.started_at < (d.day + 1)::timestamp at time zone 'UTC'
    where not exists (select 1 from trace t
        where t.trace_id = run.trace_id and t.project_id = run.project_id)
    limit %s)
"""  # noqa: S608 — our own words


def add_up(day: Day) -> None:
    """Make the rows of a day what its runs come to. Runs in the transaction of the roll-up."""
    with connection.cursor() as cursor:
        cursor.execute(REPLACE, asdict(day))


def forget_runs() -> None:
    """Delete what was done in traces that are gone, on days that are OVER: their sums stay."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET, [BATCH])
            if cursor.rowcount < BATCH:
                return
