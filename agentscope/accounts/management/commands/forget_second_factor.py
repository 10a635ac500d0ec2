from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.accounts.second_factor import switch_off
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import User


class Command(BaseCommand):
    help = "Switch off the second factor of somebody who lost it and all recovery codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError("There is no user of that name.")
        if not switch_off(user, COMMAND_LINE):
            raise CommandError(f"{username} has no second factor.")
        self.stdout.write(f"{username} logs in by password alone now, or sets up another one.")
