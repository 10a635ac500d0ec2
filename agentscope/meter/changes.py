"""Taking note of what was metered anew: whose readings changed, and in which quarters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection

from agentscope.meter.quarters import mark_quarters, quarters_of

MOST = 2_000  # at once
TAKE = f"""
delete from meter_change where id in (
    select id from meter_change where project_id = %s order by id limit {MOST}
    for update skip locked)
returning trace_id, first_minute, last_minute, touched
"""  # noqa: S608 — numbers only
WAITING = """
select id from project where exists (select 1 from meter_change where project_id = project.id)
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Whose readings changed: `touched` by dimension, as scope.COLUMN names them."""

    touched: Mapping[str, frozenset[str]]

    def of(self, dimension: str) -> frozenset[str]:
        """The agents, sessions, … whose readings changed."""
        return self.touched.get(dimension, frozenset())

    def __bool__(self) -> bool:
        return bool(self.touched)


def take_changes(project_id: int) -> Changes:
    """What changed in a project since it was taken last, MOST traces at once. It is taken if the
    transaction of the caller is committed; the quarters are read from their readings from then
    on, until they are added up again."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [project_id])
        taken = cursor.fetchall()
    mark_quarters(project_id, chain.from_iterable(quarters_of(*row[1:3]) for row in taken))
    return Changes(together(taken))


def together(taken: Iterable[Sequence[Any]]) -> dict[str, frozenset[str]]:
    """All that was touched, by dimension."""
    found: dict[str, set[str]] = {}
    for trace_id, _, _, touched in taken:
        found.setdefault("trace", set()).add(str(trace_id))
        for dimension, names in json.loads(touched).items():
            found.setdefault(dimension, set()).update(names)
    return {dimension: frozenset(names) for dimension, names in found.items()}


def projects_changed() -> list[int]:
    """The projects of which something is waiting to be taken."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return [project_id for (project_id,) in cursor.fetchall()]
