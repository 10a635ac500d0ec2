"""How agents failed on a day and before, by class of errors: the questions. No payloads; every
query is of one project, and reads a stretch of an index."""

from __future__ import annotations

from collections.abc import Iterable
from json import loads
from typing import Any

from agentscope.findings.firsts import DAYS
from agentscope.findings.history import BEFORE, IN_DAY, Asked, ask
from agentscope.findings.measures import FEWEST_ERRORS
from agentscope.findings.mix import FEWEST_RUNS, Mixed
from agentscope.findings.odd import MOST

STEPS = "llm_calls + tool_calls"
BY_CLASS = """(select coalesce(jsonb_object_agg(key, value -> 'errors'), '{}')
    from jsonb_each(error_classes))"""
RUNS = f"""
select agent, started_at, {STEPS}, {BY_CLASS}, trace_id, 1, true from agent_run
where project_id = %(project_id)s and {IN_DAY} and errors >= {FEWEST_ERRORS}
"""  # noqa: S608 — our own words
EARLIER = f"""
select run.* from unnest(%(agents)s::text[]) as asked, lateral (
    select agent, started_at, {STEPS}, {BY_CLASS}, trace_id, 1,
        errors = 0 or error_classes <> '{{}}' from agent_run
    where project_id = %(project_id)s and agent = asked and {BEFORE} and {STEPS} > 0
    order by started_at desc, trace_id limit {MOST}) as run
"""  # noqa: S608 — our own words
HOURS = f"""
with told as materialized (
    select agent, date_trunc('hour', started_at, 'UTC') as hour, trace_id, {STEPS} as steps,
        errors, error_classes
    from agent_run where project_id = %(project_id)s and {IN_DAY}),
worked as (select agent, hour, sum(steps)::bigint as steps from told group by agent, hour),
failed as (
    select agent, hour, key as class, sum((value ->> 'errors')::bigint)::bigint as errors,
        count(*) as runs,
        (array_agg(trace_id order by (value ->> 'errors')::bigint desc, trace_id))[1] as trace_id
    from told, jsonb_each(error_classes) where errors > 0 group by agent, hour, key)
select agent, hour, steps, jsonb_build_object(class, errors), trace_id, runs, true
from failed join worked using (agent, hour)
where errors >= {FEWEST_ERRORS} and runs >= {FEWEST_RUNS}
"""  # noqa: S608 — our own words
EARLIER_DAYS = f"""
with told as materialized (
    select agent, day, {STEPS} as steps, errors, error_classes from agent_day
    where project_id = %(project_id)s and agent = any(%(agents)s)
        and day >= %(day)s::date - {DAYS} and day < %(day)s),
failed as (
    select agent, day, jsonb_object_agg(key, errors) as classes from (
        select agent, day, key, sum((value ->> 'errors')::bigint) as errors
        from told, jsonb_each(error_classes) group by agent, day, key) as each
    group by agent, day)
select agent, day::timestamp at time zone 'UTC', sum(steps)::bigint,
    coalesce((array_agg(classes))[1], '{{}}'), null::uuid, 1,
    bool_and(errors = 0 or error_classes <> '{{}}')
from told left join failed using (agent, day) group by agent, day having sum(steps) > 0
"""  # noqa: S608 — our own words


def failed_runs(asked: Asked) -> tuple[list[Mixed], list[Mixed]]:
    """The runs of a day with many failures, and earlier ones of their agents. Two queries, one if
    there are none."""
    return with_earlier(asked, RUNS, EARLIER)


def failed_hours(asked: Asked) -> tuple[list[Mixed], list[Mixed]]:
    """The hours of a day in which many runs of an agent failed, one class of errors each, and
    earlier days of these agents. Two queries, one if there are none."""
    return with_earlier(asked, HOURS, EARLIER_DAYS)


def with_earlier(asked: Asked, now: str, before: str) -> tuple[list[Mixed], list[Mixed]]:
    """What two questions answer; the second one is of the agents of the first."""
    found = mixed(ask(now, asked))
    agents = sorted({each.agent for each in found})
    return found, mixed(ask(before, asked, agents=agents)) if agents else []


def mixed(rows: Iterable[tuple[Any, ...]]) -> list[Mixed]:
    """Rows as they are compared."""
    return [
        Mixed(agent, began, steps, loads(classes), *others)
        for agent, began, steps, classes, *others in rows
    ]
