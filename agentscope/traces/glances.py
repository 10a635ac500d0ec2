"""Claiming traces that are worth a glance: something came, and no examination has seen it yet.

The queue is the column `Trace.look_after`, which an examination clears. Whoever claims a trace
pushes it into the future: a worker that is killed only delays it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import connection

from agentscope.traces.due import LOOK
from agentscope.traces.tree import Tree

RECENT = 2_000  # spans that a glance sees, beside those that came since the last examination
CLAIMED = 5  # traces at once

CLAIM = f"""
with found as materialized (
    select trace_id, project_id from trace where look_after <= statement_timestamp()
    order by look_after limit {CLAIMED} for update skip locked)
update trace set look_after = statement_timestamp() + 2 * {LOOK} * interval '1 second'
from found where trace.trace_id = found.trace_id and trace.project_id = found.project_id
returning trace.project_id, trace.trace_id, generation, look_from_ns, session
"""  # noqa: S608 — numbers only
FINISH = f"""
update trace set look_after = case when generation <> %s
    then statement_timestamp() + {LOOK} * interval '1 second' end
where trace_id = %s and project_id = %s and set_config('synchronous_commit', 'off', true) = 'off'
"""  # noqa: S608 — numbers only


@dataclass(slots=True, frozen=True)
class Glanced:
    """A trace to glance at."""

    project_id: int
    trace_id: UUID
    generation: int
    from_ns: int  # what began before that is left out; 0: nothing is
    session: str


def claim_glances() -> list[Glanced]:
    """Traces that are worth a glance, each given to one caller only for a while."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM)
        return [Glanced(*row) for row in cursor.fetchall()]


def finish_glance(trace: Glanced) -> None:
    """Note that all was seen, if nothing came meanwhile. After all else is written, as it is in an
    examination, so that neither waits for the other in a circle. No commit waits for the disk."""
    with connection.cursor() as cursor:
        cursor.execute(FINISH, [trace.generation, trace.trace_id, trace.project_id])


def recent_from(tree: Tree) -> int:
    """Since when the newest spans of a tree began, in ns; 0 if there are no others."""
    if len(tree) <= RECENT:
        return 0
    return int(np.partition(tree.start_ns, -RECENT)[-RECENT])
