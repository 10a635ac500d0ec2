"""Forgetting what happened to alerts long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from agentscope.alerts.machine import OPEN
from agentscope.alerts.models import Alert, AlertEvent, Mute

KEPT = timedelta(days=400)


def forget_events(now_ns: int) -> None:
    """Delete events that are older than KEPT, alerts that have been over for so long, and mutes
    that ended so long ago."""
    before = datetime.fromtimestamp(now_ns / 10**9, UTC) - KEPT
    AlertEvent.objects.filter(at_ns__lt=now_ns - KEPT // timedelta(microseconds=1) * 1000).delete()
    Alert.objects.exclude(state__in=OPEN).filter(looked_at__lt=before).delete()
    Mute.objects.filter(ends_at__lt=before).delete()
