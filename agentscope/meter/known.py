"""Names of those who used something, for forms in which one is to be named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from agentscope.projects.read import sending_keys

ROWS = 5000  # the newest of each table, that are looked through
MOST = 200  # names of a kind
LONGEST = 500  # characters
SAID = ("path", "agent", "tool", "model", "environment")
KINDS = (*SAID, "key")
COLUMNS = ", ".join(SAID)
NAMES = ", ".join(
    f"array(select distinct {name} from newest"  # noqa: S608 — our own words, here and below
    f" where length({name}) between 1 and {LONGEST} order by {name} limit {MOST + 1})"
    for name in SAID
)
# Quarters reach far back, and what is not added up yet is in the readings.
KNOWN = f"""
with newest as materialized (
    (select {COLUMNS} from metered where project_id = %(project)s
        order by minute desc limit {ROWS})
    union all
    (select {COLUMNS} from quarter_metered where project_id = %(project)s
        order by quarter desc limit {ROWS}))
select {NAMES}
"""  # noqa: S608


@dataclass(slots=True, frozen=True)
class Known:
    """Names by kind, MOST of each, in alphabetical order. `more`: there are others."""

    names: Mapping[str, list[str]]
    more: bool


def known_names(project_id: int) -> Known:
    """Who used something lately, and the keys that may send. Two queries, however much was used."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"project": project_id})
        found = dict(zip(SAID, cursor.fetchone(), strict=True))
    found["key"] = sending_keys(project_id, MOST + 1)
    more = any(len(names) > MOST for names in found.values())
    return Known({kind: names[:MOST] for kind, names in found.items()}, more)
