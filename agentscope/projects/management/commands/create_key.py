from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key


class Command(BaseCommand):
    help = "Make a key for a project, and print it. It cannot be printed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("--scope", choices=Key.Scope.values, default=Key.Scope.INGEST)
        parser.add_argument("--label", default="", help="what or whom the key is for")

    def handle(self, *args: Any, project: str, scope: str, label: str, **options: Any) -> None:
        owner = Project.objects.filter(name=project).first()
        if owner is None:
            raise CommandError(f"There is no project {project!r}. Make it with create_project.")
        key, secret = create_key(owner, Key.Scope(scope), label)
        self.stderr.write(f"Budgets and alerts call it “{key.name}”.")
        self.stdout.write(secret)
