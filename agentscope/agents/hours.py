"""Adding up hours of agents: from the lines of all traces to what each spent hour by hour.

A part of `costs.days`, as days.py is: of the same due day, in the same transaction, never
incremented. Only what was spent is kept, and only for as long as hours are compared with it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agentscope.agents.models import AgentHour
from agentscope.agents.sql import MOST
from agentscope.costs.days import LINES_OF_DAY, Day

KEPT = timedelta(days=77)  # late data makes a day of six weeks ago be compared again
TOKENS = (
    *("fresh_input", "cache_read", "cache_write_5m", "cache_write_1h", "audio_input"),
    *("output_text", "reasoning", "audio_output"),
)
COLUMNS = "hour, agent, known_cost, tokens, unpriced_calls"
REPLACE = f"""
with fresh as materialized (
    select hour, agent, sum(known_cost) as known_cost,
        least(sum({" + ".join(f"{name}::numeric" for name in TOKENS)}), {MOST})::bigint as tokens,
        sum(unpriced_calls)::bigint as unpriced_calls
    from path_cost where {LINES_OF_DAY} group by hour, agent),
spent as materialized (select * from fresh where known_cost > 0 or tokens > 0),
stored as materialized (select {COLUMNS} from agent_hour where {LINES_OF_DAY}),
gone as (
    delete from agent_hour where {LINES_OF_DAY}
    and (hour, agent) in (select hour, agent from (table stored except table spent) as changed)
    and (hour, agent) not in (select hour, agent from spent))
insert into agent_hour (project_id, {COLUMNS})
select %(project_id)s, * from (table spent except table stored) as changed
on conflict (project_id, hour, agent) do update set known_cost = excluded.known_cost,
    tokens = excluded.tokens, unpriced_calls = excluded.unpriced_calls
"""  # noqa: S608 — names of columns only


def add_up(day: Day) -> None:
    """Make the hours of a day what its lines come to. Runs in the transaction of the roll-up."""
    with connection.cursor() as cursor:
        cursor.execute(REPLACE, asdict(day))


def forget_hours() -> None:
    """Delete hours that nothing is compared with any more."""
    AgentHour.objects.filter(hour__lt=timezone.now() - KEPT).delete()
