"""How long a project keeps what, and what is held of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection

from agentscope.retention.models import Hold, Periods

FOR_EVER = 0  # days


@dataclass(frozen=True)
class Kept:
    """For how many days what is kept; FOR_EVER is no end. Payload never longer than metadata."""

    payload: int
    metadata: int


def kept_of(project_id: int) -> Kept:
    """What holds for a project. One query."""
    return in_force(Periods.objects.filter(project_id=project_id).first())


def in_force(said: Periods | None) -> Kept:
    """What a project said, within what the installation keeps."""
    most: int = settings.AGENTSCOPE_RETENTION_DAYS
    metadata = shorter(said.metadata_days if said else None, most)
    return Kept(shorter(said.payload_days if said else None, metadata), metadata)


def shorter(days: int | None, most: int) -> int:
    """The shorter one of two periods, of which the first may not be said."""
    if days is None or days == FOR_EVER:
        return most
    return min(days, most) if most else days


def all_kept() -> dict[int, Kept]:
    """Likewise for the projects that said anything."""
    return {row.project_id: in_force(row) for row in Periods.objects.order_by("project_id")}


def hold_of(project_id: int, trace_id: UUID) -> Hold | None:
    """The hold on a trace."""
    return Hold.objects.filter(project_id=project_id, trace_id=trace_id).first()


def holds(project_id: int) -> list[Hold]:
    """All holds of a project, the newest first."""
    return list(Hold.objects.filter(project_id=project_id).order_by("-since", "trace_id"))


def let_holds_wait() -> None:
    """Have whoever puts a trace on hold wait until the end of this transaction, in which something
    is removed: what is held before that stays as a whole, and nobody is told that something is held
    while it goes. To be called before it is looked at what is held."""
    with connection.cursor() as cursor:
        cursor.execute("lock table trace_hold in share mode")


def held_among(project_id: int, traces: Iterable[UUID]) -> set[UUID]:
    """Those of some traces that are held."""
    found = Hold.objects.filter(project_id=project_id, trace_id__in=list(traces))
    return set(found.values_list("trace_id", flat=True))


def held_traces(project_id: int) -> frozenset[UUID]:
    """All traces of a project that are held. There are few."""
    found = Hold.objects.filter(project_id=project_id)
    return frozenset(found.values_list("trace_id", flat=True))
