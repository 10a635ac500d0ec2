from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member


class Command(BaseCommand):
    help = "Give a user a role in a project. Users are made with createsuperuser."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.VIEWER)

    def handle(self, *args: Any, project: str, username: str, role: str, **options: Any) -> None:
        wanted, user = (
            Project.objects.filter(name=project).first(),
            User.objects.filter(username=username).first(),
        )
        if wanted is None or user is None:
            raise CommandError(f"There is no {'user' if wanted else 'project'} of that name.")
        member = add_member(wanted, user, Role(role))
        self.stdout.write(f"{username} is {member.get_role_display()} of {project}.")
