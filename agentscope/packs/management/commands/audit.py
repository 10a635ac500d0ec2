"""Verify a project's ledger, export it, or show by which key it is signed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agentscope.budgets.verified import Answers
from agentscope.ledger.anchors import ANCHORS
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.ledger.export import export
from agentscope.ledger.models import Anchored
from agentscope.ledger.read import anchored
from agentscope.ledger.verifier import sentences
from agentscope.ledger.write import checkpoint
from agentscope.packs.proof import own_key, prove
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
        verifying.add_argument(
            "--kept", action="append", type=Path, help="a file of checkpoints kept elsewhere"
        )
        exporting = parts.add_parser("export", help="write a ledger to a folder, with the verifier")
        exporting.add_argument("project")
        exporting.add_argument("folder", type=Path)
        parts.add_parser("key", help="show the public key")

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        ways: dict[str, Callable[..., None]]
        ways = {"verify": self.verify, "export": self.export, "key": self.key}
        ways[do](**options)

    def verify(self, project: str, key: str | None, kept: list[Path] | None, **_: Any) -> None:
        """Raises CommandError if anything is wrong, so that the command fails."""
        trusted, number = [key or own_key()], numbered(project)
        try:
            proof = prove(number, trusted, kept or ())
        except (OSError, ValueError, NotAnchored) as error:
            raise CommandError(f"It cannot be told: {error}") from error
        for line in (*about_answers(proof.answers), *sentences(proof.verdict, trusted)):
            self.stdout.write(line)
        for row in anchored(number, len(ANCHORS)):
            self.stdout.write(about(row))
        if fault := proof.verdict.fault:
            raise CommandError(f"Position {fault.position}: {fault.reason}.")

    def export(self, project: str, folder: Path, **_: Any) -> None:
        """With a checkpoint of now, so that what is cut off the files later is missed."""
        if folder.exists():
            raise CommandError(f"{folder} is there already: name a new folder.")
        checkpoint(numbered(project))
        export(numbered(project), folder)
        self.stdout.write(f"Written to {folder}. Verify it: python {folder}/verifier.py {folder}")

    def key(self, **_: Any) -> None:
        """To be written down where this server cannot change it."""
        self.stdout.write(own_key())


def about_answers(found: Answers | None) -> Iterator[str]:
    """How many answers are as the ledger tells."""
    if found and (found.compared or found.forgotten):
        yield (
            f"Answers that are as the ledger tells: {found.compared}; deleted when they were old,"
            f" or erased: {found.forgotten}."
        )


def about(row: Anchored) -> str:
    """How it stands with putting a checkpoint somewhere else."""
    if row.done_at:
        return f"The checkpoint of {row.position} is in {row.place} since {row.done_at:%F %T} UTC."
    again = f"Tried again at {row.next_at:%F %T} UTC." if row.next_at else "Not tried again."
    why = f": {row.reason}" if row.reason else " yet"
    return f"The checkpoint of {row.position} is not in {row.place or row.anchor}{why}. {again}"


def numbered(name: str) -> int:
    """The number of a project; without a name, of the installation. Raises CommandError."""
    if not name:
        return INSTALLATION
    found = Project.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no project “{name}”.")
    return found.pk
