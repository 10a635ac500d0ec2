"""Large bodies are read one at a time: a process has memory for one of them, not for four."""

from __future__ import annotations

from threading import Semaphore
from types import TracebackType

PATIENCE = 2.0  # seconds; who waits longer is asked to come again, and others get the thread


class Busy(Exception):
    """Another large body is being read. Trying again later helps."""


class Turn:
    """The right to read a large body, from `take` to the end of a `with`."""

    free = Semaphore(1)  # of this process

    def __init__(self) -> None:
        self.is_taken = False

    def take(self) -> None:
        """Wait for our turn. Raises Busy."""
        if not self.is_taken:
            self.is_taken = self.free.acquire(timeout=PATIENCE)
        if not self.is_taken:
            raise Busy

    def __enter__(self) -> Turn:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.is_taken:
            self.free.release()
