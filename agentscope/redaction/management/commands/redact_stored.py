"""Asks for what a project has stored to be redacted."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.jobs.write import TooManyJobs
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import Project
from agentscope.redaction.write import NothingToRedact, redact_stored


class Command(BaseCommand):
    help = "Redact what a project has stored, by its rules of today. The workers do it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("--count", action="store_true", help="only count what it would replace")

    def handle(self, *args: Any, project: str, count: bool, **options: Any) -> None:
        found = Project.objects.filter(name=project).first()
        if found is None:
            raise CommandError(f"There is no project {project!r}.")
        try:
            job = redact_stored(found, COMMAND_LINE, is_preview=count)
        except NothingToRedact:
            raise CommandError("No rule of the project is on.") from None
        except TooManyJobs as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Job {job.pk}: see the jobs of the project for how far it is.")
