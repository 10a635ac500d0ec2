"""Asking for a job, and stopping it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agentscope.jobs.models import Job

UNFINISHED = (Job.State.WAITING, Job.State.RUNNING)


def ask(
    project_id: int,
    kind: Job.Kind,
    parameters: dict[str, Any],
    asked_by: str,
    is_preview: bool = False,
) -> Job:
    """A new job. It starts within a second or two, after those of its kind that came before."""
    return Job.objects.create(
        project_id=project_id,
        kind=kind,
        parameters=parameters,
        asked_by=asked_by,
        is_preview=is_preview,
    )


def stop(job: Job) -> None:
    """Stop a job after the step that it is at; what is done stays done. Nothing if it has ended."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(
        state=Job.State.STOPPED, finished_at=timezone.now(), lease_until=None
    )
