"""Limits within one program, whether AgentScope is there or not. Needs nothing but Python.

limits = Limits(max_usd=Decimal("2"), max_repeats=5, max_failures=3)
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agentscope_hook import Stopped


class CircuitOpen(Stopped):
    """This tool has failed too often in a row and rests; the run may go on without it."""


@dataclass
class Limits:
    """Limits within this program, with or without AgentScope: USD in all, how often a tool may be
    called with the same arguments, and failures in a row after which it rests some seconds."""

    max_usd: Decimal | None = None
    max_repeats: int | None = None
    max_failures: int = 5
    rest: float = 30.0

    def __post_init__(self) -> None:
        self.usd, self.unpriced = Decimal(0), 0
        self._repeats: Counter[bytes] = Counter()
        self._failures: Counter[str] = Counter()
        self._resting: dict[str, float] = {}
        self._lock = threading.Lock()

    def spent(self, usd: Decimal | None) -> None:
        """Adds what a call cost; None is not known, and counted in `unpriced`."""
        with self._lock:
            self.unpriced += usd is None
            self.usd += usd or 0

    def check(self) -> None:
        """Raises Stopped if nothing may be spent any more."""
        if self.max_usd is not None and self.usd >= self.max_usd:
            unknown = f", and {self.unpriced} calls of unknown cost" if self.unpriced else ""
            raise Stopped(f"${self.usd} of ${self.max_usd} is spent{unknown}.")

    @contextmanager
    def call(self, tool: str, arguments: Any = None) -> Iterator[None]:
        """Around one call of a tool. Raises Stopped before it, and CircuitOpen while it rests."""
        self.check()
        with self._lock:
            self._hold_circuit(tool)
            self._hold_repeats(tool, arguments)
        try:
            yield
        except Exception as failure:
            if not isinstance(failure, Stopped):
                self._failed(tool)
            raise
        with self._lock:
            self._failures.pop(tool, None)
            self._resting.pop(tool, None)

    def _hold_circuit(self, tool: str) -> None:
        now = time.monotonic()
        if now < self._resting.get(tool, 0.0):
            raise CircuitOpen(f"{tool} has failed {self._failures[tool]} times in a row.")
        if tool in self._resting:
            self._resting[tool] = now + self.rest  # this call tries, the others wait for it

    def _hold_repeats(self, tool: str, arguments: Any) -> None:
        if self.max_repeats is None:
            return
        call = hashlib.sha256(f"{tool} {written(arguments)}".encode()).digest()
        if self._repeats[call] >= self.max_repeats:
            raise Stopped(f"{tool} was called {self.max_repeats} times with the same arguments.")
        self._repeats[call] += 1

    def _failed(self, tool: str) -> None:
        with self._lock:
            self._failures[tool] += 1
            if self._failures[tool] >= self.max_failures:
                self._resting[tool] = time.monotonic() + self.rest


def written(arguments: Any) -> str:
    """Arguments as a text, the same in whatever order they are named."""
    try:
        return json.dumps(arguments, sort_keys=True, default=repr)
    except (TypeError, ValueError):
        return repr(arguments)
