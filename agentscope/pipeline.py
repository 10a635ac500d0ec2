"""What happens to a trace after its spans are stored: it is examined as a whole, again and again
until nothing more comes.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, thread_time
from uuid import UUID

from celery import shared_task
from django.db import transaction

from agentscope.billing.bill import bill
from agentscope.prices.book import price_book
from agentscope.traces.examined import claim_due, finish, settle_due, take
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans
from agentscope.traces.partitions import ensure_partitions
from agentscope.traces.retention import drop_expired
from agentscope.traces.totals import Totals, totals

log = logging.getLogger(__name__)

SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on


@shared_task(name="traces.examine")
def examine_due() -> None:
    """Claim due traces and examine them, until none is due or the shift is over."""
    settle_due()
    end = monotonic() + SHIFT
    while monotonic() < end and (claimed := claim_due()):
        for project_id, trace_id in claimed:
            examine_or_log(project_id, trace_id)


@shared_task(name="traces.partitions")
def partitions() -> None:
    """Make the day partitions that are needed soon, drop those that are expired."""
    ensure_partitions()
    drop_expired()


def examine_or_log(project_id: int, trace_id: UUID) -> None:
    """Examine a trace. One that cannot be examined must not keep others waiting: it is logged, and
    due again when its lease ends."""
    try:
        examine(project_id, trace_id)
    except Exception:
        log.exception("Cannot examine trace %s of project %s", trace_id.hex, project_id)


@contextmanager
def without_sweeping() -> Iterator[None]:
    """Pause the collection of cyclic garbage: it would look through the rows of a large trace again
    and again, for a third of the time, and there are no cycles among them."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@without_sweeping()
@transaction.atomic
def examine(project_id: int, trace_id: UUID) -> None:
    """Build the tree of a trace and write down what it comes to.

    Reads without locks. If spans arrive meanwhile, the generation has moved on when we write, and
    the trace stays due. Does nothing if another worker is at it.
    """
    began = thread_time()
    trace = take(project_id, trace_id)
    if trace is None:
        return
    spans = load_spans(project_id, trace_id)
    tree = grow(spans)
    bill(tree, spans, price_book())
    nothing = Totals(trace.started_at, trace.start_ns, trace.end_ns)
    finish(trace, tree, totals(tree, spans) if tree else nothing, thread_time() - began)
