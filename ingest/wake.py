"""Wake-ups for the workers: a hint that there is work, never the work itself.

They are published by a thread of their own, so a broker that is slow or dead costs a request
nothing; and at most every 100 ms, with one more after the last call, so that none is lost for
longer. What is lost with the process or the broker, the ticks of `agentscope/celery.py` make good.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings

from agentscope.celery import app

log = logging.getLogger(__name__)

PAUSE = 0.1  # seconds between two wake-ups for the same task
EXPIRES = 5  # seconds; by then a tick has done it
RETRY = 1.0  # seconds after which a broker that failed is tried again


class Bell:
    """Calls `publish` soon after `ring`, in another thread, however often it rings."""

    def __init__(self, publish: Callable[[], None]) -> None:
        self.publish = publish
        self.rung = threading.Event()
        self.starting = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def ring(self) -> None:
        """Ask for a call. Returns at once and never raises."""
        self.rung.set()
        if not self.thread.is_alive():
            self.start()

    def start(self) -> None:
        """Start the thread, once; also in a process that was forked and so has none."""
        with self.starting:
            if not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name="wake", daemon=True)
                self.thread.start()

    def run(self) -> None:
        """Publish, pause, and publish again if it rang meanwhile."""
        while self.rung.wait():
            self.rung.clear()
            time.sleep(PAUSE if self.try_to_publish() else RETRY)

    def try_to_publish(self) -> bool:
        """False if the broker did not take it: then it stays rung."""
        try:
            self.publish()
        except Exception as error:  # noqa: BLE001 — brokers and their libraries raise anything
            log.warning("Cannot wake the workers, their next tick will do: %s", error)
            self.rung.set()
            return False
        return True


def publisher(task: str) -> Callable[[], None]:
    """Sends the name of a task to the broker, if there is one."""

    def publish() -> None:
        if settings.BROKER_URL:
            app.send_task(task, expires=EXPIRES, ignore_result=True, retry=False)

    return publish


drain_bell = Bell(publisher("ingest.drain"))
examine_bell = Bell(publisher("traces.examine"))


def wake_drain() -> None:
    """Something is in the inbox."""
    drain_bell.ring()


def wake_examine() -> None:
    """Traces are due."""
    examine_bell.ring()
