from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.membership import set_role, set_role_everywhere
from agentscope.projects.models import Organisation, Project, User
from agentscope.projects.owners import LastOwner
from agentscope.projects.roles import Role


class Command(BaseCommand):
    help = "Give a user a role in a project, or in an organisation. createsuperuser makes users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project")
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.VIEWER)
        parser.add_argument(
            "--everywhere",
            action="store_true",
            help="in all projects of an organisation, which is named in place of a project",
        )

    def handle(
        self,
        *args: Any,
        project: str,
        username: str,
        role: str,
        everywhere: bool,
        **options: Any,
    ) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError("There is no user of that name.")
        try:
            where = give_everywhere if everywhere else give
            where(project, user, Role(role))
        except LastOwner as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{username} is {Role(role).label} of {project}.")


def give(name: str, user: User, role: Role) -> None:
    """In a project. Raises CommandError, LastOwner."""
    found = Project.objects.filter(name=name).first()
    if found is None:
        raise CommandError("There is no project of that name.")
    set_role(found, user, role)


def give_everywhere(name: str, user: User, role: Role) -> None:
    """In an organisation. Raises CommandError, LastOwner."""
    found = Organisation.objects.filter(name=name).first()
    if found is None:
        raise CommandError("There is no organisation of that name.")
    set_role_everywhere(found, user, role)
