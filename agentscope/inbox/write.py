"""Requests that cannot be stored are put aside, and put back when a person says so."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection, transaction

from agentscope.inbox.models import DeadLetter, Inbox

KEPT = ("received_at", "project_id", "signal", "content_type", "encoding", "body", "sent_by")
LONGEST_ERROR = 2000  # characters

# Committed before the work begins, so that it outlives a worker that is killed by it. Requests are
# stored within seconds; noting only what is older, and only once in a while, costs nothing in
# everyday life, and several workers that look at one request count as one attempt.
SUSPICIOUS = 30  # seconds
NOTE_ATTEMPT = f"""
update inbox set attempts = attempts + 1, attempted_at = now()
where id = (select id from inbox order by id for update skip locked limit 1)
    and greatest(received_at, attempted_at) < now() - interval '{SUSPICIOUS} seconds'
returning id, attempts
"""  # noqa: S608 — our own number


class Attempt(NamedTuple):
    """An old request that is about to be tried again, and how often it was, this time included."""

    request_id: int
    attempts: int


def note_attempt() -> Attempt | None:
    """Notes that the oldest request is about to be stored, if it waits for suspiciously long."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE_ATTEMPT)
        noted = cursor.fetchone()
    return Attempt(*noted) if noted else None


def make_dead_letter(request: Inbox, error: str) -> None:
    """Moves a request that the caller has locked to the dead letters, with the reason."""
    DeadLetter.objects.create(
        error=error.replace("\0", "\ufffd")[:LONGEST_ERROR],
        **{name: getattr(request, name) for name in KEPT},
    )
    request.delete()


@transaction.atomic
def retry_dead_letters(limit: int) -> int:
    """Puts up to `limit` dead letters back into the inbox, oldest first; how many."""
    letters = DeadLetter.objects.select_for_update(skip_locked=True).order_by("id")[:limit]
    again = [Inbox(**{name: getattr(letter, name) for name in KEPT}) for letter in letters]
    Inbox.objects.bulk_create(again)
    DeadLetter.objects.filter(pk__in=[letter.pk for letter in letters]).delete()
    return len(again)
