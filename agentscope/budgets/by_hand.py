"""What people decided by hand: who is let go on, who is stopped, and what of it is over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from agentscope.budgets.models import OVER, Lift, Stop
from agentscope.budgets.read import moment


def lifts(project_id: int, now_ns: int) -> QuerySet[Lift]:
    """Who is let go on at present, the newest first, with the budgets."""
    found = Lift.objects.filter(project_id=project_id, until__gt=moment(now_ns), ended_at=None)
    return found.select_related("budget").order_by("-pk")


def ended_lifts(project_id: int, now_ns: int) -> QuerySet[Lift]:
    """Who was, those first that ended last."""
    found = Lift.objects.filter(is_over(now_ns), project_id=project_id)
    return found.select_related("budget").order_by(OVER.desc(), "-pk")


def stops(project_id: int, now_ns: int) -> QuerySet[Stop]:
    """Who is stopped by hand and still is, the newest first."""
    holds = Q(until=None) | Q(until__gt=moment(now_ns))
    return Stop.objects.filter(holds, project_id=project_id, ended_at=None).order_by("-pk")


def ended_stops(project_id: int, now_ns: int) -> QuerySet[Stop]:
    """Who was, those first that ended last."""
    found = Stop.objects.filter(is_over(now_ns), project_id=project_id)
    return found.order_by(OVER.desc(), "-pk")


def is_over(now_ns: int) -> Q:
    """What somebody ended, or what was said until a time that has come."""
    return Q(ended_at__isnull=False) | Q(until__lte=moment(now_ns))


def over_at(found: Lift | Stop, now_ns: int) -> datetime | None:
    """When it was over; None: it holds."""
    if found.ended_at or found.until is None or found.until > moment(now_ns):
        return found.ended_at
    return found.until
