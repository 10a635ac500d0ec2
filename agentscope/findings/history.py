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
from agentscope.findings.baselines import MONTH_AGO
from agentscope.findings.firsts import DAYS, NEW_MODEL, NEW_PROVIDER, NEW_TOOL, First
from agentscope.findings.hosts import Called
from agentscope.findings.hourly import PROJECT, Row
from agentscope.findings.measures import NUMBERS
from agentscope.findings.odd import MOST, Runs, Subject

BEGIN = "%(day)s::date::timestamp at time zone 'UTC'"
END = "(%(day)s::date + 1)::timestamp at time zone 'UTC'"
SINCE = f"(%(day)s::date - {DAYS})::timestamp at time zone 'UTC'"
IN_DAY = f"started_at >= {BEGIN} and started_at < {END}"
BEFORE = f"started_at >= {SINCE} and started_at < {BEGIN}"
AGO = " and ".join(
    f"started_at {sign} (%(day)s::date - {days})::timestamp at time zone 'UTC'"
    for sign, days in ((">=", MONTH_AGO[1]), ("<", MONTH_AGO[0] - 1))
)
NAME = "left(name, 200)"  # as the index trace_named has it
PICO = f"least(known_cost * 1e12, {MOST_NUMBER})::bigint"
# In the order of measures.NUMBERS, after trace, agent, name and start.
OF_AGENTS = f"""
select trace_id, agent, '' as name, started_at, {PICO} as pico, unpriced_calls as unpriced,
    least(input_tokens::numeric + output_tokens, {MOST_NUMBER})::bigint as tokens,
    llm_calls + tool_calls as steps, errors,
    (select coalesce(max(ns), 0) from unnest(durations_ns) as ns) as lasted_ns, depth, open_ns
from agent_run where project_id = %(project_id)s
"""  # noqa: S608 — our own words
# Traces in which no agent ran. Until one is complete it is known how long it took so far.
OF_TRACES = f"""
select trace_id, '' as agent, {NAME} as name, started_at, {PICO} as pico,
    unpriced_calls as unpriced, coalesce(input_tokens, 0) + coalesce(output_tokens, 0) as tokens,
    llm_calls + tool_calls as steps, errors, case when complete then ns else 0 end as lasted_ns,
    0 as depth, case when complete then 0 else ns end as open_ns
from trace, lateral (select greatest(end_ns - start_ns - waiting_ns, 0) as ns) as took
where project_id = %(project_id)s and agents = '{{}}' and spans > 0
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
# Runs of some agents, and traces of some names, on a day, each up to a time of one trace.
UNTIL = f"""
select run.* from unnest(%(agents)s::text[], %(ran)s::timestamptz[]) as asked (who, until),
lateral ({OF_AGENTS} and agent = who and {IN_DAY} and started_at <= until
    and (started_at, trace_id) < (until, %(trace_id)s)
    order by started_at, trace_id limit {MOST}) as run
union all
select run.* from unnest(%(names)s::text[], %(began)s::timestamptz[]) as asked (who, until),
lateral ({OF_TRACES} and {NAME} = who and {IN_DAY} and started_at <= until
    and (started_at, trace_id) < (until, %(trace_id)s)
    order by started_at, trace_id limit {MOST}) as run
"""  # noqa: S608 — our own words
# How many runs and traces a project has a day: as many values are compared.
A_DAY = f"""
with counted as (
    select day, traces from agent_day where project_id = %(project_id)s
        and day >= %(day)s::date - {DAYS} and day < %(day)s
    union all
    select day, traces from day_cost where project_id = %(project_id)s
        and day >= %(day)s::date - {DAYS} and day < %(day)s)
select coalesce(sum(traces)::float8 / (%(day)s::date - min(day)), 0) from counted
"""  # noqa: S608 — our own words
# What the dearest run of each subject came to about a month ago.
A_MONTH_AGO = f"""
select agent, name, {", ".join(f"max({each})" for each in NUMBERS)} from (
    {OF_AGENTS} and {AGO} and agent = any(%(agents)s) union all
    {OF_TRACES} and {AGO} and {NAME} = any(%(names)s)) as run
