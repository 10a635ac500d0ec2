"""What lies beside a ledger in a folder that was exported, verified from the command line. See
verifier.py, which begins the file that is exported."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography import x509

from agentscope.ledger.bundle import Bundle
from agentscope.ledger.held import held_in, name_in, unlike
from agentscope.ledger.untrusted import (
    DIGEST,
    FROM_ONE,
    NUMBER,
    OBJECT,
    TEXT,
    Form,
    Unreadable,
    each_line,
    having,
    is_text,
    numbered,
    opened,
    or_none,
    said_in,
    shown,
    whole,
)
from agentscope.ledger.verifier import Verdict, sentences, verify

# Files that hold texts of which the ledger has digests, and what each line is of.
PROVEN = {"answers.jsonl": "Answer", "decisions.jsonl": "Decision"}
SAID = "reviews.jsonl"  # verdicts and comments, and what an entry tells of each
OF_SAID = ("trace", "span", "review", "comment", "record", "verdict", "seconds")
OF_LEDGER = {"entries.jsonl", "checkpoints.jsonl", "stamps.jsonl", "verifier.py"}  # all its files
MANIFEST_FORM = 1
OF_MANIFEST = {
    "format": Form(str(MANIFEST_FORM), lambda value: value is not True and value == MANIFEST_FORM),
    "first": FROM_ONE,
    "files": OBJECT,
}
ID = Form("a number or text", lambda value: NUMBER.fits(value) or is_text(value))
OF_PROVEN = {"position": or_none(NUMBER), "id": ID, "text": TEXT}
OF_OPINION = {"position": or_none(NUMBER), "who": TEXT, "text": or_none(TEXT)}
MOST_TOLD = 100  # faults


class Pack:
    """A folder with a manifest and a ledger; without a manifest a ledger alone. Its methods raise
    OSError and Unreadable."""

    def __init__(self, folder: Path) -> None:
        """What the manifest says is read; there may be none."""
        if not folder.is_dir():
            raise Unreadable(f"{shown(folder)} is no folder")
        self.folder, self.told = folder, folder / "MANIFEST.json"
        self.names = set(files_in(folder))
        self.ledger = folder / "ledger" if (folder / "ledger").is_dir() else folder
        self.proven = self.unproven = 0  # decisions and answers
        self.told_of = self.untold = 0  # verdicts and comments
        self.manifest = self.read() if self.told.name in self.names else None
        self.digest = digest_of(self.told) if self.manifest else ""

    def read(self) -> dict[str, Any]:
        """The manifest."""
        name = self.told.name
        said = having(whole(self.told), OF_MANIFEST, name)
        for file in said["files"]:
            if not is_inside(file):
                raise Unreadable(f"{name}: it names “{shown(file)}”, which is no file in a pack")
        having(said["files"], dict.fromkeys(said["files"], DIGEST), f"{name}, files")
        return said

    def faults(self, ledger: Bundle, known: str | None, given: Sequence[Path]) -> Iterator[str]:
        """Sentences about files that are not as the manifest says, and what is not as the ledger
        says. `known` is the SHA-256 of the manifest, if somebody knows it; `given` are files that
        belong to somebody else, wherever they are."""
        if known and known != self.digest:
            yield f"The manifest is not the one with the SHA-256 {shown(known)}."
        if self.manifest is None:
            yield from self.strange(given)
        else:
            yield from self.changed(self.manifest["files"], given)
        yield from self.untrue(ledger)
        yield from self.misquoted(ledger)

    def strange(self, given: Sequence[Path]) -> Iterator[str]:
        """Files that an exported ledger does not have."""
        for name in sorted(self.names - self.besides(given)):
            if (self.folder / name).parent != self.ledger or Path(name).name not in OF_LEDGER:
                yield f"The file {shown(name)} is of no ledger, and there is no manifest of it."

    def changed(self, said: dict[str, str], given: Sequence[Path]) -> Iterator[str]:
        """Files that are not as the manifest says."""
        for name in sorted(said.keys() | self.names - self.besides(given) - {self.told.name}):
            if name not in said:
                yield f"The file {shown(name)} is not in the manifest."
            elif name not in self.names:
                yield f"The file {shown(name)} is missing."
            elif digest_of(self.folder / name) != said[name]:
                yield f"The file {shown(name)} was changed."

    def besides(self, given: Sequence[Path]) -> set[str]:
        """Which of some files are in the folder: their names."""
        folder = self.folder.resolve()
        whole = (path.resolve() for path in given)
        return {path.relative_to(folder).as_posix() for path in whole if folder in path.parents}

    def untrue(self, ledger: Bundle) -> Iterator[str]:
        """Sentences about decisions and answers whose digests are not those that the ledger holds.
        Counts those that are, and those of which no entry in the pack tells."""
        told = [(PROVEN[name], each) for name in PROVEN for each in self.lines(name, OF_PROVEN)]
        texts = texts_of(ledger, {each["position"] for _, each in told})
        held = {position: held_in(text) for position, text in texts.items()}
        for what, each in told:
            name, digest = f"{what} {shown(each['id'])}", sha256(each["text"].encode()).digest()
            if names := unlike(each):
                yield f"{name} is not as its own text says: {shown(', '.join(names))}."
            elif each["position"] not in held:
                self.unproven += 1
            elif {(name_in(each), digest), ("", digest)} & held[each["position"]]:
                self.proven += 1
            else:
                yield f"{name} is not the one that entry {each['position']} tells of."

    def misquoted(self, ledger: Bundle) -> Iterator[str]:
        """The same about verdicts and comments that are not as the ledger tells."""
        told = list(self.lines(SAID, OF_OPINION))
        texts = texts_of(ledger, {each["position"] for each in told})
        for each in told:
            if (text := texts.get(each["position"])) is None:
                self.untold += 1
            elif is_as_told(each, text):
                self.told_of += 1
            else:
                what = "review" if "review" in each else "comment"
                name = f"{what} {shown(each.get(what))}"
                yield f"The {name} is not as entry {each['position']} tells."

    def lines(self, name: str, forms: dict[str, Form]) -> Iterator[dict[str, Any]]:
        """The objects of a file; none if it is not there, which the manifest knows."""
        if name in self.names:
            for said, place in each_line(self.folder / name):
                yield having(said, forms, place)

    def sentences(self, faults: Sequence[str]) -> Iterator[str]:
        """What to tell a person."""
        if self.manifest:
            yield f"The manifest has the SHA-256 {self.digest}."
            files = len(self.manifest["files"])
            told = numbered(len(faults), "fault")
            yield f"{files} files are in it, {told}{':' if faults else '.'}"
        yield from faults[:MOST_TOLD]
        if more := len(faults[MOST_TOLD:]):
            yield f"And {more:,} more."
        if self.manifest:
            yield (
                f"Decisions and answers whose digests the ledger holds: {self.proven}; of which no"
                f" entry in this pack tells: {self.unproven}."
            )
        if self.told_of or self.untold:
            yield (
                f"Verdicts and comments that are as the ledger tells: {self.told_of}; of which no"
                f" entry in this pack tells: {self.untold}."
            )


def files_in(folder: Path) -> Iterator[str]:
    """The names of all files in a folder. Raises Unreadable for a link, which leads out of it, and
    for what is neither file nor folder."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise Unreadable(f"{shown(name)} is a link, or no file: no export has such")
        if path.is_file():
            yield name


