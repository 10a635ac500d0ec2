"""What waits, what failed, what was refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min
from django.utils import timezone

from agentscope.inbox.models import DeadLetter, Inbox, Refusal


@dataclass(slots=True, frozen=True)
class Backlog:
    """Requests that were accepted and are not yet spans. Age in seconds, None if there is none."""

    rows: int
    oldest_seconds: float | None
    dead_letters: int


def backlog() -> Backlog:
    """How far the workers are behind, over all projects. Two queries."""
    waiting = Inbox.objects.aggregate(rows=Count("id"), oldest=Min("received_at"))
    oldest = waiting["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else None
    return Backlog(waiting["rows"], age, DeadLetter.objects.count())


def dead_letters(project_id: int, limit: int) -> list[DeadLetter]:
    """The newest requests of a project that could not be stored, without their bodies."""
    found = DeadLetter.objects.filter(project_id=project_id).defer("body")
    return list(found.order_by("-id")[:limit])


def refusals(project_id: int, limit: int) -> list[Refusal]:
    """What was refused of a project's requests, newest first, counted by day and reason."""
    return list(Refusal.objects.filter(project_id=project_id).order_by("-last_at")[:limit])


def nameless_refusals(limit: int) -> list[Refusal]:
    """What was refused of senders that could not be told: no key, or an unknown one."""
    return list(Refusal.objects.filter(project_id=None).order_by("-last_at")[:limit])
