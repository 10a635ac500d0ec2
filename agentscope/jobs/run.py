"""Running jobs: step by step, one at a time for each project and kind.

A step commits what it did together with the place from which to go on. So a worker that is killed
loses one step at most, and the next worker goes on from there when the lease has ended.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Protocol

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from agentscope.jobs.models import Job

log = logging.getLogger(__name__)

LEASE = 15  # seconds, renewed by every step; a step that takes longer is safe: its row is locked
SHIFT = 1.0  # second, then the worker gives way to others; the next tick goes on
LONGEST_MESSAGE = 1000  # characters

# Only the oldest job of its project and kind that has not ended may run.
CLAIM = """
update job set state = 'running', started_at = coalesce(started_at, statement_timestamp()),
    lease_until = statement_timestamp() + %(lease)s * interval '1 second'
where id = (
    select id from job as next
    where kind = any(%(kinds)s)
    and (state = 'waiting' or state = 'running' and lease_until <= statement_timestamp())
    and not exists (select 1 from job as earlier
        where earlier.project_id = next.project_id and earlier.kind = next.kind
        and earlier.id < next.id and earlier.state in ('waiting', 'running'))
    order by lease_until nulls first, id limit 1 for update skip locked)
returning id
"""


class Runner(Protocol):
    """What does the jobs of one kind."""

    def count(self, job: Job) -> int:
        """How much there is to do, in whatever `job.done` counts."""
        ...

    def step(self, job: Job) -> bool:
        """Do at most a second of the work that is left, in the transaction of the caller; whether
        the job is finished.

        Goes on from `job.cursor`, and moves it, `job.done` and `job.result`. The same step may
        run again if its transaction is lost.
        """
        ...


def run_due(runners: Mapping[str, Runner]) -> None:
    """Claim jobs that wait, or whose worker died, and work on them until the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and (pk := claim(list(runners))) is not None:
        while (going := run_step(pk, runners)) and monotonic() < end:
            pass
        if going:
            Job.objects.filter(pk=pk, state=Job.State.RUNNING).update(lease_until=timezone.now())


def claim(kinds: list[str]) -> int | None:
    """The key of a job to work on, which is its caller's for as long as LEASE."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE, "kinds": kinds})
        found = cursor.fetchone()
    return found[0] if found else None


def run_step(pk: int, runners: Mapping[str, Runner]) -> bool:
    """One step of a job; whether there is more to do. A job that cannot go on fails, and says why.

    A lost database is no failure of the job: it goes on when the lease has ended.
    """
    try:
        return committed_step(pk, runners)
    except OperationalError:
        log.exception("Job %s was interrupted", pk)
    except Exception as error:
        log.exception("Job %s failed", pk)
        fail(pk, f"{type(error).__name__}: {error}")
    return False


@transaction.atomic
def committed_step(pk: int, runners: Mapping[str, Runner]) -> bool:
    """One step, and where to go on, in one transaction. The row is locked, so that a worker whose
    lease ended while it was away cannot do the same step at the same time."""
    job = Job.objects.select_for_update().filter(pk=pk, state=Job.State.RUNNING).first()
    if job is None:
        return False
    runner = runners[job.kind]
    if job.total is None:
        job.total = runner.count(job)
    if runner.step(job):
        job.state, job.finished_at, job.lease_until = Job.State.DONE, timezone.now(), None
    else:
        job.lease_until = timezone.now() + timedelta(seconds=LEASE)
    job.save()
    return job.state == Job.State.RUNNING


def fail(pk: int, message: str) -> None:
    """Note that a job cannot go on."""
    Job.objects.filter(pk=pk).update(
        state=Job.State.FAILED,
        message=message[:LONGEST_MESSAGE],
        finished_at=timezone.now(),
        lease_until=None,
        cursor=None,
    )
