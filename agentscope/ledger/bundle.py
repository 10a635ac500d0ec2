"""A ledger in a folder that was exported, which somebody may have changed in any way."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agentscope.ledger.untrusted import (
    DIGEST,
    FROM_ONE,
    NUMBER,
    OBJECT,
    SIGNATURE,
    TEXT,
    TIME,
    Unreadable,
    each_line,
    exactly,
    lines_of,
    opened,
    or_none,
    shown,
)
from agentscope.ledger.verifier import Checkpoint, Entry

OF_BOTH = {"project": NUMBER, "position": FROM_ONE, "at": TIME, "hash": DIGEST, "key": DIGEST}
OF_BOTH |= {"signature": SIGNATURE}
OF_ENTRY = {**OF_BOTH, "kind": TEXT, "content": DIGEST, "previous": DIGEST}
OF_LINE = {"entry": OBJECT, "content": or_none(TEXT)}
OF_STAMP = {"position": FROM_ONE, "token": TEXT}


class Bundle:
    """A ledger in a folder. Its methods raise OSError and Unreadable."""

    def __init__(self, folder: Path, kept: Sequence[Path] = ()) -> None:
        """`kept` are files of checkpoints that were kept elsewhere, of any ledgers."""
        self.file, self.told = folder / "entries.jsonl", folder / "checkpoints.jsonl"
        self.stamped, self.kept = folder / "stamps.jsonl", kept
        self.offsets: dict[int, int] = {}  # where the line of a position begins

    def entries(self) -> Iterator[tuple[Entry, str | None]]:
        """All in the order of the file."""
        with opened(self.file) as lines:
            begin = 0
            for said, place in lines_of(lines):
                entry, text = entry_of(said, place)
                self.offsets.setdefault(entry.position, begin)
                begin = lines.tell()
                yield entry, text

    def entry(self, position: int) -> Entry:
        """One that was read before."""
        with opened(self.file) as lines:
            lines.seek(self.offsets[position])
            return entry_of(*next(lines_of(lines)))[0]

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Those of this ledger that were kept elsewhere, and all that were exported: of two of the
        same position time stamps are of the latter."""
        yield from checkpoints_of(self.kept, self.project())
        yield from every_checkpoint(self.told)

    def stamps(self) -> Iterator[tuple[int, bytes]]:
        """The time stamps of checkpoints."""
        for said, place in each_line(self.stamped):
            exactly(said, OF_STAMP, place)
            yield said["position"], decoded(said["token"], place)

    def project(self) -> int | None:
        """Whose ledger this is; None if there is nothing in it."""
        return next((entry.project for entry, _ in self.entries()), None)


def entry_of(said: Any, place: str) -> tuple[Entry, str | None]:
    """What a line says of an entry: the link, and its content. Raises Unreadable."""
    link = exactly(exactly(said, OF_LINE, place)["entry"], OF_ENTRY, place)
    return Entry(**link), said["content"]


def every_checkpoint(file: Path) -> Iterator[Checkpoint]:
    """The checkpoints of a file."""
    return (Checkpoint(**exactly(said, OF_BOTH, place)) for said, place in each_line(file))


def checkpoints_of(files: Sequence[Path], project: int | None) -> Iterator[Checkpoint]:
    """The checkpoints of a ledger that were kept in files. Raises OSError, and Unreadable, also for
    a file that has none: nothing would be compared."""
    for file in files:
        found = [told for told in every_checkpoint(file) if told.project == project]
        if not found:
            raise Unreadable(f"{shown(file.name)}: no checkpoint in it is of this ledger")
        yield from found


def decoded(token: str, place: str) -> bytes:
    """A time stamp. Raises Unreadable."""
    try:
        return base64.b64decode(token, validate=True)
    except ValueError:
        raise Unreadable(f"{place}: its token is no base64") from None
