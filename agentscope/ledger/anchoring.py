"""Checkpoints are put where the database is not. An attempt is claimed by one statement that
commits, made outside of any transaction, and then it is written down what came of it: so a worker
that is killed in between leaves it to the next one when the claim has ended."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agentscope.ledger.anchors import ANCHORS, BY_CODE
from agentscope.ledger.anchors.anchor import NotAnchored, Sender
from agentscope.ledger.models import Anchored, Checkpoint
from agentscope.ledger.read import stored_checkpoint

log = logging.getLogger(__name__)

LEASE = 60  # seconds that an attempt may take
PAUSES = (60, 300, 1800, 7200, 21_600)  # seconds before each further attempt
CLAIM = """
update ledger_anchored set attempts = attempts + 1,
    next_at = statement_timestamp() + %(lease)s * interval '1 second'
where (project_id, position, anchor) = (
    select project_id, position, anchor from ledger_anchored
    where next_at <= statement_timestamp() and anchor = any(%(anchors)s)
    order by next_at limit 1 for update skip locked)
and next_at <= statement_timestamp()
returning project_id, position, anchor
"""


def want_anchored(project_id: int, position: int) -> None:
    """A checkpoint is to go to every place that is set, unless it was there or is on its way."""
    now = timezone.now()
    Anchored.objects.bulk_create(
        (
            Anchored(project_id=project_id, position=position, anchor=each.CODE, next_at=now)
            for each in ANCHORS
            if each.place()
        ),
        ignore_conflicts=True,
    )


def anchor_due(sender: Sender) -> int:
    """Put checkpoints where they are due until none is; how many attempts that were."""
    count = 0
    while (row := claim()) is not None:
        attempt(row, sender)
        count += 1
    return count


def claim() -> Anchored | None:
    """One that is due, for its caller alone until LEASE has passed. What is to go where nothing is
    set any more waits until something is."""
    places = [each.CODE for each in ANCHORS if each.place()]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": LEASE, "anchors": places})
        found = cursor.fetchone()
    return Anchored.objects.get(pk=found) if found else None


def attempt(row: Anchored, sender: Sender) -> None:
    """Try once, and write down what came of it. Never raises for what a place does, so that one
    does not keep others waiting."""
    anchor = BY_CODE[row.anchor]
    row.place, row.next_at = anchor.place(), None
    try:
        checkpoint = Checkpoint.objects.get(project_id=row.project_id, position=row.position)
        row.proof = anchor.put(stored_checkpoint(checkpoint), sender)
    except Checkpoint.DoesNotExist:
        fail(row, "somebody deleted the checkpoint: verify the ledger")
    except NotAnchored as error:
        fail(row, str(error))
    except Exception as error:
        log.exception("Cannot anchor checkpoint %s of ledger %s", row.position, row.project_id)
        fail(row, f"failed by a mistake of ours: {type(error).__name__}")
    else:
        row.done_at, row.reason = timezone.now(), ""
    row.save()


def fail(row: Anchored, reason: str) -> None:
    """Say why it is not there, and when there is another attempt; none after the last."""
    row.reason = reason
    if row.attempts <= len(PAUSES):
        row.next_at = timezone.now() + timedelta(seconds=PAUSES[row.attempts - 1])
    log.warning(
        "Checkpoint %s of ledger %s is not in %s: %s; %s",
        *(row.position, row.project_id, row.place, reason),
        f"attempt {row.attempts}, tried again" if row.next_at else "given up",
    )
