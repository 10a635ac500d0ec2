"""Rules by which decisions are drawn for review. Each change is told to the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.projects.changes import note_change
from agentscope.projects.write import LONGEST_NAME
from agentscope.reviews.models import Queue
from agentscope.reviews.rule import hours_of, in_words, share_of, wanted

FURTHEST = timedelta(days=31)  # that a rule may look back
MOST = 100  # of a project


def queues(project_id: int) -> QuerySet[Queue]:
    """The queues of a project, by name."""
    return Queue.objects.filter(project_id=project_id, ended_at=None).order_by("name")


def queue_of(project_id: int, number: int) -> Queue | None:
    """One of them."""
    return queues(project_id).filter(pk=number).first()


@transaction.atomic
def save_queue(
    project_id: int, who: str, said: Mapping[str, Any], queue: Queue | None = None
) -> Queue:
    """Make a queue, or change one. `said` is by the names of models.Queue; `since`: also decisions
    that began then, else those from now on. Raises BadRule and Gone."""
    only = said.get("only") or {}
    wanted(only)
    new = Queue(project_id=project_id, made_by=who, since=timezone.now())
    found = held(queue) if queue else new
    before = as_said(found) if queue else None
    found.name, found.enabled = name_of(said), said.get("enabled", True)
    found.only = {name: str(value).strip() for name, value in only.items() if value}
    found.share, found.hours = share_of(said), hours_of(said)
    found.since, found.is_filled = since_of(said.get("since"), found), False
    if queue is None:
        check_room(project_id)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise BadRule("name", f"There is a queue “{found.name}” already.") from error
    verb = "changed" if queue else "made"
    what = f"Queue “{found.name}” was {verb}: {in_words(found.only, found.share)}."
    tell(found, who, what, before, as_said(found))
    return found


def held(queue: Queue) -> Queue:
    """A queue as it is by now. Nobody else changes or deletes it until the end of the transaction.
    Raises Gone."""
    found = Queue.objects.select_for_update().filter(pk=queue.pk, ended_at=None).first()
    if found is None:
        raise Gone(f"The queue “{queue.name}” was deleted meanwhile.")
    return found


def name_of(said: Mapping[str, Any]) -> str:
    """What it is called. Raises BadRule."""
    name = str(said.get("name") or "").strip()
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise BadRule("name", f"A name has 1 to {LONGEST_NAME} characters.")
    return name


def since_of(said: datetime | None, queue: Queue) -> datetime:
    """From when on decisions are meant. Raises BadRule."""
    if said is None:
        return queue.since
    if said < timezone.now() - FURTHEST - timedelta(hours=1):
        raise BadRule("since", f"A queue looks back {FURTHEST.days} days at most.")
    return said


def check_room(project_id: int) -> None:
    """Raise BadRule for one too many."""
    if queues(project_id).count() >= MOST:
        raise BadRule("name", f"A project has at most {MOST} queues.")


@transaction.atomic
def delete_queue(queue: Queue, who: str) -> None:
    """Draw nothing more. What was drawn is still to be reviewed. Done once, whoever else does
    so."""
    try:
        found = held(queue)
    except Gone:
        return
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    tell(found, who, f"Queue “{found.name}” was deleted.", as_said(found), None)


def tell(
    queue: Queue, who: str, what: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    """Into the ledger."""
    details = {"queue": queue.pk, "before": before, "after": after}
    note_change("review", queue.project_id, who, what, details)


def as_said(queue: Queue) -> dict[str, Any]:
    """A queue as the ledger tells it."""
    plain = {name: getattr(queue, name) for name in ("name", "only", "enabled", "hours")}
    since = queue.since.isoformat(timespec="seconds")
    return plain | {"share": f"{queue.share:f}", "since": since}
