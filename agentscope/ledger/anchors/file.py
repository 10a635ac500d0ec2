"""A file that is only ever added to, best on another machine's disk: a checkpoint a line, as the
verifier reads them."""

from __future__ import annotations

import json
import os

from django.conf import settings

from agentscope.ledger.anchors.anchor import NotAnchored, Sender
from agentscope.ledger.verifier import Checkpoint

CODE = "file"
LABEL = "File"
READABLE = 0o644  # by all, for nothing of it is secret


def place() -> str:
    """The path of AGENTSCOPE_ANCHOR_PATH."""
    return str(settings.AGENTSCOPE_ANCHOR_PATH)


def put(checkpoint: Checkpoint, sender: Sender) -> bytes:
    """Add a line, which is on the disk before this returns. Raises NotAnchored."""
    line = json.dumps(checkpoint._asdict()) + "\n"
    try:
        # One write at the end of the file, whoever else writes to it.
        file = os.open(place(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, READABLE)
        try:
            add(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise NotAnchored(f"cannot be written: {error.strerror}") from error
    return b""


def add(file: int, line: bytes) -> None:
    """Write a line, or nothing of it: behind a part of one no other could be read. Raises
    NotAnchored if the disk has no room for all of it."""
    written = os.write(file, line)
    if written < len(line):
        end = os.lseek(file, 0, os.SEEK_CUR)
        if end == os.fstat(file).st_size:  # nobody wrote behind it
            os.ftruncate(file, end - written)
        raise NotAnchored("cannot be written: there is no room for a whole line")
