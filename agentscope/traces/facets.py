"""The names that the trace list can be filtered by."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

NEWEST = 5000  # traces that are looked through; a name that is not listed can still be asked for
MOST_NAMES = 500  # of a kind

NAMES = f"""
with newest as materialized (
    select agents, model_names, tools from trace
    where project_id = %s order by started_at desc, trace_id limit {NEWEST}
)
select
    array(select distinct unnest(agents) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(model_names) as name from newest order by name limit {MOST_NAMES}),
    array(select distinct unnest(tools) as name from newest order by name limit {MOST_NAMES})
"""  # noqa: S608 — our own numbers


@dataclass(slots=True, frozen=True)
class Facets:
    """Names in the newest traces of a project, each list in alphabetical order."""

    agents: list[str]
    models: list[str]
    tools: list[str]


def facets(project_id: int) -> Facets:
    """What can be filtered by. One query."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [project_id])
        return Facets(*cursor.fetchone())
