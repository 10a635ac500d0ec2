from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Project, User
from agentscope.projects.write import add_member


class Command(BaseCommand):
    help = "Let a user look at a project. Users are made with createsuperuser."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("username")

    def handle(self, *args: Any, project: str, username: str, **options: Any) -> None:
        wanted, user = (
            Project.objects.filter(name=project).first(),
            User.objects.filter(username=username).first(),
        )
        if wanted is None or user is None:
            raise CommandError(f"There is no {'user' if wanted else 'project'} of that name.")
        add_member(wanted, user)
        self.stdout.write(f"{username} may look at {project}.")