def is_inside(name: str) -> bool:
    """Whether a name is one of a file in the folder, as a manifest writes it."""
    path = PurePosixPath(name)
    return is_text(name) and "\0" not in name and path.as_posix() == name and not leaves(path)


def leaves(path: PurePosixPath) -> bool:
    """Whether it leads out of the folder, or to the folder itself."""
    return path.is_absolute() or ".." in path.parts or not path.name


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, as it is read."""
    with opened(file) as data:
        return file_digest(data, "sha256").hexdigest()


def texts_of(ledger: Bundle, wanted: set[int | None]) -> dict[int, str]:
    """What entries say, by their positions, as far as it was not erased."""
    if not wanted - {None}:
        return {}
    return {
        entry.position: text
        for entry, text in ledger.entries()
        if text is not None and entry.position in wanted
    }


def is_as_told(each: dict[str, Any], entry: str) -> bool:
    """Whether a verdict or a comment is what an entry tells. A text that was erased has a digest
    alone."""
    details = said_in(entry, "details", None)
    if not isinstance(details, dict):
        return False
    held = details.get("why" if "review" in each else "text")
    text, salt = each["text"], str(each.get("salt"))
    given = each.get("digest")
    if text is not None:
        given = sha256((salt + text).encode(errors="replace")).hexdigest()
    same = all(each.get(name) == details.get(name) for name in OF_SAID)
    return same and each["who"] == said_in(entry, "who", None) and given == held


def certificates(files: Sequence[Path]) -> list[x509.Certificate]:
    """The certificates of files in PEM. Raises OSError, ValueError."""
    return [each for file in files for each in x509.load_pem_x509_certificates(file.read_bytes())]


def main(arguments: list[str]) -> int:
    """The command: 0 if all is well, 1 if not, 2 if it cannot be told."""
    given = words().parse_args(arguments)
    try:
        pack = Pack(given.bundle)
        verdict, faults = judged(pack, given)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"It cannot be told: {plain(error)}.\n")
        return 2
    told = (*pack.sentences(faults), *sentences(verdict, given.key, faults))
    sys.stdout.writelines(f"{plain(line)}\n" for line in told)
    return 1 if verdict.fault or faults else 0


def judged(pack: Pack, given: argparse.Namespace) -> tuple[Verdict, list[str]]:
    """What is so with the ledger, and with what lies beside it. Raises OSError, ValueError."""
    ledger = Bundle(pack.ledger, given.kept)
    first = given.first or (pack.manifest["first"] if pack.manifest else 1)
    verdict = verify(ledger, given.key, first, certificates(given.authority))
    if verdict.last is None and verdict.fault is None and pack.manifest is None:
        raise Unreadable("entries.jsonl: there is nothing in it")
    return verdict, list(pack.faults(ledger, given.manifest, (*given.kept, *given.authority)))


def plain(said: object) -> str:
    """A line that no terminal takes for several, or cannot print."""
    return "".join(each if each.isprintable() else "?" for each in str(said))


def words() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(description="Verify a ledger.")
    parser.add_argument("bundle", type=Path, help="the folder that was exported")
    many: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--key", help="a public key that you know", type=digest, **many)
    parser.add_argument("--first", type=position, help="the first position, of a part")
    parser.add_argument("--manifest", type=digest, help="its SHA-256, as the ledger tells it")
    many["type"] = Path
    parser.add_argument("--kept", help="a file of checkpoints that was kept elsewhere", **many)
    parser.add_argument("--authority", help="a certificate (PEM) that time is stamped by", **many)
    return parser


def position(said: str) -> int:
    """A position of a ledger. Raises ValueError."""
    if (found := int(said)) < 1:
        raise ValueError
    return found


def digest(said: str) -> str:
    """A SHA-256 or a key, as it is written here. Raises ArgumentTypeError."""
    if not DIGEST.fits(found := said.strip().lower()):
        raise argparse.ArgumentTypeError(f"“{shown(said)}” is not {DIGEST.words}")
    return found


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
