"""Questions about agents. Each adds up parts: what was done in one trace, or on one day in all."""

from __future__ import annotations

RATIO = 1.04  # of the bounds of a bucket of durations, the upper one to the lower one
NONE = -1  # the bucket of runs that took no time
MOST = 2**63 - 1
KEYS = "agent, service, environment, versions"
NUMBERS = (
    *("runs", "failed_runs", "errors", "llm_calls", "tool_calls", "input_tokens", "output_tokens"),
    *("known_cost", "inclusive_cost", "inclusive_unpriced", "unpriced_calls", "unpriced_tokens"),
    "durations_left",
)
SELECT_RUNS = f"""
select {KEYS}, (started_at at time zone 'UTC')::date as day, 1 as traces, {", ".join(NUMBERS)},
    started_at as first_at, started_at as last_at, durations_ns, ''::bytea as durations, tools,
    models_used, providers, error_classes, callers
from agent_run where project_id = %(project_id)s
"""  # noqa: S608 — our own words
SELECT_DAYS = f"""
select {KEYS}, day, traces, {", ".join(NUMBERS)}, first_at, last_at,
    '{{}}'::bigint[] as durations_ns, durations, tools, models_used,
    providers, error_classes, callers
from agent_day where project_id = %(project_id)s
"""  # noqa: S608 — our own words
FILTERS = """
and (%(agent)s::text is null or agent = %(agent)s)
and (%(called_by)s::text is null
    or callers @> jsonb_build_array(jsonb_build_array(%(called_by)s::text)))
and (%(service)s::text is null or service = %(service)s)
and (%(environment)s::text is null or environment = %(environment)s)
and (%(text)s::text is null or strpos(lower(agent), %(text)s) > 0)
"""
OF_TRACES = f"{SELECT_RUNS} and trace_id = any(%(traces)s)"
OF_DAYS = f"{SELECT_DAYS} {FILTERS} and day >= %(first)s::date and day < %(last)s::date"
# The hours of the period before its first whole day, and those after its last one.
BEFORE = f"{SELECT_RUNS} {FILTERS} and started_at >= %(since)s and started_at < %(first)s"
AFTER = f"{SELECT_RUNS} {FILTERS} and started_at >= %(last)s and started_at < %(until)s"


def summed(number: str) -> str:
    """A sum of integers, no more than a column holds: broken senders may report more."""
    return f"least(sum({number}), {MOST})::bigint"


def total(name: str) -> str:
    """The sum of a column by its name."""
    return f"{f'sum({name})' if name.endswith('_cost') else summed(name)} as {name}"


# In the order of sums.Amounts.
SUMS = ", ".join(
    [*map(total, ("traces", *NUMBERS)), "min(first_at) as first_at", "max(last_at) as last_at"]
)


def packed(keys: str, parts: str) -> str:
    """How many runs took how long: for each bucket its number and that of the runs in it, as
    sums.PACKED. A bucket ends at RATIO to the power of its number, in ns, and begins where the one
    before it ends."""
    return f"""
    select {keys}, string_agg(int2send(bucket) || int4send(least(n, {2**31 - 1})::int4), ''::bytea
        order by bucket) as durations
    from (
        select {keys}, case when ns > 0 then ceil(ln(ns::float8) / ln({RATIO}::float8))::int2
            else {NONE}::int2 end as bucket, count(*) as n
        from {parts}, unnest(durations_ns) as ns group by {keys}, bucket
    ) as each group by {keys}"""  # noqa: S608 — our own words


def durations(keys: str, parts: str) -> str:
    """The same of all parts, one after another: adding them up is quick elsewhere."""
    return f"""
    select {keys}, string_agg(durations, ''::bytea) as durations
    from (select {keys}, durations from {parts} union all {packed(keys, parts)}) as each
    group by {keys}"""  # noqa: S608 — our own words


def counted(keys: str, parts: str, column: str, *names: str) -> str:
    """A column of objects, name → numbers by these names, added up."""
    numbers = ", ".join(f"sum((value->>'{name}')::numeric) as {name}" for name in names)
    pairs = ", ".join(f"'{name}', {name}" for name in names)
    return f"""
    select {keys}, jsonb_object_agg(key, jsonb_build_object({pairs})) as {column}
    from (select {keys}, key, {numbers} from {parts}, jsonb_each({column}) group by {keys}, key)
        as each
    group by {keys}"""  # noqa: S608 — our own words


def tools(keys: str, parts: str) -> str:
    """Tools by name."""
    return counted(keys, parts, "tools", "calls", "errors")


def models(keys: str, parts: str) -> str:
    """Models by name."""
    return counted(keys, parts, "models_used", "calls", "pico", "unpriced")


def providers(keys: str, parts: str) -> str:
    """Providers by name."""
    return counted(keys, parts, "providers", "calls")


def error_classes(keys: str, parts: str) -> str:
    """Failures by class."""
    return counted(keys, parts, "error_classes", "errors")


def edges(keys: str, parts: str, where: str = "true") -> str:
    """Edges by who called and how: runs, their cost in 1e-12 USD, and calls without a price."""
    said = f"{keys}, " if keys else ""
    return f"""
    select {said}edge->>0 as caller, edge->>1 as kind, {summed("(edge->>2)::bigint")} as runs,
        sum((edge->>3)::numeric) as pico, {summed("(edge->>4)::bigint")} as unpriced
    from {parts}, jsonb_array_elements(callers) as edge where {where}
    group by {said}edge->>0, edge->>1"""  # noqa: S608 — our own words


# Each of these takes the parts as `{parts}`. How many agents there are, and sums.agent_of.
AGENTS = f"""
with chosen as not materialized ({{parts}}),
sums as (
    select count(*) over (), agent, {SUMS},
        array_agg(distinct service order by service) filter (where service <> '') as services
    from chosen group by agent order by known_cost desc, agent
    limit %(limit)s offset %(offset)s),
listed as materialized (
    select agent, versions, durations_ns, durations, tools, models_used from chosen
    where agent in (select agent from sums))
select sums.*, lasted.durations, called.tools, used.models_used, known.versions
from sums
left join ({durations("agent", "listed")}) as lasted using (agent)
left join ({tools("agent", "listed")}) as called using (agent)
left join ({models("agent", "listed")}) as used using (agent)
left join (
    select agent, array_agg(distinct name order by name) as versions
    from listed, unnest(versions) as name group by agent) as known using (agent)
order by sums.known_cost desc, agent
"""  # noqa: S608 — our own words
# Columns of sums.Edge.
CALLERS = f"""
with chosen as ({{parts}}), found as ({edges("", "chosen")})
select * from found order by runs desc, caller, kind
"""  # noqa: S608 — our own words
CALLEES = f"""
with chosen as ({{parts}}), found as ({edges("agent", "chosen", "edge->>0 = %(called_by)s")})
select agent, kind, runs, pico, unpriced from found order by runs desc, agent, kind
"""  # noqa: S608 — our own words
# Columns of sums.version_of. Several versions in one trace are a line of their own.
VERSIONS = f"""
with chosen as ({{parts}}), sums as (select {SUMS}, versions from chosen group by versions)
select array_to_string(versions, ', '), sums.*, lasted.durations
from sums left join ({durations("versions", "chosen")}) as lasted using (versions)
order by last_at desc, versions
"""  # noqa: S608 — our own words
# Columns of sums.Day.
DAYS = f"""
with chosen as ({{parts}})
select day, {", ".join(map(total, ("runs", "errors", "known_cost", "unpriced_calls")))}
from chosen group by day order by day
"""  # noqa: S608 — our own words
