"""The ledger as a file to take away: what `manage.py audit export` writes, as a stream."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction

from agentscope.audit.read import checkpoints_after, in_order, last_position, stamps
from agentscope.ledger.export import stand_alone
from agentscope.ledger.write import begun, checkpoint
from agentscope.projects.changes import note_change

AT_ONCE = 1_000  # lines


class Outgoing:
    """A file that is only written to; what was written is taken from it piece by piece."""

    def __init__(self) -> None:
        """Nothing was written yet."""
        self.pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Keep a piece until it is taken."""
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """What is written is there at once."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def take(project_id: int, who: str) -> Iterator[bytes]:
    """The ledger of a project as a ZIP file, piece by piece. That somebody took it is told in it
    before, with a checkpoint: what is cut off the file later is missed."""
    with transaction.atomic():
        begun(project_id)
        tell_taken(project_id, who, last_position(project_id) + 1)
        checkpoint(project_id)
    return packed(project_id)


def tell_taken(project_id: int, who: str, count: int) -> None:
    """Let the ledger tell that somebody took so many entries of it."""
    entries = "1 entry" if count == 1 else f"{count:,} entries"
    what = f"Exported the ledger: {entries}, with its checkpoints and the verifier"
    note_change("export", project_id, who, what, {"of": "ledger", "entries": count})


def packed(project_id: int) -> Iterator[bytes]:
    """The same without telling of it. Entries are read to the end, whatever is added meanwhile: an
    erasure is told by a later entry than those whose content it takes away."""
    out, ledger = Outgoing(), Ledger(project_id)
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, pieces in ledger.files().items():
            with archive.open(f"ledger/{name}.jsonl", "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield out.take()
        archive.writestr("ledger/verifier.py", stand_alone())
    yield out.take()


class Ledger:
    """The lines of its files, some at a time."""

    def __init__(self, project_id: int) -> None:
        """Nothing was read yet."""
        self.project_id, self.last = project_id, 0
        self.tokens: list[tuple[int, bytes]] = []  # time stamps of the checkpoints that were read

    def files(self) -> dict[str, Iterator[bytes]]:
        """By their names, in the order in which they are to be read."""
        return {
            "entries": self.entries(),
            "checkpoints": self.checkpoints(),
            "stamps": self.stamps(),
        }

    def entries(self) -> Iterator[bytes]:
        """All entries with what they say, the oldest first."""
        while found := in_order(self.project_id, self.last + 1, AT_ONCE):
            self.last = found[-1].position
            yield lines({"entry": each.link._asdict(), "content": each.text} for each in found)

    def checkpoints(self) -> Iterator[bytes]:
        """All checkpoints that tell of no more entries than were read. Their time stamps are read
        before them, so that there is none of a checkpoint that comes later."""
        place, self.tokens = 0, stamps(self.project_id, 0, self.last)
        while found := checkpoints_after(self.project_id, place, AT_ONCE):
            place = found[-1].position
            yield lines(each._asdict() for each in found if each.position <= self.last)

    def stamps(self) -> Iterator[bytes]:
        """The time stamps of these checkpoints."""
        said = ({"position": at, "token": b64encode(got).decode()} for at, got in self.tokens)
        yield lines(said)


def lines(said: Iterable[dict[str, Any]]) -> bytes:
    """JSON objects, one a line."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in said).encode()
