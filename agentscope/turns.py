"""Which queue of a Redis is served next: the one whose last task was begun longest ago.

Kombu's own turns count each message that is taken, also a tick that has expired and is let go.
Under a flood of requests, with seconds of draining between two turns, a dozen ticks came in for
each that was let go: all of them had expired, and no trace was examined before the flood was over.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from celery.signals import task_received


class Turns:
    """The order of queues, as kombu asks for it (`kombu.utils.scheduling`): one a connection."""

    served: ClassVar[list[str]] = []  # queues of which a task was begun, the latest at the end

    def __init__(self) -> None:
        self.queues: list[str] = []

    def update(self, queues: Iterable[str]) -> None:
        """These are the queues by now."""
        self.queues = list(queues)

    @classmethod
    def begin(cls, queue: str) -> None:
        """A task of this queue begins, so it is the turn of the others."""
        cls.served = [*(other for other in cls.served if other != queue), queue]

    def consume(self, n: int) -> list[str]:
        """The queues to ask for a message, in this order."""
        new = [queue for queue in self.queues if queue not in self.served]
        return [*new, *(queue for queue in self.served if queue in self.queues)][:n]

    def rotate(self, last_used: str) -> None:
        """A message was taken. Whether that was a turn is known once it is read."""


@task_received.connect
def begin(request: Any, **_: Any) -> None:
    """Celery tells of a task that has not expired."""
    Turns.begin(request.delivery_info["routing_key"])
