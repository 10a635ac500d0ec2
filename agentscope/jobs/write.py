"""Asking for a job, and stopping it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agentscope.jobs.models import Job

UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)
MOST_UNFINISHED = 20  # of one project: whoever asks again and again does not fill the table


class TooManyJobs(ValueError):
    """So many jobs of the project wait already that no more are taken. The text says so."""


def ask(
    project_id: int,
    kind: Job.Kind,
    parameters: dict[str, Any],
    asked_by: str,
    is_preview: bool = False,
) -> Job:
    """A new job. It starts within a second or two, after those of its kind that came before.
    Raises TooManyJobs."""
    if Job.objects.filter(project_id=project_id, state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        raise TooManyJobs(f"{MOST_UNFINISHED} jobs wait already: stop some, or let them end first.")
    return Job.objects.create(
        project_id=project_id,
        kind=kind,
        parameters=parameters,
        asked_by=asked_by,
        is_preview=is_preview,
    )


def stop(job: Job) -> bool:
    """Stop a job after the step that it is at; what is done stays done. False if it has ended.
    Its place is forgotten, which may be the name of a session or the like."""
    stopped = Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
        state=Job.State.STOPPED, finished_at=timezone.now(), lease_until=None, cursor=None
    )
    return bool(stopped)
