from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.write import BadName, create_organisation


class Command(BaseCommand):
    help = "Make an organisation: those who have projects together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            create_organisation(name)
        except BadName as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Next: manage.py create_project PROJECT --organisation {name!r}")
