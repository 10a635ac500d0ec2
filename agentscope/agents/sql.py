"""Questions about agents: each adds up the rows of a period."""

COLUMNS = """agent, started_at, runs, durations_ns, durations_left, errors, failed_runs,
    llm_calls, tool_calls, input_tokens, output_tokens, known_cost, inclusive_cost,
    inclusive_unpriced, unpriced_calls, unpriced_tokens, tools, models_used, versions, callers,
    service"""
CHOSEN = f"""
chosen as not materialized (
    select {COLUMNS} from agent_run where project_id = %(project_id)s
    and (%(agent)s::text is null or agent = %(agent)s)
    and (%(traces)s::uuid[] is null or trace_id = any(%(traces)s))
    and (%(since)s::timestamptz is null or started_at >= %(since)s)
    and (%(until)s::timestamptz is null or started_at < %(until)s)
    and (%(service)s::text is null or service = %(service)s)
    and (%(environment)s::text is null or environment = %(environment)s)
    and (%(text)s::text is null or strpos(lower(agent), %(text)s) > 0))
"""  # noqa: S608 — our own words
# In the order of sums.Amounts.
SUMS = """
    count(*) as traces, sum(runs) as runs, sum(failed_runs) as failed_runs, sum(errors) as errors,
    sum(llm_calls) as llm_calls, sum(tool_calls) as tool_calls,
    sum(input_tokens)::bigint as input_tokens, sum(output_tokens)::bigint as output_tokens,
    sum(known_cost) as known_cost, sum(inclusive_cost) as inclusive_cost,
    sum(inclusive_unpriced) as inclusive_unpriced,
    sum(unpriced_calls) as unpriced_calls, sum(unpriced_tokens)::bigint as unpriced_tokens,
    sum(durations_left) as durations_left, min(started_at) as first_at, max(started_at) as last_at
"""
QUANTILES = "percentile_disc(array[0.5, 0.9, 0.95, 0.99]) within group (order by ns)"
# How many agents there are, and the columns of sums.agent_of.
AGENTS = f"""
with {CHOSEN}, sums as (
    select count(*) over (), agent, {SUMS},
        array_agg(distinct service order by service) filter (where service <> '') as services
    from chosen group by agent order by known_cost desc, agent
    limit %(limit)s offset %(offset)s
), listed as (
    select agent, durations_ns, tools, models_used, versions from chosen
    where agent in (select agent from sums)
)
select sums.*, lasted.quantiles, tools.found, models.found, versions.found
from sums
left join (
    select agent, {QUANTILES} as quantiles from listed, unnest(durations_ns) as ns group by agent
) lasted using (agent)
left join (
    select agent, jsonb_object_agg(name, jsonb_build_array(calls, errors)) as found from (
        select agent, key as name, sum((value->>'calls')::bigint)::bigint as calls,
            sum((value->>'errors')::bigint)::bigint as errors
        from listed, jsonb_each(tools) group by agent, key) each group by agent
) tools using (agent)
left join (
    select agent, jsonb_object_agg(name, jsonb_build_array(calls, pico::text, unpriced)) as found
    from (
        select agent, key as name, sum((value->>'calls')::bigint)::bigint as calls,
            sum((value->>'pico')::numeric) as pico,
            sum((value->>'unpriced')::bigint)::bigint as unpriced
        from listed, jsonb_each(models_used) group by agent, key) each group by agent
) models using (agent)
left join (
    select agent, array_agg(distinct name order by name) as found
    from listed, unnest(versions) as name group by agent
) versions using (agent)
order by sums.known_cost desc, agent
"""  # noqa: S608 — our own words
EDGES = """edge->>0, edge->>1, sum((edge->>2)::bigint)::bigint, sum((edge->>3)::numeric),
    sum((edge->>4)::bigint)::bigint"""
# Columns of sums.Edge.
CALLERS = f"""
with {CHOSEN}
select {EDGES} from chosen, jsonb_array_elements(callers) as edge
group by 1, 2 order by 3 desc, 1, 2
"""  # noqa: S608 — our own words
CALLED = "callers @> jsonb_build_array(jsonb_build_array(%(agent)s::text))"
CALLEES = f"""
with {CHOSEN.replace("agent = %(agent)s", CALLED)}
select agent, {EDGES.removeprefix("edge->>0, ")}
from chosen, jsonb_array_elements(callers) as edge where edge->>0 = %(agent)s
group by 1, 2 order by 3 desc, 1, 2
"""  # noqa: S608 — our own words
# Columns of sums.version_of. Several versions in one trace are a line of their own.
VERSIONS = f"""
with {CHOSEN}, lasted as (
    select versions, {QUANTILES} as quantiles from chosen, unnest(durations_ns) as ns
    group by versions)
select array_to_string(versions, ', '), sums.*, lasted.quantiles from (
    select {SUMS}, versions from chosen group by versions
) sums left join lasted using (versions) order by last_at desc, versions
"""  # noqa: S608 — our own words
# Columns of sums.Day.
DAYS = f"""
with {CHOSEN}
select (started_at at time zone 'utc')::date, sum(runs), sum(errors), sum(known_cost),
    sum(unpriced_calls)
from chosen group by 1 order by 1
"""  # noqa: S608 — our own words
