"""Verify a project's ledger, export it, or show by which key it is signed."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from agentscope.audit.bundle import tell_taken
from agentscope.audit.read import last_position
from agentscope.audit.result import known_keys
from agentscope.budgets.verified import Answers
from agentscope.ledger.anchors import ANCHORS
from agentscope.ledger.anchors.anchor import NotAnchored
from agentscope.ledger.export import export
from agentscope.ledger.models import Anchored
from agentscope.ledger.pack import digest
from agentscope.ledger.read import anchored
from agentscope.ledger.untrusted import LONGEST
from agentscope.ledger.verifier import sentences
from agentscope.ledger.write import checkpoint
from agentscope.packs.asked import Asked, BadPack
from agentscope.packs.proof import own_key, prove
from agentscope.packs.write import make, summary
from agentscope.projects.changes import COMMAND_LINE, INSTALLATION
from agentscope.projects.models import Project
from agentscope.records.verified import Checked
from agentscope.traces.ids import parse_span_id, parse_trace_id

T = TypeVar("T")
PROJECT = "its name; without one, the ledger of the installation: logins, accounts"


class Command(BaseCommand):
    help = "Verify the ledger of a project, export it, or show the public key that signs it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="do", required=True)
        verifying = parts.add_parser("verify", help="name the first bad position, if there is one")
        verifying.add_argument("project", nargs="?", default="", help=PROJECT)
        verifying.add_argument(
            *["--key"],
            action="append",
            type=digest,
            help="a public key that you know; else those of this server",
        )
        verifying.add_argument(
            "--kept", action="append", type=Path, help="a file of checkpoints kept elsewhere"
        )
        exporting = parts.add_parser("export", help="write a ledger to a folder, with the verifier")
        exporting.add_argument("project")
        exporting.add_argument("folder", type=Path)
        add_pack(parts.add_parser("pack", help="write what somebody needs who has no server"))
        parts.add_parser("key", help="show the public key")

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        ways: dict[str, Callable[..., None]]
        ways = {"verify": self.verify, "export": self.export, "pack": self.pack, "key": self.key}
        ways[do](**options)

    def verify(
        self, project: str, key: list[str] | None, kept: list[Path] | None, **_: Any
    ) -> None:
        """Raises CommandError if anything is wrong, so that the command fails."""
        trusted, number = key or known_keys(), numbered(project)
        try:
            proof = prove(number, trusted, kept or ())
        except (OSError, ValueError, NotAnchored) as error:
            raise CommandError(f"It cannot be told: {error}") from error
        told = (*about_answers(proof.answers), *about_records(proof.records))
        for line in (*told, *sentences(proof.verdict, trusted)):
            self.stdout.write(line)
        for row in anchored(number, len(ANCHORS)):
            self.stdout.write(about(row))
        if fault := proof.verdict.fault:
            raise CommandError(f"Position {fault.position}: {fault.reason}.")

    def export(self, project: str, folder: Path, **_: Any) -> None:
        """With a checkpoint of now, so that what is cut off the files later is missed. The ledger
        tells of it afterwards: an entry of today in place of one that somebody cut off would hide
        where it was cut."""
        number = numbered(project)
        try:
            folder.mkdir(parents=True)
            checkpoint(number)
            count = last_position(number)
            export(number, folder)
            tell_taken(number, COMMAND_LINE, count)
        except FileExistsError as error:
            raise CommandError(f"{folder} is there already: name a new folder.") from error
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        command = f"python -I {folder}/verifier.py {folder}"
        self.stdout.write(f"Written to {folder}. Verify it: {command}")

    def pack(self, project: str, to: Path, **asked: Any) -> None:
        """A period, a session, a trace or one decision, with proofs."""
        found = Project.objects.filter(pk=numbered(project)).first()
        if found is None:
            raise CommandError("Name a project: a pack is of one.")
        try:
            made = make(Asked.of(found, asked), to, COMMAND_LINE)
        except (BadPack, FileExistsError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}.") from error
        for line in summary(made):
            self.stdout.write(line)
        self.stdout.write(f"Written to {to}: its README.txt says how to verify it.")

    def key(self, **_: Any) -> None:
        """To be written down where this server cannot change it."""
        self.stdout.write(own_key())


def add_pack(parser: ArgumentParser) -> None:
    """What `pack` takes."""
    parser.add_argument("project")
    parser.add_argument("to", type=Path, help="a new folder, or a file whose name ends with .zip")
    parser.add_argument(
        "--from", dest="since", type=moment_of, help="2026-11-01, or 2026-11-01T12:30Z"
    )
    parser.add_argument("--until", type=moment_of, help="the same; not included")
    parser.add_argument("--session", default="")
    parser.add_argument("--trace", type=trace_of)
    parser.add_argument("--decision", type=step_of, help="a step of the trace")


def moment_of(said: str) -> datetime:
    """A time, which is UTC if it does not say otherwise. Raises ArgumentTypeError."""
    return parsed(said, in_utc, "2026-11-01, or 2026-11-01T12:30Z")


def in_utc(said: str) -> datetime:
    """A time in UTC. Raises ValueError."""
    found = datetime.fromisoformat(said)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(said) from error


def trace_of(said: str) -> UUID:
    """A trace. Raises ArgumentTypeError."""
    return parsed(said, parse_trace_id, "the 32 hexadecimal digits of a trace")


def step_of(said: str) -> int:
    """A step of a trace. Raises ArgumentTypeError."""
    return parsed(said, parse_span_id, "the 16 hexadecimal digits of a step")


def parsed(said: str, parse: Callable[[str], T], wanted: str) -> T:
    """A word of the command as it is meant. Raises ArgumentTypeError, which says what to write."""
    try:
        return parse(said)
    except ValueError as error:
        raise ArgumentTypeError(f"“{said[:LONGEST]}” is none: write {wanted}") from error


def about_answers(found: Answers | None) -> Iterator[str]:
    """How many answers are as the ledger tells."""
    if found and (found.compared or found.forgotten):
        yield (
            f"Answers that are as the ledger tells: {found.compared}; deleted when they were old,"
            f" or erased: {found.forgotten}."
        )


def about_records(found: Checked | None) -> Iterator[str]:
    """How many decisions are as the ledger tells."""
    if found and (found.compared or found.changed or found.forgotten):
        yield (
            f"Decisions that are as the ledger tells: {found.compared}; made anew since then:"
            f" {found.changed}; gone with their trace: {found.forgotten}."
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
