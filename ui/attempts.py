"""How often somebody guessed a password in vain: after some tries the rest has to wait.

Counted in memory, by each web process for itself: that is enough to make guessing hopeless, needs
no table, and forgets by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

MOST = 10  # wrong passwords for one name from one address
WITHIN = 300.0  # seconds
REMEMBERED = 10_000  # pairs of name and address


class Attempts:
    """Failed attempts of the last WITHIN seconds, by whom."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.failed: dict[tuple[str, str], list[float]] = {}
        self.lock = Lock()

    def are_too_many(self, who: tuple[str, str]) -> bool:
        """Whether the next attempt is refused unseen."""
        with self.lock:
            return len(self.recent(who)) >= MOST

    def note(self, who: tuple[str, str]) -> None:
        """Remember a failure."""
        with self.lock:
            if len(self.failed) >= REMEMBERED:
                self.failed = {each: left for each in self.failed if (left := self.recent(each))}
            if len(self.failed) >= REMEMBERED:
                self.failed.clear()
            self.failed[who] = [*self.recent(who), self.clock()]

    def forget(self, who: tuple[str, str]) -> None:
        """Start anew after a success."""
        with self.lock:
            self.failed.pop(who, None)

    def recent(self, who: tuple[str, str]) -> list[float]:
        """When the failures were that still count."""
        since = self.clock() - WITHIN
        return [moment for moment in self.failed.get(who, ()) if moment > since]


attempts = Attempts()
