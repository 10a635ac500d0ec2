"""Keeping anew what searching goes by, of steps that are stored: after an upgrade, and where
something in them was redacted.

New blocks are written of all steps in the order of their keys, as they are read now; then the ones
from before go. So all stays to be found meanwhile, and nothing is left of what was replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from agentscope.jobs.models import Job
from agentscope.jobs.run import Runner
from agentscope.search.models import SearchBlock
from agentscope.search.texts import Attributes, Step, log_step, span_step
from agentscope.search.write import Block, Blocks, store
from agentscope.traces.again import (
    BATCH,
    LOGS,
    SELECT_LOGS,
    SELECT_SPANS,
    SPANS,
    STEP,
    Place,
    StoredSpan,
    one_at_a_time,
    rows_behind,
    since,
)
from agentscope.traces.clocks import EPOCH
from agentscope.traces.envelopes import bodies
from agentscope.traces.partitions import cover
from agentscope.traces.payload import unpack_payload
from agentscope.traces.retold import StoredLog
from agentscope.traces.wire import read_source

SEARCH = "search"


class ThenFindAgain:
    """Runs jobs that rewrite stored steps: first as another runner does, then all of those steps
    are kept anew for searching."""

    def __init__(self, first: Runner) -> None:
        self.first = first

    def count(self, job: Job) -> int:
        """As the other says."""
        return self.first.count(job)

    def step(self, job: Job) -> bool:
        """Half a second of either. See jobs.run.Runner."""
        if not job.cursor or job.cursor[0] != SEARCH:
            if self.first.step(job):
                job.cursor = [SEARCH, None]
            return False
        one_at_a_time(job.project_id)
        end, place = monotonic() + STEP, job.cursor[1]
        while (place := keep_anew(job, place, job.created_at)) and monotonic() < end:
            pass
        job.cursor = [SEARCH, place]
        return place is None


def keep_anew(job: Job, place: Any, before: datetime) -> Any:
    """Write the blocks of the next steps that a job is about; where to go on. At the end those that
    were written before a time go, and it is None."""
    at = Place.of(place)
    if at.table == SPANS:
        spans = [StoredSpan(*row) for row in rows_behind(SELECT_SPANS, job, at)]
        keep_spans(job.project_id, spans)
        behind = at.behind(spans[-1].key) if len(spans) == BATCH else Place.start(LOGS)
        return behind.cursor()
    logs = [StoredLog(*row) for row in rows_behind(SELECT_LOGS, job, at)]
    keep_logs(job.project_id, logs)
    if len(logs) == BATCH:
        return at.behind(logs[-1].key).cursor()
    forget(job, before)
    return None


def keep_spans(project_id: int, spans: Sequence[StoredSpan]) -> None:
    """Write the blocks of some spans."""
    cover(span.start_ns for span in spans)
    sent, made = resources(project_id, {span.envelope for span in spans if span.envelope}), Blocks()
    for span in spans:
        if span.envelope and span.body:
            block = made.of(span.trace_id.bytes, span.start_ns, sent.get(span.envelope, {}))
            block.spans.append(span.span_id.to_bytes(8, "big", signed=True))
            add(block, span_step(unpack_payload(bytes(span.body))))
    store(project_id, made.all)


def keep_logs(project_id: int, logs: Sequence[StoredLog]) -> None:
    """Write the blocks of some log records; of no trace none can be found."""
    found = [log for log in logs if log.trace_id.int]
    cover(nanoseconds(log.logged_at) for log in found)
    sent, made = resources(project_id, {log.envelope for log in found}), Blocks()
    for log in found:
        block = made.of(log.trace_id.bytes, nanoseconds(log.logged_at), sent.get(log.envelope, {}))
        block.logs.append(log.digest.bytes)
        add(block, log_step(unpack_payload(bytes(log.body))))
    store(project_id, made.all)


def nanoseconds(at: datetime) -> int:
    """A time as it is stored, in Unix ns."""
    return (at - EPOCH) // timedelta(microseconds=1) * 1000


def add(block: Block, step: Step) -> None:
    """Add a stored step to a block."""
    block.values.update(text for _, text in step.texts)
    block.add(step.attributes)


def resources(project_id: int, envelopes: set[UUID]) -> dict[UUID, Attributes]:
    """What the resources of some envelopes say."""
    found = bodies(project_id, envelopes)
    return {digest: read_source(body).resource for digest, body in found.items()}


def forget(job: Job, before: datetime) -> None:
    """Delete the blocks of which others were written meanwhile."""
    SearchBlock.objects.filter(
        project_id=job.project_id, written_at__lt=before, first_at__gte=since(job)
    ).delete()
