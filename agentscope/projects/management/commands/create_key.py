from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Key, Project
from agentscope.projects.write import BadKey, create_key


class Command(BaseCommand):
    help = "Make a key for a project, and print it. It cannot be printed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("--scope", choices=Key.Scope.values, default=Key.Scope.INGEST)
        parser.add_argument("--label", default="", help="what or whom the key is for")
        parser.add_argument("--expires", help="from when on it is refused: 2027-06-30, UTC")

    def handle(
        self,
        *args: Any,
        project: str,
        scope: str,
        label: str,
        expires: str | None,
        **options: Any,
    ) -> None:
        owner = Project.objects.filter(name=project).first()
        if owner is None:
            raise CommandError(f"There is no project {project!r}. Make it with create_project.")
        try:
            key, secret = create_key(owner, Key.Scope(scope), label, moment_of(expires))
        except BadKey as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Budgets and alerts call it “{key.name}”.")
        self.stdout.write(secret)


def moment_of(said: str | None) -> datetime | None:
    """A day or a time, in UTC unless it says otherwise. Raises CommandError."""
    try:
        found = datetime.fromisoformat(said) if said else None
    except ValueError as error:
        raise CommandError(f"{said!r} is no day like 2027-06-30.") from error
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
