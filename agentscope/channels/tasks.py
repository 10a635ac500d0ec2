"""The tasks that send. Whoever sends waits for the network, so it is done in threads of the worker:
what comes in meanwhile is stored and examined."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock, Thread

from celery import shared_task
from django.db import connection

from agentscope.channels.send import send_due
from agentscope.channels.write import forget_deliveries

log = logging.getLogger(__name__)

MOST_SENDERS = 4  # threads of a worker


class Senders:
    """The threads of this worker that send."""

    def __init__(self, work: Callable[[], None] | None = None, most: int = MOST_SENDERS) -> None:
        """`work` is what each does, at most so many at a time: sending what is due."""
        self.work, self.most = work or send_all, most
        self.running: list[Thread] = []
        self.lock = Lock()

    def one_more(self) -> None:
        """Start a thread, if there are not enough. It ends when nothing is due. A worker that ends
        does not wait for it: what it was at is sent again when the claim has ended."""
        with self.lock:
            self.running = [each for each in self.running if each.is_alive()]
            if len(self.running) < self.most:
                thread = Thread(target=self.work, name="sender", daemon=True)
                self.running.append(thread)
                thread.start()


def send_all() -> None:
    """Send what is due, over a connection to the database of its own."""
    try:
        send_due()
    except Exception:
        log.exception("Sending was interrupted, the next tick goes on")
    finally:
        connection.close()


SENDERS = Senders()


@shared_task(name="channels.send")
def send() -> None:
    """Send what is due. A thread that waits for a slow receiver gets help each second."""
    SENDERS.one_more()


@shared_task(name="channels.forget")
def forget() -> None:
    """Delete deliveries that are old."""
    forget_deliveries()
