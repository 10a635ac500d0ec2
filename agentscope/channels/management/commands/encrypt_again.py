"""Encrypt the secrets of channels under a new key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.channels.write import lock_again


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of channels under AGENTSCOPE_SECRET_KEY, so that those in"
        " AGENTSCOPE_SECRET_KEY_FALLBACKS are needed no longer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if left_out := lock_again():
            raise CommandError(
                f"The secrets of {left_out} channels can be read with none of the keys: they were"
                " left as they are, and have to be entered again. The others are done."
            )
        self.stdout.write("The secrets of all channels are encrypted under the newest key.")
