"""Verify a project's ledger, export it, or show by which key it is signed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.ledger import signing
from agentscope.ledger.export import export
from agentscope.ledger.read import StoredLedger
from agentscope.ledger.verifier import sentences, verify
from agentscope.ledger.write import checkpoint
from agentscope.projects.changes import INSTALLATION
from agentscope.projects.models import Project

PROJECT = "its name; without one, the ledger of the installation: logins, accounts"


class Command(BaseCommand):
    help = "Verify the ledger of a project, export it, or show the public key that signs it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="do", required=True)
        verifying = parts.add_parser("verify", help="name the first bad position, if there is one")
        verifying.add_argument("project", nargs="?", default="", help=PROJECT)
        verifying.add_argument(
            "--key", help="the public key that you know; else that of this server"
        )
        exporting = parts.add_parser("export", help="write a ledger to a folder, with the verifier")
        exporting.add_argument("project")
        exporting.add_argument("folder", type=Path)
        parts.add_parser("key", help="show the public key")

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        ways: dict[str, Callable[..., None]]
        ways = {"verify": self.verify, "export": self.export, "key": self.key}
        ways[do](**options)

    def verify(self, project: str, key: str | None, **_: Any) -> None:
        """Raises CommandError if anything is wrong, so that the command fails."""
        trusted = [key or signing.public(signing.signing_key()).hex()]
        verdict = verify(StoredLedger(numbered(project)), trusted)
        for line in sentences(verdict, trusted):
            self.stdout.write(line)
        if verdict.fault:
            raise CommandError(f"Position {verdict.fault.position}: {verdict.fault.reason}.")

    def export(self, project: str, folder: Path, **_: Any) -> None:
        """With a checkpoint of now, so that what is cut off the files later is missed."""
        if folder.exists():
            raise CommandError(f"{folder} is there already: name a new folder.")
        checkpoint(numbered(project))
        export(numbered(project), folder)
        self.stdout.write(f"Written to {folder}. Verify it: python {folder}/verifier.py {folder}")

    def key(self, **_: Any) -> None:
        """To be written down where this server cannot change it."""
        self.stdout.write(signing.public(signing.signing_key()).hex())


def numbered(name: str) -> int:
    """The number of a project; without a name, of the installation. Raises CommandError."""
    if not name:
        return INSTALLATION
    found = Project.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no project “{name}”.")
    return found.pk
