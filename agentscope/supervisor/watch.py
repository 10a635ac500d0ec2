"""Children that end by themselves are started again: at once, then ever more slowly."""

import signal
import time
from collections.abc import Iterable

from agentscope.supervisor.child import Child
from agentscope.supervisor.messages import say
from agentscope.supervisor.signals import pause

LOOK_SECONDS = 0.5
FIRST_DELAY, LONGEST_DELAY = 0.2, 30.0  # seconds
CALM_SECONDS = 60.0  # who lived that long starts afresh at the first delay


class Watched:
    """A child and how often it failed of late."""

    def __init__(self, child: Child) -> None:
        """The child has been started."""
        self.child = child
        self.failures = 0
        self.due_at: float | None = None  # time.monotonic() of the next start

    def tend(self, now: float) -> None:
        """Start it again if that is due. `now` is time.monotonic()."""
        if self.due_at is None:
            self._look(now)
        elif now >= self.due_at:
            self._start_again(now)

    def _look(self, now: float) -> None:
        code = self.child.exit_code()
        if code is None:
            return
        if now - self.child.started_at > CALM_SECONDS:
            self.failures = 0
        self._put_off(now, how_it_ended(code))

    def _start_again(self, now: float) -> None:
        self.due_at = None
        try:
            self.child.start()
        except OSError as error:
            self._put_off(now, f"could not be started ({error.strerror})")

    def _put_off(self, now: float, why: str) -> None:
        delay = min(FIRST_DELAY * 2**self.failures, LONGEST_DELAY)
        self.failures += 1
        self.due_at = now + delay
        say(f"{self.child.program.name} {why}; starting it again in {delay:g} s. "
            f"Its log: {self.child.log_file}")  # fmt: skip


def watch(children: Iterable[Child]) -> None:
    """Keep the children running. Ends only by Stopped."""
    watched = [Watched(child) for child in children]
    while True:
        for one in watched:
            one.tend(time.monotonic())
        pause(LOOK_SECONDS)


def how_it_ended(code: int) -> str:
    """The exit code of a process in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"
