from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.write import BadName, create_project


class Command(BaseCommand):
    help = "Make a project."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            create_project(name)
        except BadName as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Project {name!r} is there. Next: manage.py create_key {name!r}")
