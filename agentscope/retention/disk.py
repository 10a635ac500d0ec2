"""Free space on the disk of an embedded installation, and whether there is enough of it to take
more.

A database whose disk is full stops for everybody: pages, retention and erasures too. So before that
nothing more is taken; senders keep what they have, and try again.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

LOOKED_AFTER = 5.0  # seconds
BACK_AT = 1.25  # times the limit: what hovers around it does not stop and start again and again
FULL = "The disk is nearly full: {free} free. Nothing more is taken until {enough} are."
AGAIN = "There is room on the disk again: {free} free. What is sent is taken."
UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Disk:
    """Space of a disk, in bytes."""

    free: int
    total: int


def disk() -> Disk | None:
    """The disk of the data folder; None where the database is elsewhere, whose disk we cannot
    see."""
    folder: Path = settings.AGENTSCOPE_DATA
    if not settings.AGENTSCOPE_EMBEDDED or not folder.exists():
        return None
    found = shutil.disk_usage(folder)
    return Disk(found.free, found.total)


class Room:
    """Whether there is room for more, looked up at most once in LOOKED_AFTER."""

    def __init__(
        self,
        read: Callable[[], Disk | None] = disk,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.read, self.clock = read, clock
        self.until, self.is_full, self.free = float("-inf"), False, 0

    def full(self) -> str:
        """Why nothing is taken, as a sentence; empty while there is room."""
        now = self.clock()
        if now >= self.until:
            self.until = now + LOOKED_AFTER
            self.look(settings.AGENTSCOPE_MIN_FREE_BYTES)
        return self.said(settings.AGENTSCOPE_MIN_FREE_BYTES) if self.is_full else ""

    def look(self, limit: int) -> None:
        """Read anew, and log what changed."""
        found, was = self.read(), self.is_full
        self.free = found.free if found else 0
        self.is_full = found is not None and found.free < (limit * BACK_AT if was else limit)
        if self.is_full and not was:
            log.error("%s", self.said(limit))
        elif was and not self.is_full:
            log.warning(AGAIN.format(free=size(self.free)))

    def said(self, limit: int) -> str:
        """Why nothing is taken, and until when."""
        return FULL.format(free=size(self.free), enough=size(limit * BACK_AT))


def size(number: float) -> str:
    """A number of bytes in words: `3.2 GB`."""
    power = min(len(f"{abs(number):.0f}") - 1, 3 * len(UNITS)) // 3
    if not power:
        return f"{number:,.0f} bytes"
    return f"{number / 1000**power:,.1f} {UNITS[power - 1]}"


ROOM = Room()
