"""What the trace list can be filtered by, and how many traces each filter would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from agentscope.traces.models import Trace

NEWEST = 5000  # traces that are looked through; a name that is not listed can still be asked for
MOST_NAMES = 500  # of a kind
COUNTED = ("errors", "state", "agents", "model_names", "tools", "keys")

NAMES = f"""
with newest as materialized (
    select agents, model_names, tools, keys from trace
    where project_id = %s order by started_at desc, trace_id limit {NEWEST}
)
select
    array(select distinct unnest(agents) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(model_names) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(tools) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(keys) as name from newest order by name limit {MOST_NAMES})
"""  # noqa: S608 — our own numbers


@dataclass(slots=True, frozen=True)
class Facets:
    """Names in the newest traces of a project, each list in alphabetical order."""

    agents: list[str]
    models: list[str]
    tools: list[str]
    keys: list[str]


def facets(project_id: int) -> Facets:
    """What can be filtered by. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [project_id])
        return Facets(*cursor.fetchone())


@dataclass(slots=True, frozen=True)
class Counted:
    """How many traces have what, the most frequent first, of those in `traces`: all, or the newest
    ones if `truncated`."""

    status: list[tuple[str, int]]
    state: list[tuple[str, int]]
    agent: list[tuple[str, int]]
    model: list[tuple[str, int]]
    tool: list[tuple[str, int]]
    key: list[tuple[str, int]]
    traces: list[UUID]
    truncated: bool


def count_facets(found: QuerySet[Trace]) -> Counted:
    """Count the newest of some traces, given newest first. One query."""
    rows = list(found.values_list("trace_id", *COUNTED)[: NEWEST + 1])
    ids, errors, states, agents, models, tools, keys = (
        zip(*rows[:NEWEST], strict=True) if rows else [()] * (1 + len(COUNTED))
    )
    return Counted(
        status=most("error" if each else "ok" for each in errors),
        state=most(states),
        agent=most(chain.from_iterable(map(set, agents))),
        model=most(chain.from_iterable(map(set, models))),
        tool=most(chain.from_iterable(map(set, tools))),
        key=most(chain.from_iterable(map(set, keys))),
        traces=list(ids),
        truncated=len(rows) > NEWEST,
    )


def most(names: Iterable[str]) -> list[tuple[str, int]]:
    """How often each name comes, the most frequent first."""
    return sorted(Counter(names).items(), key=lambda each: (-each[1], each[0]))
