from typing import Any

from django.core.management.base import BaseCommand

from agentscope.inbox.write import retry_dead_letters

BATCH = 100  # requests, each of up to 64 MiB


class Command(BaseCommand):
    help = "Store again what was accepted but could not be stored."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        while moved := retry_dead_letters(BATCH):
            total += moved
        self.stdout.write(f"{total} requests wait in the inbox again.")
