"""From the inbox to spans: claim requests, decode, understand, store and delete in one transaction.

So a request is either still in the inbox or stored as a whole, whatever is killed at whatever time.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Length

from agentscope.inbox.models import Inbox, Signal
from agentscope.inbox.write import Attempt, make_dead_letter, note_attempt
from agentscope.search.write import remember
from agentscope.traces.write import save_records, save_spans
from ingest.from_logs import with_spans
from ingest.limits import inflate
from ingest.otlp import decode_logs, decode_traces
from ingest.own import understanding_of

log = logging.getLogger(__name__)

REQUESTS = 256  # at most in one transaction
CLAIMED = 2 << 20  # bytes of them as they came
INFLATED = 4 << 20  # after so many bytes of content the rest waits for the next transaction
SMALL = CLAIMED // REQUESTS
MOST_ATTEMPTS = 5  # that ended without a word; a server may be restarted a few times in a row

# SQLSTATE classes that say nothing about the request: connection, transaction state (a read-only
# standby), rollback (deadlock), resources, object in use, operator, system.
TRANSIENT = ("08", "25", "40", "53", "55", "57", "58")
LOST = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
PARTITION_MOVED = "23514"  # a day got its partition between routing the row and writing it


class Body(NamedTuple):
    """An inflated request."""

    content: bytes
    content_type: str
    sent_by: int | None  # number of the key


class DeadlyRequest(Exception):
    """Storing a request killed the process again and again, so nobody could catch an error."""


class TryLater(Exception):
    """The database cannot store anything just now. Nothing was lost, nothing was changed."""


def drain(limit: int = REQUESTS) -> int:
    """Store up to `limit` waiting requests; how many left the inbox. 0: none is waiting.

    A request that cannot be stored, even alone, becomes a DeadLetter. Raises TryLater. Any number
    of workers may drain at once: none waits for what another has claimed.
    """
    claimed: list[int] = []
    try:
        attempt = note_attempt()
        if attempt and attempt.attempts > MOST_ATTEMPTS:
            return bury(attempt.request_id, DeadlyRequest(f"It ended {MOST_ATTEMPTS} workers"))
        with transaction.atomic():
            requests = claim(limit, attempt)
            claimed = [request.id for request in requests]
            return store(requests)
    except Exception as error:  # noqa: BLE001 — whatever it is, one request must not stop the others
        give_up_if_transient(error)
        log.warning("Storing %d requests failed, storing them singly: %s", len(claimed), error)
    return sum(drain_alone(request) for request in claimed)


def claim(limit: int, attempt: Attempt | None = None) -> list[Inbox]:
    """The oldest request that nobody has claimed, and more like it; it alone if it was tried before
    this `attempt`, since it may have ended the worker that tried.

    All are of one project and signal, so that the transaction takes its locks in one go and in
    order; and none is much larger than the first, which bounds their bytes.
    """
    waiting = Inbox.objects.select_for_update(skip_locked=True).order_by("id")
    oldest = waiting.first()
    if oldest is None:
        return []
    is_noted_now = attempt is not None and attempt.request_id == oldest.id
    if oldest.attempts > is_noted_now:
        return [oldest]
    size = max(2 * len(oldest.body), SMALL)
    like_it = waiting.alias(size=Length("body")).filter(
        id__gt=oldest.id, project_id=oldest.project_id, signal=oldest.signal, size__lte=size
    )
    return [oldest, *like_it[: max(0, min(limit, CLAIMED // size) - 1)]]


def store(requests: list[Inbox]) -> int:
    """Store what these requests hold and delete them, as far as INFLATED goes; how many.

    Committing need not wait for the disk: a crash that loses it loses the deletion of the requests
    with it, and they are drained again.
    """
    if not requests:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")
    bodies = [
        Body(body, request.content_type, request.sent_by) for request, body in inflated(requests)
    ]
    save = store_logs if requests[0].signal == Signal.LOGS else store_traces
    with no_garbage_collection():
        save(requests[0].project_id, bodies)
    done = [request.id for request in requests[: len(bodies)]]
    Inbox.objects.filter(id__in=done).delete()
    return len(done)


def inflated(requests: list[Inbox]) -> Iterator[tuple[Inbox, bytes]]:
    """The requests with their content, until that is enough for one transaction."""
    size = 0
    for request in requests:
        body = inflate(bytes(request.body), request.encoding, settings.AGENTSCOPE_MAX_REQUEST_BYTES)
        yield request, body
        size += len(body)
        if size >= INFLATED:
            return


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """A batch is a hundred objects a span and no cycle: looking for some is a sixth of the work."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def store_traces(project_id: int, bodies: list[Body]) -> None:
    """Store the spans of some requests."""
    spans = [span for body in bodies for span in decode_traces(*body).items]
    own = understanding_of(project_id)
    understood = [(span, own.span(span)) for span in spans]
    save_spans(project_id, understood)
    remember(project_id, understood)


def store_logs(project_id: int, bodies: list[Body]) -> None:
    """Store the log records of some requests, and what spans are to be made of them."""
    records = [record for body in bodies for record in decode_logs(*body).items]
    own = understanding_of(project_id)
    spans, logs = with_spans((record, own.log(record)) for record in records)
    save_records(project_id, spans, logs)
    remember(project_id, spans, logs)


def drain_alone(request_id: int) -> int:
    """Store one request, or bury it: then it is its own fault. 0: another worker was quicker."""
    try:
        with transaction.atomic():
            return store(claim_one(request_id))
    except Exception as error:  # noqa: BLE001 — whatever it is, the request goes to a person
        give_up_if_transient(error)
        return bury(request_id, error)


def claim_one(request_id: int) -> list[Inbox]:
    """That request, if it is still there and not claimed."""
    return list(Inbox.objects.select_for_update(skip_locked=True).filter(id=request_id))


@transaction.atomic
def bury(request_id: int, error: Exception) -> int:
    """Move a request to the dead letters, with the reason; how many: 0 if it was gone."""
    for request in claim_one(request_id):
        make_dead_letter(request, f"{type(error).__name__}: {error}")
        log.error("Request %d cannot be stored and is a dead letter now: %s", request_id, error)
        return 1
    return 0


def give_up_if_transient(error: Exception) -> None:
    """Raise TryLater if the database, not the request, is to blame."""
    state = getattr(error.__cause__ or error, "sqlstate", None) or ""
    is_lost = not state and isinstance(error, LOST)
    if is_lost or state.startswith(TRANSIENT) or state == PARTITION_MOVED:
        raise TryLater(str(error).strip() or type(error).__name__) from error