group by agent, name
"""  # noqa: S608 — our own words
# What the newest runs of all agents cost.
NEWEST = f"""
select coalesce(max(pico), 0) from (
    select {PICO} as pico from agent_run where project_id = %(project_id)s and {BEFORE}
    order by started_at desc limit {MOST}) as run
"""  # noqa: S608 — our own words
HOURS = f"""
select extract(epoch from hour)::bigint / 3600, agent, {PICO}, tokens, unpriced_calls
from agent_hour where project_id = %(project_id)s and hour < {END}
    and hour >= (%(day)s::date - {MONTH_AGO[1]})::timestamp at time zone 'UTC'
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
before as (select agent, sum(traces)::bigint as runs from told
    where day < %(day)s and {is_known} group by agent),
fresh as materialized (
    select agent, name from told, jsonb_object_keys({column}) as name where name <> ''
    group by agent, name having min(day) = %(day)s)
select agent, name, coalesce(before.runs, 0) + same_day.runs, trace_id, started_at
from fresh left join before using (agent), lateral (
    select trace_id, started_at from agent_run
    where project_id = %(project_id)s and agent = fresh.agent and {in_day} and {column} ? fresh.name
    order by started_at, trace_id limit 1) as first, lateral (
    select count(*) as runs from agent_run
    where project_id = %(project_id)s and agent = fresh.agent and {is_known}
    and started_at >= {begin} and started_at < first.started_at) as same_day
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
# Of runs that name no provider nobody knows whether they used it.
COLUMNS = (
    (NEW_TOOL, "tools", "true"),
    (NEW_MODEL, "models_used", "true"),
    (NEW_PROVIDER, "providers", "providers <> '{}'"),
)


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


def runs_until(asked: Asked, runs: Runs) -> Runs:
    """For each of some runs of one trace those of its subject that began earlier on the day, the
    first MOST. One query."""
    times = dict(zip(runs.subjects, runs.began, strict=True))
    agents = {agent: time for (agent, _), time in times.items() if agent}
    names = {name: time for (agent, name), time in times.items() if not agent}
    rows = ask(
        UNTIL,
        asked,
        agents=list(agents),
        ran=list(agents.values()),
        names=list(names),
        began=list(names.values()),
        trace_id=runs.traces[0],
    )
    return Runs.of(rows)


def runs_a_day(asked: Asked) -> float:
    """How many runs and traces there were a day in the 28 days before. One query."""
    return float(ask(A_DAY, asked)[0][0] or 0)


def a_month_ago(asked: Asked, subjects: Iterable[Subject]) -> dict[Subject, tuple[int, ...]]:
    """The largest of each of NUMBERS that some subjects came to from 34 to 26 days before. One
    query, none for no subjects."""
    kept = sorted(set(subjects))
    agents = [agent for agent, _ in kept if agent]
    names = [name for agent, name in kept if not agent]
    rows = ask(A_MONTH_AGO, asked, agents=agents, names=names) if kept else []
    return {(agent, name): numbers for agent, name, *numbers in rows}


def dearest_run(asked: Asked) -> int:
    """What the dearest of the newest runs of all agents in the days before cost, in 1e-12 USD. One
    query."""
    return int(ask(NEWEST, asked)[0][0])


def hours_of(asked: Asked) -> list[Row]:
    """What was spent hour by hour on a day and in the 34 days before. One query."""
    return ask(HOURS, asked)


def dearest_traces(asked: Asked, found: Iterable[tuple[int, str]]) -> dict[tuple[int, str], UUID]:
    """For each hour and agent the trace that cost most in it. One query."""
    keys = sorted(set(found))
    hours, agents = [key[0] for key in keys], [key[1] or PROJECT for key in keys]
    rows = ask(DEAREST, asked, hours=hours, agents=agents) if keys else []
    return {(hour, agent): trace_id for hour, agent, trace_id in rows}


def firsts_of(asked: Asked) -> Iterator[First]:
    """What agents did on a day and on none of the 28 days before. Three queries."""
    for pattern, column, is_known in COLUMNS:
        question = FIRSTS.format(
            column=column, is_known=is_known, days=DAYS, in_day=IN_DAY, begin=BEGIN
        )
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
