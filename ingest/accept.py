"""Accepts an export, over HTTP or gRPC: allowed? whole? committed to the inbox? then answered.

The only place that decides about an answer; views.py and grpc_server.py put it into their terms.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import Error

from agentscope.inbox.models import Signal
from agentscope.projects.models import Key
from agentscope.projects.read import Access, AccessRefused, Admitted, admitted
from agentscope.redaction.read import redactor_of
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.write import count_redacted
from agentscope.retention.disk import ROOM
from agentscope.secrets.own import BadPattern
from ingest.answers import BAD_REQUEST, PROTOBUF, UNAVAILABLE, Answer
from ingest.check import CHECKS, CannotRedact, Checked
from ingest.limits import inflate
from ingest.parse import media_type
from ingest.refusals import count_refusal
from ingest.refused import Refused
from ingest.turns import Busy, Turn
from ingest.wake import wake_drain

log = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds; a database that restarts is back by then
NO_ROOM = "no room on the disk"
ROOM_AFTER = 60  # seconds; somebody has to make room
NOT_REDACTED = "could not be redacted"
TRY_REDACTING = "This project redacts, and the request could not be looked through. Try again."
OTHERS_FIRST = "Other large requests are being read. Try again, or send smaller batches."
INSERT = """
insert into inbox (received_at, project_id, signal, content_type, encoding, body, sent_by)
values (now(), %s, %s, %s, %s, %b, %s)
"""


@dataclass(slots=True, frozen=True)
class Delivery:
    """An export as it came. `read` gives the body, still encoded, if it is within a limit."""

    signal: str  # traces, logs or metrics
    content_type: str
    encoding: str
    access: Access
    read: Callable[[int], bytes]


class Request(NamedTuple):
    """A row of the inbox, but for its time and its sender."""

    signal: str
    content_type: str
    encoding: str
    body: bytes


def accept(delivery: Delivery) -> Answer:
    """Commit the delivery to the inbox, or say why not. Raises nothing that a sender can cause."""
    try:
        sender = admitted(delivery.access, Key.Scope.INGEST)
        if full := ROOM.full():
            count_refusal(sender.project.pk, NO_ROOM, 0, full)
            return Answer(UNAVAILABLE, f"{full} Try again later.", retry_after=ROOM_AFTER)
        return accept_from(sender, delivery)
    except AccessRefused as refused:
        count_refusal(None, f"access refused with {refused.status}", 0, refused.message)
        return Answer(refused.status, refused.message, field="x-agentscope-project")
    except Error as error:
        log.warning("An export could not be stored, the sender will try again: %s", error)
        return Answer(UNAVAILABLE, "The database is away. Try again.", retry_after=RETRY_AFTER)


def accept_from(sender: Admitted, delivery: Delivery) -> Answer:
    """The same for a sender who is known."""
    project, limit = sender.project, settings.AGENTSCOPE_MAX_REQUEST_BYTES
    redactor: Redactor | None = None
    try:
        redactor = redactor_of(project.pk)
        media = media_type(delivery.content_type)
        body = delivery.read(limit)
        with Turn() as turn:
            content = inflate(body, delivery.encoding, limit, turn.take)
            redactor = redactor_of(project.pk)  # as it is now: to read it may have taken long
            checked = CHECKS[delivery.signal](content, media, redactor)
            del content  # before the next one gets its turn
    except Refused as refused:
        said = refused.reason if redactor else str(refused)
        count_refusal(project.pk, refused.reason, 0, said)
        return Answer(refused.status, str(refused), field=refused.field)
    except (CannotRedact, BadPattern) as error:
        return not_redacted(project.pk, error)
    except Busy:
        return Answer(UNAVAILABLE, OTHERS_FIRST, retry_after=RETRY_AFTER)
    if checked.kept:
        keep(sender, as_kept(delivery, media, body, checked), checked.replaced)
        wake_drain()
    for reason, items in checked.rejected.items():
        count_refusal(project.pk, reason, items, reason if redactor else checked.message)
    return answer_to(checked, delivery.signal)


def not_redacted(project_id: int, error: Exception) -> Answer:
    """What cannot be looked through is not kept: the sender has it, and may try again."""
    log.error("A request of project %d could not be redacted: %s", project_id, error)
    count_refusal(project_id, NOT_REDACTED, 0, NOT_REDACTED)
    return Answer(UNAVAILABLE, TRY_REDACTING, retry_after=RETRY_AFTER)


def as_kept(delivery: Delivery, media: str, body: bytes, checked: Checked) -> Request:
    """The request as it is committed: as it came, unless something was to be replaced in it."""
    if checked.redacted is not None:
        return Request(delivery.signal, PROTOBUF, "", checked.redacted)
    return Request(delivery.signal, media, delivery.encoding.strip().lower(), body)


def keep(sender: Admitted, request: Request, replaced: Counter[str]) -> None:
    """Commit one request, with the count of what was replaced in it."""
    if not replaced:
        return insert(sender, request)
    with transaction.atomic():
        insert(sender, request)
        count_redacted(sender.project.pk, replaced)
    return None


def insert(sender: Admitted, request: Request) -> None:
    """Commit one request. Returns when it is on the database's disk.

    Past the ORM, which would send the body as a quoted text of twice its size.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
    ):
        key = sender.key.pk if sender.key else None
        cursor.execute(INSERT, [sender.project.pk, *request, key])


def answer_to(checked: Checked, signal: str) -> Answer:
    """Partial success is for parts: a request of which every span is invalid is a bad one.

    Metrics and log records that we do not want are not invalid, so their sender gets a 200.
    """
    rejected = checked.rejected.total()
    if signal == Signal.TRACES and rejected and not checked.kept:
        return Answer(BAD_REQUEST, checked.message, field="body")
    return Answer(message=checked.message, rejected=rejected)
