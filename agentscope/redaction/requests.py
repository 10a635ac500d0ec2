"""Redacting requests that are not stored yet: those that wait, and the dead letters."""

from __future__ import annotations

import logging
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.redaction.redactor import Counts, Redactor
from agentscope.redaction.step import Step

log = logging.getLogger(__name__)

PROTOBUF = "application/x-protobuf"


class Redact(Protocol):
    """What AGENTSCOPE_REDACTING names: as traces.understood, since the core reads no requests."""

    def __call__(
        self, signal: str, content_type: str, encoding: str, body: bytes, redactor: Redactor
    ) -> tuple[bytes, Counts]:
        """The body as plain protobuf, and what was replaced in it. Raises what it likes."""
        ...


def waiting(step: Step, place: int | None) -> int | None:
    """The next request that waits. Locked: a worker that is storing it is waited for, and then it
    is gone from here."""
    rows = Inbox.objects.select_for_update().filter(project_id=step.project_id, id__gt=place or 0)
    return redact_one(step, rows.order_by("id").first())


def dead(step: Step, place: int | None) -> int | None:
    """The next dead letter."""
    rows = DeadLetter.objects.select_for_update().filter(
        project_id=step.project_id, id__gt=place or 0
    )
    return redact_one(step, rows.order_by("id").first())


def redact_one(step: Step, request: Inbox | DeadLetter | None) -> int | None:
    """Redact a request, and say which one it was. One that cannot be looked through stays as it is,
    and is counted."""
    if request is None:
        return None
    redact = cast(Redact, import_string(settings.AGENTSCOPE_REDACTING))
    sent = request.signal, request.content_type, request.encoding, bytes(request.body)
    try:
        body, replaced = redact(*sent, step.cleaner.redactor)
    except Exception as error:  # noqa: BLE001 — whatever it is, the others are to be redacted
        log.warning("Request %d cannot be redacted: %s", request.id, type(error).__name__)
        step.add(unreadable=1)
        return request.id
    step.cleaner.replaced += replaced
    step.add(requests=bool(replaced))
    if not step.is_preview and (body, "") != (bytes(request.body), request.encoding):
        request.body, request.encoding, request.content_type = body, "", PROTOBUF
        request.save(update_fields=["body", "encoding", "content_type"])
    return request.id
