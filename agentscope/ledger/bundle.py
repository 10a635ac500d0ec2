"""A ledger in a folder, verified from the command line. See verifier.py, which begins the file that
is exported."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from agentscope.ledger.verifier import Checkpoint, Entry, sentences, verify


class Bundle:
    """A ledger in a folder that was exported. Raises OSError, ValueError, KeyError, TypeError."""

    def __init__(self, folder: Path, kept: Sequence[Path] = ()) -> None:
        """`kept` are files of checkpoints that were kept elsewhere, of any ledgers."""
        self.file, self.told = folder / "entries.jsonl", folder / "checkpoints.jsonl"
        self.stamped, self.kept = folder / "stamps.jsonl", kept
        self.offsets: dict[int, int] = {}  # where the line of a position begins

    def entries(self) -> Iterator[tuple[Entry, str | None]]:
        """All in the order of the file."""
        begin = 0
        with self.file.open("rb") as lines:
            for line in lines:
                said = read(line, self.file)
                entry = Entry(**said["entry"])
                self.offsets.setdefault(entry.position, begin)
                begin += len(line)
                yield entry, said["content"]

    def entry(self, position: int) -> Entry:
        """One that was read before."""
        with self.file.open("rb") as lines:
            lines.seek(self.offsets[position])
            return Entry(**read(lines.readline(), self.file)["entry"])

    def checkpoints(self) -> Iterator[Checkpoint]:
        """All that were exported, and those of this ledger that were kept elsewhere."""
        yield from (Checkpoint(**said) for said in lines_of(self.told))
        yield from checkpoints_of(self.kept, self.project())

    def stamps(self) -> Iterator[tuple[int, bytes]]:
        """The time stamps of checkpoints."""
        for said in lines_of(self.stamped):
            yield said["position"], base64.b64decode(said["token"])

    def project(self) -> int | None:
        """Whose ledger this is; None if there is nothing in it."""
        return next((entry.project for entry, _ in self.entries()), None)


def checkpoints_of(files: Sequence[Path], project: int | None) -> Iterator[Checkpoint]:
    """The checkpoints of a ledger that were kept in files. Raises OSError for a file that is not
    there."""
    for file in files:
        file.stat()
        yield from (Checkpoint(**said) for said in lines_of(file) if said["project"] == project)


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file; none if it is not there."""
    if file.is_file():
        with file.open("rb") as lines:
            yield from (read(line, file) for line in lines)


def read(line: bytes, file: Path) -> dict[str, Any]:
    """The JSON object of a line. Raises ValueError."""
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        raise ValueError(f"{file} has a line that is no JSON object: {line[:80]!r}") from None


def certificates(files: Sequence[Path]) -> list[x509.Certificate]:
    """The certificates of files in PEM. Raises OSError, ValueError."""
    return [each for file in files for each in x509.load_pem_x509_certificates(file.read_bytes())]


def main(arguments: list[str]) -> int:
    """The command: 0 if all is well, 1 if not, 2 if it cannot be told."""
    given = words().parse_args(arguments)
    try:
        ledger = Bundle(given.bundle, given.kept)
        verdict = verify(ledger, given.key, given.first, certificates(given.authority))
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.stderr.write(f"It cannot be told: {error!r}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in sentences(verdict, given.key))
    return 1 if verdict.fault else 0


def words() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(description="Verify a ledger.")
    parser.add_argument("bundle", type=Path, help="the folder that was exported")
    parser.add_argument("--key", action="append", default=[], help="a public key that you know")
    parser.add_argument("--first", type=int, default=1, help="the first position, of a part")
    many: dict[str, Any] = {"action": "append", "default": [], "type": Path}
    parser.add_argument("--kept", help="a file of checkpoints that was kept elsewhere", **many)
    parser.add_argument("--authority", help="a certificate (PEM) that time is stamped by", **many)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
