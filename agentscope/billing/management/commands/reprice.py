"""Price the history of a project again."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED, TooManyJobs, ask
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import Project

LOOK_EVERY = 0.5  # seconds


class Command(BaseCommand):
    help = (
        "Price the history of a project again, with the prices of today. A worker does it; this"
        " waits, and says what it came to."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="its name")
        parser.add_argument("--since", type=date.fromisoformat, help="first day, like 2026-11-01")
        parser.add_argument("--until", type=date.fromisoformat, help="the day after the last")
        parser.add_argument(
            "--model", action="append", default=[], help="as senders name it; may be repeated"
        )
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        parser.add_argument("--no-wait", action="store_true", help="only ask for it")

    def handle(self, *args: Any, project: str, preview: bool, **options: Any) -> None:
        found = Project.objects.filter(name=project).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}.")
        bounds = {
            name: f"{options[name].isoformat()}T00:00:00+00:00" if options[name] else None
            for name in ("since", "until")
        }
        parameters = bounds | {"models": options["model"]}
        try:
            job = ask(found.pk, Job.Kind.REPRICE, parameters, COMMAND_LINE, is_preview=preview)
        except TooManyJobs as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Job {job.pk}.")
        if not options["no_wait"]:
            self.follow(job)

    def follow(self, job: Job) -> None:
        """Wait for the end of a job. Raises CommandError if it fails or is stopped."""
        while job.state in UNFINISHED:
            sleep(LOOK_EVERY)
            job.refresh_from_db()
        if job.state != Job.State.DONE:
            raise CommandError(f"The job has {job.state}. {job.message}".strip())
        would = "would change" if job.is_preview else "changed"
        result = job.result
        self.stdout.write(
            f"{job.done} traces; {result['calls']} calls in {result['traces']} of them {would}:"
            f" ${result['old']} → ${result['new']}."
        )
