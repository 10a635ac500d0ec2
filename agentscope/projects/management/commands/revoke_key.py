from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.projects.models import Key
from agentscope.projects.write import revoke_key


class Command(BaseCommand):
    help = "Stop a key from working, named by its first characters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="at least the first 9 characters of the key")

    def handle(self, *args: Any, prefix: str, **options: Any) -> None:
        found = [
            key for key in Key.objects.filter(revoked_at=None) if prefix.startswith(key.prefix)
        ]
        if len(found) != 1:
            raise CommandError(f"{len(found)} working keys start with {prefix[:9]!r}, not one.")
        revoke_key(found[0])
        self.stdout.write(f"{found[0]} is revoked; every process knows within seconds.")
