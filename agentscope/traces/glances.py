"""Claiming traces that are worth a glance: something came, and no examination has seen it yet.

The queue is the column `Trace.look_after`, which an examination clears. Whoever claims a trace
pushes it into the future: a worker that is killed only delays it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from agentscope.traces.due import LOOK
from agentscope.traces.load import MOST_RECENT
from agentscope.traces.models import Trace, TraceIndex
from agentscope.traces.tree import Tree

RECENT = 2_000  # spans that a glance sees, beside those that came since the last examination
CLAIMED = 5  # traces at once

CLAIM = f"""
with found as materialized (
    select trace_id, project_id from trace where look_after <= statement_timestamp()
    order by look_after limit {CLAIMED} for update skip locked)
update trace set look_after = statement_timestamp() + 2 * {LOOK} * interval '1 second'
from found where trace.trace_id = found.trace_id and trace.project_id = found.project_id
returning trace.project_id, trace.trace_id, generation, look_from_ns, session, name,
    user_name, environment
"""  # noqa: S608 — numbers only
FINISH = f"""
update trace set look_after = case when generation <> %(generation)s
    then statement_timestamp() + {LOOK} * interval '1 second' end,
unmetered_since = case when not %(is_metered)s then unmetered_since
    when generation <> %(generation)s then now() end
where trace_id = %(trace_id)s and project_id = %(project_id)s
and set_config('synchronous_commit', 'off', true) = 'off'
"""  # noqa: S608 — numbers only


@dataclass(slots=True, frozen=True)
class Glanced:
    """A trace to glance at."""

    project_id: int
    trace_id: UUID
    generation: int
    from_ns: int  # what began before that is left out; 0: nothing is
    session: str  # as it was when it was examined, here and below
    name: str
    user: str
    environment: str


@dataclass(slots=True, frozen=True)
class Before:
    """What an examination leaves of a large trace for glances that see its newest spans only."""

    since_ns: int = 0  # when the first of these began; 0: all are seen
    spent: dict[str, list[int]] = field(default_factory=dict)  # earlier, as agents.so_far keeps it


def claim_glances() -> list[Glanced]:
    """Traces that are worth a glance, each given to one caller only for a while."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM)
        return [Glanced(*row) for row in cursor.fetchall()]


def finish_glance(trace: Glanced, *, is_metered: bool) -> None:
    """Note that all was seen, if nothing came meanwhile, and whether it is metered. After all else
    is written, as it is in an examination, so that neither waits for the other in a circle. No
    commit waits for the disk."""
    with connection.cursor() as cursor:
        names = ("generation", "trace_id", "project_id")
        said = {name: getattr(trace, name) for name in names}
        cursor.execute(FINISH, said | {"is_metered": is_metered})


def recent_from(tree: Tree) -> int:
    """Since when the newest spans of a tree began, in ns; 0 if there are no others."""
    return newest_from(tree, RECENT) if len(tree) > RECENT else 0


def newest_from(tree: Tree, number: int) -> int:
    """Since when so many spans of a tree, the newest, began; it has as many at least."""
    return int(np.partition(tree.start_ns, -number)[-number])


def seen_from(tree: Tree, since_ns: int) -> int:
    """Since when all spans are in the tree that a glance has read from a time on, in ns; 0 if all
    are, of any time. What began earlier is there because it is above others."""
    return max(since_ns, newest_from(tree, MOST_RECENT) if len(tree) >= MOST_RECENT else 0)


def before(trace: Glanced) -> Before:
    """What the last examination left for a glance. One query, none for a trace that is small."""
    if not trace.from_ns:
        return Before()
    rows = TraceIndex.objects.filter(project_id=trace.project_id, trace_id=trace.trace_id)
    said: dict[str, Any] | None = rows.values_list("so_far", flat=True).first()
    return Before(**said) if said else Before(trace.from_ns)


def generation_of(project_id: int, trace_id: UUID) -> int | None:
    """How far a trace has grown; None if it is gone."""
    rows = Trace.objects.filter(project_id=project_id, trace_id=trace_id)
    return rows.values_list("generation", flat=True).first()
