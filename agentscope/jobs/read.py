"""Jobs as pages show them. Never a job of another project."""

from __future__ import annotations

from agentscope.jobs.models import Job

NEWEST = 50


def newest_jobs(project_id: int, limit: int = NEWEST) -> list[Job]:
    """The jobs that were asked for last, the newest first."""
    return list(Job.objects.filter(project_id=project_id).order_by("-created_at", "-pk")[:limit])


def job_of(project_id: int, pk: int) -> Job | None:
    """A job of a project."""
    return Job.objects.filter(project_id=project_id, pk=pk).first()


def progress(job: Job) -> int | None:
    """How far a job is, in percent; None while nobody knows."""
    if job.total is None:
        return None
    return 100 if not job.total else min(100, 100 * job.done // job.total)
