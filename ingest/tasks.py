"""Celery tasks of ingest: ten lines each, the work is in `drain.py`."""

import logging
from time import monotonic

from celery import shared_task

from ingest.drain import TryLater, drain
from ingest.wake import wake_drain, wake_examine

log = logging.getLogger(__name__)

TURN = 2.0  # seconds; then other tasks of this worker get theirs


@shared_task(name="ingest.drain")
def drain_inbox() -> None:
    """Drain the inbox until it is empty, or for one turn if there is no end of it."""
    end = monotonic() + TURN
    try:
        while drain():
            wake_examine()
            if monotonic() > end:
                return wake_drain()
    except TryLater as error:
        log.warning("Draining is put off until the next tick: %s", error)
