"""What people do about requests that failed."""

from __future__ import annotations

from django.db import transaction

from agentscope.inbox.models import DeadLetter, Inbox

KEPT = ("received_at", "project_id", "signal", "content_type", "encoding", "body")


@transaction.atomic
def retry_dead_letters(limit: int) -> int:
    """Puts up to `limit` dead letters back into the inbox, oldest first; how many."""
    letters = DeadLetter.objects.select_for_update(skip_locked=True).order_by("id")[:limit]
    again = [Inbox(**{name: getattr(letter, name) for name in KEPT}) for letter in letters]
    Inbox.objects.bulk_create(again)
    DeadLetter.objects.filter(pk__in=[letter.pk for letter in letters]).delete()
    return len(again)
