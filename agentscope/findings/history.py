"""What a day of a project came to, and what it is compared with. No payloads; every query is of one
project, and reads a stretch of an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.agents.sql import MOST as MOST_NUMBER
from agentscope.findings.firsts import DAYS, NEW_MODEL, NEW_TOOL, First
from agentscope.findings.hosts import Called
from agentscope.findings.hourly import PROJECT, OddHour, Row
from agentscope.findings.odd import MOST, Runs, Subject

BEGIN = "%(day)s::date::timestamp at time zone 'UTC'"
END = "(%(day)s::date + 1)::timestamp at time zone 'UTC'"
SINCE = f"(%(day)s::date - {DAYS})::timestamp at time zone 'UTC'"
IN_DAY = f"started_at >= {BEGIN} and started_at < {END}"
BEFORE = f"started_at >= {SINCE} and started_at < {BEGIN}"
NAME = "left(name, 200)"  # as the index trace_named has it
PICO = f"least(known_cost * 1e12, {MOST_NUMBER})::bigint"
# In the order of measures.NUMBERS, after trace, agent, name and start.
OF_AGENTS = f"""
select trace_id, agent, '' as name, started_at, {PICO}, unpriced_calls,
    least(input_tokens::numeric + output_tokens, {MOST_NUMBER})::bigint, llm_calls + tool_calls,
    errors, (select coalesce(max(ns), 0) from unnest(durations_ns) as ns), depth
from agent_run where project_id = %(project_id)s
"""  # noqa: S608 — our own words
# Traces in which no agent ran. How long one took is known once it is complete.
OF_TRACES = f"""
select trace_id, '' as agent, {NAME} as name, started_at, {PICO}, unpriced_calls,
    coalesce(input_tokens, 0) + coalesce(output_tokens, 0), llm_calls + tool_calls, errors,
    case when complete then greatest(end_ns - start_ns - waiting_ns, 0) else 0 end, 0
from trace where project_id = %(project_id)s and agents = '{{}}' and spans > 0
"""  # noqa: S608 — our own words
RUNS = f"{OF_AGENTS} and {IN_DAY} union all {OF_TRACES} and {IN_DAY}"
EARLIER = f"""
select run.* from unnest(%(agents)s::text[]) as asked, lateral (
    {OF_AGENTS} and agent = asked and {BEFORE}
    order by started_at desc, trace_id limit {MOST}) as run
union all
select run.* from unnest(%(names)s::text[]) as asked, lateral (
    {OF_TRACES} and {NAME} = asked and {BEFORE}
    order by started_at desc, trace_id limit {MOST}) as run
"""  # noqa: S608 — our own words
HOURS = f"""
select extract(epoch from hour)::bigint / 3600, agent, {PICO}, tokens, unpriced_calls
from agent_hour where project_id = %(project_id)s and hour >= {SINCE} and hour < {END}
order by hour, agent
"""  # noqa: S608 — our own words
DEAREST = """
select distinct on (asked.hour, asked.agent) asked.hour, asked.agent, trace_id
from unnest(%(hours)s::bigint[], %(agents)s::text[]) as asked (hour, agent)
join path_cost cost on cost.project_id = %(project_id)s
    and cost.hour = to_timestamp(asked.hour * 3600)
    and (asked.agent = '' or cost.agent = asked.agent)
group by asked.hour, asked.agent, trace_id
order by asked.hour, asked.agent, sum(known_cost) desc,
    sum(fresh_input + cache_read + output_text) desc, trace_id
"""
# What is in a column of objects on the day, and was in none of the days before it: with the first
# run that had it, and how many runs of its agent there were until then.
FIRSTS = """
with told as materialized (
    select agent, day, traces, {column} from agent_day
    where project_id = %(project_id)s and agent <> ''
    and day >= %(day)s::date - {days} and day <= %(day)s),
