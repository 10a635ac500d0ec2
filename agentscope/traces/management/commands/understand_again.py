"""Reads stored spans and log records by the dialects and mappings of today."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.jobs.models import Job
from agentscope.jobs.run import run_due
from agentscope.jobs.write import UNFINISHED, TooManyJobs, ask
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import Project
from agentscope.traces.again import UnderstandAgain


class Command(BaseCommand):
    help = "Understand the stored spans of a project again. Workers that run help with it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("--since", help="only spans that started since then: 2026-11-25")
        parser.add_argument("--no-wait", action="store_true", help="only ask for it")

    def handle(self, *args: Any, project: str, since: str | None, **options: Any) -> None:
        found = Project.objects.filter(name=project).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}.")
        parameters = {"since": moment(since)} if since else {}
        try:
            job = ask(found.pk, Job.Kind.UNDERSTAND, parameters, COMMAND_LINE)
        except TooManyJobs as error:
            raise CommandError(str(error)) from error
        if options["no_wait"]:
            self.stdout.write(f"Job {job.pk}.")
        else:
            self.work(job)

    def work(self, job: Job) -> None:
        """Take part in a job until its end. Raises CommandError if it fails or is stopped."""
        while job.state in UNFINISHED:
            run_due({Job.Kind.UNDERSTAND: UnderstandAgain()})
            job.refresh_from_db()
            logs = job.result.get("read_logs", 0)
            self.stdout.write(
                f"{job.done:,} of {job.total or 0:,} spans and {logs:,} log records read"
            )
        if job.state != Job.State.DONE:
            raise CommandError(f"The job {job.state}: {job.message or 'somebody stopped it'}")
        spans, records = (job.result.get(f"changed_{each}", 0) for each in ("spans", "logs"))
        noun = "span" if spans == 1 else "spans"
        self.stdout.write(f"{spans:,} {noun} changed, and {records:,} log records")


def moment(said: str) -> str:
    """A day or a time, UTC unless it says otherwise, in ISO 8601. Raises CommandError."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        raise CommandError(f"--since takes a day like 2026-11-25, not {said!r}.") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()
