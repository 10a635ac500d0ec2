"""Jobs that people asked for, worked on until they have ended, or a few steps of them."""

from __future__ import annotations

from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.jobs.run import claim, run_step
from agentscope.jobs.write import UNFINISHED
from agentscope.pipeline import RUNNERS, run_jobs


def end_jobs() -> None:
    """Work on all jobs, for as many shifts as they take: on a busy machine one is not enough."""
    while Job.objects.filter(state__in=UNFINISHED).exists():
        run_jobs()


def begin_job(steps: int) -> None:
    """Do so many steps of the job whose turn it is, as a worker whose shift ends then."""
    pk = claim(list(RUNNERS))
    assert pk is not None
    for _ in range(steps):
        assert run_step(pk, RUNNERS), "the job has fewer steps"
    Job.objects.filter(pk=pk).update(lease_until=timezone.now())
