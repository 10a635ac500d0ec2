"""Jobs that people asked for, worked on until they have ended."""

from __future__ import annotations

from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED
from agentscope.pipeline import run_jobs


def end_jobs() -> None:
    """Work on all jobs, for as many shifts as they take: on a busy machine one is not enough."""
    while Job.objects.filter(state__in=UNFINISHED).exists():
        run_jobs()
