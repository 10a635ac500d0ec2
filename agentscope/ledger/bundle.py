"""A ledger in a folder, verified from the command line. See verifier.py, which begins the file that
is exported."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator, Sequence
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from cryptography import x509

from agentscope.ledger.verifier import Checkpoint, Entry, said_in, sentences, verify


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


# Files that hold texts of which the ledger has digests, and what each line is of.
PROVEN = {"answers.jsonl": "Answer", "decisions.jsonl": "Decision"}
SAID = "reviews.jsonl"  # verdicts and comments, and what an entry tells of each
OF_SAID = ("trace", "span", "review", "comment", "record", "verdict", "seconds")


class Pack:
    """A folder with a manifest and a ledger; without a manifest a ledger alone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder, folder / "MANIFEST.json"
        self.ledger = folder / "ledger" if (folder / "ledger").is_dir() else folder
        self.proven = self.unproven = 0  # decisions and answers
        self.told_of = self.untold = 0  # verdicts and comments
        self.manifest = read(self.told.read_bytes(), self.told) if self.told.is_file() else {}

    def faults(self, ledger: Bundle) -> Iterator[str]:
        """Sentences about files that are not as the manifest says, and what is not as the ledger
        says."""
        said = self.manifest.get("files", {})
        for name in sorted({*said, *(self.files() if said else ())}):
            if name not in said:
                yield f"The file {name} is not in the manifest."
            elif not (self.folder / name).is_file():
                yield f"The file {name} is missing."
            elif digest_of(self.folder / name) != said[name]:
                yield f"The file {name} was changed."
        yield from self.untrue(ledger)
        yield from self.misquoted(ledger)

    def files(self) -> Iterator[str]:
        """The names of all files but the manifest."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path != self.told:
                yield path.relative_to(self.folder).as_posix()

    def untrue(self, ledger: Bundle) -> Iterator[str]:
        """Sentences about decisions and answers whose digests are not those that the ledger holds.
        Counts those that are, and those of which no entry in the pack tells."""
        told = [(name, each) for name in PROVEN for each in lines_of(self.folder / name)]
        wanted = {each["position"] for _, each in told} - {None}
        held = {
            entry.position: digests_in(text)
            for entry, text in (ledger.entries() if wanted else ())
            if entry.position in wanted and text is not None
        }
        for name, each in told:
            if (digests := held.get(each["position"])) is None:
                self.unproven += 1
            elif sha256(each["text"].encode()).digest() in digests:
                self.proven += 1
            else:
                what = f"{PROVEN[name]} {each['id']}"
                yield f"{what} is not the one that entry {each['position']} tells of."

    def misquoted(self, ledger: Bundle) -> Iterator[str]:
        """The same about verdicts and comments that are not as the ledger tells."""
        told = list(lines_of(self.folder / SAID))
        wanted = {each["position"] for each in told} - {None}
        texts = {
            entry.position: text
            for entry, text in (ledger.entries() if wanted else ())
            if entry.position in wanted and text is not None
        }
        for each in told:
            if (text := texts.get(each["position"])) is None:
                self.untold += 1
            elif is_as_told(each, text):
                self.told_of += 1
            else:
                what = next(name for name in ("review", "comment") if name in each)
                yield f"The {what} {each[what]} is not as entry {each['position']} tells."

    def sentences(self, faults: Sequence[str]) -> Iterator[str]:
        """What to tell a person."""
        if self.manifest:
            yield f"The manifest has the SHA-256 {digest_of(self.told)}."
            files, end = len(self.manifest["files"]), ":" if faults else "."
            yield f"{files} files are in it, {len(faults)} faults{end}"
            yield from faults
            yield (
                f"Decisions and answers whose digests the ledger holds: {self.proven}; of which no"
                f" entry in this pack tells: {self.unproven}."
            )
        if self.told_of or self.untold:
            yield (
                f"Verdicts and comments that are as the ledger tells: {self.told_of}; of which no"
                f" entry in this pack tells: {self.untold}."
            )


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, as it is read."""
    with file.open("rb") as data:
        return file_digest(data, "sha256").hexdigest()


def digests_in(text: str) -> set[bytes]:
    """The digests that an entry holds, each of 32 bytes."""
    whole = base64.b64decode(said_in(text, "digests", ""))
    return {whole[at : at + 32] for at in range(0, len(whole), 32)}


def is_as_told(each: dict[str, Any], entry: str) -> bool:
    """Whether a verdict or a comment is what an entry tells. A text that was erased has a digest
    alone."""
    details = said_in(entry, "details", None)
    if not isinstance(details, dict):
        return False
    held = details.get("why" if "review" in each else "text")
    text = each["text"]
    given = each["digest"] if text is None else sha256((each["salt"] + text).encode()).hexdigest()
    same = all(each.get(name) == details.get(name) for name in OF_SAID)
    return same and each["who"] == said_in(entry, "who", None) and given == held


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
        pack = Pack(given.bundle)
        first = given.first or pack.manifest.get("first", 1)
        ledger = Bundle(pack.ledger, given.kept)
        verdict = verify(ledger, given.key, first, certificates(given.authority))
        faults = list(pack.faults(ledger))
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.stderr.write(f"It cannot be told: {error!r}\n")
        return 2
    told = (*pack.sentences(faults), *sentences(verdict, given.key, faults))
    sys.stdout.writelines(f"{line}\n" for line in told)
    return 1 if verdict.fault or faults else 0


def words() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(description="Verify a ledger.")
    parser.add_argument("bundle", type=Path, help="the folder that was exported")
    parser.add_argument("--key", action="append", default=[], help="a public key that you know")
    parser.add_argument("--first", type=int, help="the first position, of a part")
    many: dict[str, Any] = {"action": "append", "default": [], "type": Path}
    parser.add_argument("--kept", help="a file of checkpoints that was kept elsewhere", **many)
    parser.add_argument("--authority", help="a certificate (PEM) that time is stamped by", **many)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
