"""Suggesting soon where nothing is suggested yet, so that what has just proven itself need not wait
for the hour. Asked each minute: one look at the days tells whether anything is new."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from django.db import connection

from agentscope.costs.bounded import TookTooLong
from agentscope.routing.suggest import LOOKED_AT, suggest

REST = 3600  # times as long as it took: so a second of an hour goes to it at most
# Projects without suggestions, with a number that rises whenever something of their days changes.
NEW = """
select d.project_id, sum(d.generation)::bigint from day_due d where d.day >= %s
and not exists (select 1 from suggested_model s where s.project_id = d.project_id)
group by d.project_id order by d.project_id
"""


class Seen(NamedTuple):
    """How far a project was looked at by this process, and when it may be again."""

    generation: int
    rests_until: float  # as monotonic tells


_seen: dict[int, Seen] = {}


def suggest_soon(now: datetime) -> None:
    """Suggest in the projects that have no suggestion yet, and of which something is new."""
    with connection.cursor() as cursor:
        cursor.execute(NEW, [(now - LOOKED_AT).date()])
        found = cursor.fetchall()
    for project_id, generation in found:
        seen = _seen.get(project_id)
        if not seen or (seen.generation != generation and seen.rests_until <= monotonic()):
            _seen[project_id] = Seen(generation, look(project_id, now))


def look(project_id: int, now: datetime) -> float:
    """Suggest in a project; until when it rests. One that takes too long keeps no other waiting."""
    began = monotonic()
    with suppress(TookTooLong):
        suggest(project_id, now)
    end = monotonic()
    return end + REST * (end - began)
