"""Requests that cannot be stored are put aside, and put back when a person says so."""

from __future__ import annotations

from django.db import transaction

from agentscope.inbox.models import DeadLetter, Inbox

KEPT = ("received_at", "project_id", "signal", "content_type", "encoding", "body")
LONGEST_ERROR = 2000  # characters


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
