"""The tick of retention by project, and of erasures that nobody confirmed."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from celery import shared_task
from django.utils import timezone

from agentscope.erasure.write import forget_stale
from agentscope.retention.read import Kept, all_kept
from agentscope.sessions.write import mark_due
from agentscope.traces.expiry import remove_old_traces, remove_payloads

SHIFT = 2.0  # seconds, then others have their turn; the next tick goes on


@shared_task(name="retention.keep")
def keep() -> None:
    """Remove some of what projects keep for a shorter time than the installation."""
    end = monotonic() + SHIFT
    for project_id, kept in all_kept().items():
        while keep_to(project_id, kept) and monotonic() < end:
            pass
    forget_stale()


def keep_to(project_id: int, kept: Kept) -> int:
    """Remove a batch of what a project has too long; of how many traces something went."""
    today, removed = timezone.now().date(), 0
    if kept.metadata:
        removed, sessions = remove_old_traces(project_id, today - timedelta(days=kept.metadata))
        mark_due((project_id, session) for session in sessions)
    if kept.payload:
        removed += remove_payloads(project_id, today - timedelta(days=kept.payload))
    return removed
