"""How far a ledger is kept elsewhere: the last checkpoint that each place has, and those that it
did not take since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agentscope.ledger.anchors import ANCHORS
from agentscope.ledger.anchors.anchor import Anchor
from agentscope.ledger.models import Anchored


@dataclass(slots=True, frozen=True)
class Place:
    """One that is set, as it stands with a ledger."""

    label: str
    where: str
    until: int  # the highest position of which a checkpoint is there; 0: none is
    since: datetime | None  # when that came there
    failed: int  # newer checkpoints that it did not take
    reason: str  # why it did not take the newest of them
    next_at: datetime | None  # when one of them is tried again; None: when there is a newer one


def places(project_id: int) -> list[Place]:
    """Each place that is set. Checkpoints prove what came before them too: what failed before one
    that is there is no matter any more."""
    return [place_of(project_id, each) for each in ANCHORS if each.place()]


def failing(project_id: int) -> Iterator[Place]:
    """Those that did not take what was to come there last."""
    return (each for each in places(project_id) if each.failed)


def place_of(project_id: int, anchor: Anchor) -> Place:
    """A place, as it stands with a ledger."""
    rows = Anchored.objects.filter(project_id=project_id, anchor=anchor.CODE).order_by("-position")
    last = rows.filter(done_at__isnull=False).first()
    until = last.position if last else 0
    failed = rows.filter(position__gt=until).exclude(reason="")
    newest, next_try = failed.first(), failed.filter(next_at__isnull=False).order_by("next_at")
    return Place(
        label=anchor.LABEL,
        where=anchor.place(),
        until=until,
        since=last.done_at if last else None,
        failed=failed.count(),
        reason=newest.reason if newest else "",
        next_at=next_try.values_list("next_at", flat=True).first(),
    )
