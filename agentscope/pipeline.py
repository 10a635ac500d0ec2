"""What happens to a trace after its spans are stored: it is examined as a whole, again and again
until nothing more comes.

The queue is the column `Trace.examine_after`. Whoever claims a trace pushes it into the future, so
a worker that is killed only delays it, and a broker that is wiped loses nothing.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic, thread_time
from typing import Any
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, DateTimeField, Value, When
from django.db.models.functions import Now

from agentscope.costs.bill import bill
from agentscope.costs.prices import price_book
from agentscope.traces.due import REST
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.models import Trace, TraceIndex
from agentscope.traces.partitions import ensure_partitions
from agentscope.traces.retention import drop_expired
from agentscope.traces.totals import totals
from agentscope.traces.tree import Tree, unpack
from agentscope.vocabulary import Flag

log = logging.getLogger(__name__)
State = Trace.State

LEASE = timedelta(minutes=5)  # after that a claimed trace is due again: its worker must be dead
CLAIMED = 20  # traces at once: few, so that other workers get some too
SHIFT = 5.0  # seconds after which a task gives way to others; the next tick goes on
# Exporters send in batches, a child's batch often after its parent's: 2 s is more than the usual
# pause between two batches of one process that is done.
QUIET = timedelta(seconds=2)

CLAIM = """
update trace set examine_after = statement_timestamp() + %(lease)s * interval '1 second'
where (trace_id, project_id) in (
    select trace_id, project_id from trace where examine_after <= statement_timestamp()
    order by examine_after limit %(limit)s for update skip locked)
returning project_id, trace_id
"""
ALONE = "select statement_timestamp() where pg_try_advisory_xact_lock(hashtextextended(%s, %s))"


@shared_task(name="traces.examine")
def examine_due() -> None:
    """Claim due traces and examine them, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and (claimed := claim_due()):
        for project_id, trace_id in claimed:
            examine_or_log(project_id, trace_id)


@shared_task(name="traces.partitions")
def partitions() -> None:
    """Make the day partitions that are needed soon, drop those that are expired."""
    ensure_partitions()
    drop_expired()


def claim_due(limit: int = CLAIMED) -> list[tuple[int, UUID]]:
    """Project and id of traces that are due, each given to one caller only for as long as LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE.total_seconds(), "limit": limit})
        return [(project_id, trace_id) for project_id, trace_id in cursor.fetchall()]


def examine_or_log(project_id: int, trace_id: UUID) -> None:
    """Examine a trace. One that cannot be examined must not keep others waiting: it is logged, and
    due again when its lease ends."""
    try:
        examine(project_id, trace_id)
    except Exception:
        log.exception("Cannot examine trace %s of project %s", trace_id.hex, project_id)


@transaction.atomic
def examine(project_id: int, trace_id: UUID) -> None:
    """Build the tree of a trace and write down what it comes to.

    Reads without locks. If spans arrive meanwhile, the generation has moved on when we write, and
    the trace stays due. Does nothing if another worker is at it.
    """
    began = thread_time()
    now = time_alone(project_id, trace_id)
    trace = Trace.objects.filter(trace_id=trace_id, project_id=project_id).first()
    if now is None or trace is None:
        return
    tree = known_tree(trace)
    if tree is not None:
        write_trace(trace, tree, now, {})
        return
    tree, columns = examined(trace)
    columns |= {"examined_generation": trace.generation, "examined_at": Now()}
    write_index(trace, tree)
    write_trace(trace, tree, now, columns | {"examine_seconds": thread_time() - began})


def time_alone(project_id: int, trace_id: UUID) -> datetime | None:
    """The database's clock, if nobody else examines the trace until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [trace_id.hex, project_id])
        found = cursor.fetchone()
        return found[0] if found else None


def known_tree(trace: Trace) -> Tree | None:
    """The tree as it was examined last, if nothing came since: only time has passed."""
    if trace.examined_generation != trace.generation:
        return None
    index = TraceIndex.objects.filter(trace_id=trace.trace_id, project_id=trace.project_id).first()
    return unpack(bytes(index.body)) if index else None


def examined(trace: Trace) -> tuple[Tree, dict[str, Any]]:
    """The billed tree of a trace's spans, and the columns of its row that follow from it."""
    spans = load_spans(trace.project_id, trace.trace_id)
    tree = grow(spans)
    bill(tree, spans, price_book())
    return tree, asdict(totals(tree, spans)) if len(tree) else {"spans": 0}


def write_index(trace: Trace, tree: Tree) -> None:
    """Keep the tree for those who read it."""
    TraceIndex.objects.update_or_create(
        trace_id=trace.trace_id,
        project_id=trace.project_id,
        defaults={"generation": trace.generation, "body": tree.pack()},
    )


def write_trace(trace: Trace, tree: Tree, now: datetime, columns: dict[str, Any]) -> None:
    """Write what a trace comes to, its state, and when to look again.

    If spans came since it was read it stays due, after a rest in proportion to the work.
    """
    state, look_again = state_of(tree, trace.last_seen_at, now)
    rest = timedelta(seconds=REST * columns.get("examine_seconds", 0))
    is_same = When(generation=trace.generation, then=Value(look_again, DateTimeField()))
    Trace.objects.filter(trace_id=trace.trace_id, project_id=trace.project_id).update(
        **columns,
        state=Case(
            When(generation=trace.generation, then=Value(state)), default=Value(State.RUNNING)
        ),
        examine_after=Case(is_same, default=Now() + rest),
    )


def state_of(tree: Tree, last_seen: datetime, now: datetime) -> tuple[str, datetime | None]:
    """The state of a trace, and when time alone will change it."""
    ends = last_seen + (QUIET if is_complete(tree) else settings.AGENTSCOPE_IDLE_AFTER)
    if now < ends:
        return State.RUNNING, ends
    return (State.ENDED if is_complete(tree) else State.IDLE), None


def is_complete(tree: Tree) -> bool:
    """Whether a root is there, no parent is missing and no span is open."""
    return bool(len(tree) and tree.end_ns.all() and not (tree.flags & int(Flag.ORPHAN)).any())