before as (select agent, sum(traces)::bigint as runs from told where day < %(day)s group by agent),
fresh as materialized (
    select agent, name from told, jsonb_object_keys({column}) as name where name <> ''
    group by agent, name having min(day) = %(day)s)
select agent, name, coalesce(before.runs, 0) + same_day.runs, trace_id, started_at
from fresh left join before using (agent), lateral (
    select trace_id, started_at from agent_run
    where project_id = %(project_id)s and agent = fresh.agent and {in_day} and {column} ? fresh.name
    order by started_at, trace_id limit 1) as first, lateral (
    select count(*) as runs from agent_run
    where project_id = %(project_id)s and agent = fresh.agent and started_at >= {begin}
    and started_at < first.started_at) as same_day
"""
HOSTS = f"""
select trace_id, agent, started_at, hosts from agent_run
where project_id = %(project_id)s and {IN_DAY} and hosts <> '{{}}'
"""  # noqa: S608 — our own words
EARLIER_HOSTS = f"""
select run.* from unnest(%(agents)s::text[]) as asked, lateral (
    select trace_id, agent, started_at, hosts from agent_run
    where project_id = %(project_id)s and agent = asked and {BEFORE}
    order by started_at desc, trace_id limit {MOST}) as run
"""  # noqa: S608 — our own words
COLUMNS = ((NEW_TOOL, "tools"), (NEW_MODEL, "models_used"))


@dataclass(slots=True, frozen=True)
class Asked:
    """A day (UTC) of a project."""

    project_id: int
    day: date


def runs_of(asked: Asked) -> Runs:
    """What agents did in the traces in which they first ran on a day, and what traces without any
    agent did that began then. One query."""
    return Runs.of(ask(RUNS, asked))


def earlier_runs(asked: Asked, subjects: Iterable[Subject]) -> Runs:
    """The newest runs of some agents, or traces of some names, of the 28 days before. One query."""
    kept = sorted(subjects)
    agents = [agent for agent, _ in kept if agent]
    names = [name for agent, name in kept if not agent]
    return Runs.of(ask(EARLIER, asked, agents=agents, names=names))


def hours_of(asked: Asked) -> list[Row]:
    """What was spent hour by hour on a day and in the 28 days before. One query."""
    return ask(HOURS, asked)


def dearest_traces(asked: Asked, found: Iterable[OddHour]) -> dict[tuple[int, str], UUID]:
    """For each hour and agent the trace that cost most in it. One query."""
    keys = sorted({(each.spike.hour, each.agent) for each in found})
    hours, agents = [key[0] for key in keys], [key[1] or PROJECT for key in keys]
    rows = ask(DEAREST, asked, hours=hours, agents=agents) if keys else []
    return {(hour, agent): trace_id for hour, agent, trace_id in rows}


def firsts_of(asked: Asked) -> Iterator[First]:
    """What agents did on a day and on none of the 28 days before. Two queries."""
    for pattern, column in COLUMNS:
        question = FIRSTS.format(column=column, days=DAYS, in_day=IN_DAY, begin=BEGIN)
        for agent, name, runs, trace_id, began in ask(question, asked):
            yield First(pattern, agent, name, runs, trace_id, began)


def hosts_called(asked: Asked) -> tuple[list[Called], list[Called]]:
    """The hosts that agents called on a day, and those of their newest runs in the 28 days before.
    Two queries, one if none was called."""
    day = [Called(*row) for row in ask(HOSTS, asked)]
    agents = sorted({called.agent for called in day})
    rows = ask(EARLIER_HOSTS, asked, agents=agents) if agents else []
    return day, [Called(*row) for row in rows]


def ask(question: str, asked: Asked, **more: Any) -> list[Any]:
    """The rows that answer a question."""
    with connection.cursor() as cursor:
        cursor.execute(question, asdict(asked) | more)
        found: list[Any] = cursor.fetchall()
    return found


def midnight(day: date) -> datetime:
    """The start of a day, UTC."""
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")
