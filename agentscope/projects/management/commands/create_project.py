from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Organisation
from agentscope.projects.write import BadName, create_project


class Command(BaseCommand):
    help = "Make a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--organisation", help="to which it belongs; else to the first")

    def handle(self, *args: Any, name: str, organisation: str | None, **options: Any) -> None:
        owner = Organisation.objects.filter(name=organisation).first() if organisation else None
        if organisation and owner is None:
            raise CommandError(f"There is no organisation {organisation!r}.")
        try:
            create_project(name, owner)
        except BadName as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Project {name!r} is there. Next: manage.py create_key {name!r}")
