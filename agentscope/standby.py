"""Work goes on while the broker is away: nobody brings ticks and wake-ups then, so a worker looks
for work by itself.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Any

from celery import Celery, bootsteps
from celery.worker.consumer.tasks import Tasks
from django.db import close_old_connections
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.transport.virtual import Channel

log = logging.getLogger(__name__)

PAUSE = 5.0  # seconds between two looks
PATIENCE = 0.3  # seconds that a broker has to answer
WORK = ("ingest.drain", "traces.examine", "alerts.evaluate", "channels.send")


class Standby(bootsteps.StartStopStep):
    """A thread of each worker that does the WORK as long as the broker is away."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.stopped = Event()
        self.was_away = False

    def start(self, parent: Any) -> None:
        """Called by the worker before it connects."""
        Thread(target=self.run, args=[parent.app], name="standby", daemon=True).start()

    def stop(self, parent: Any) -> None:
        """Called by the worker when it ends."""
        self.stopped.set()

    def run(self, app: Celery) -> None:
        """Look, and work if need be, until the worker ends."""
        while not self.stopped.wait(PAUSE):
            is_away = not broker_answers(str(app.conf.broker_url))
            if is_away and not self.was_away:
                log.warning("The broker is away: looking for work every %.0f s instead.", PAUSE)
            if is_away:
                do_work(app)
            self.was_away = is_away


class LetGo(bootsteps.StartStopStep):
    """What was received from a broker that went away is let go: a lost wake-up costs one tick.

    Left alone, kombu gives it back to the Redis that is gone, which fails in a way that ends the
    worker (kombu 5.7, whenever an acknowledgement was still owed).
    """

    requires = (Tasks,)

    def start(self, parent: Any) -> None:
        """Called with the worker's consumer each time that it is connected."""
        channel = parent.task_consumer.channel
        if isinstance(channel, Channel):
            channel.qos.restore_at_shutdown = False


def do_work(app: Celery) -> None:
    """What the ticks would have started. Never fails: the next look tries again."""
    close_old_connections()
    for name in WORK:
        try:
            app.tasks[name]()
        except Exception:
            log.exception("%s failed, will be tried again", name)
    close_old_connections()


def broker_answers(url: str) -> bool:
    """Whether the broker at this address can be reached."""
    options = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    try:
        with Connection(url, connect_timeout=PATIENCE, transport_options=options) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
    except (OperationalError, OSError, KeyError):  # KeyError: an address of no kind we know
        return False
    return True
