"""What holds notices of a rule back at a time: what people said, and flapping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet

from agentscope.alerts.heard import BEGINS, ENDS, FLAPPING, FLAPPING_WITHIN, HeldBack
from agentscope.alerts.machine import Notice
from agentscope.alerts.models import LATE, Alert, AlertEvent, Mute, Rule
from agentscope.alerts.windows import SECOND
from agentscope.traces.clocks import EPOCH

CHANGES = (*BEGINS, *ENDS)


class Hush:
    """What holds back what there is to tell of some alerts of a rule. Two queries at most."""

    def __init__(self, rule: Rule, alerts: Sequence[Alert], now_ns: int) -> None:
        self.rule, self.alerts, self.now_ns = rule, alerts, now_ns
        self.now: datetime = EPOCH + timedelta(microseconds=now_ns // 1000)

    def of(self, alert: Alert, notice: Notice | None) -> HeldBack | None:
        """Why nobody is told of an alert now; None if people are."""
        if notice is None and not alert.owed:
            return None
        if alert.snoozed_until and alert.snoozed_until > self.now:
            return HeldBack.SNOOZED
        if self.is_muted:
            return HeldBack.MUTED
        if notice == Notice.REMINDED and alert.acknowledged_by:
            return HeldBack.ACKNOWLEDGED
        most = FLAPPING if notice in CHANGES else FLAPPING - 1
        return HeldBack.FLAPPING if self.changes_with(alert, notice) > most else None

    def changes_with(self, alert: Alert, notice: Notice | None) -> int:
        """How often an alert changed within the last hour, with this notice."""
        return self.changes.get(alert.pk, 0) + (notice in CHANGES)

    @cached_property
    def is_muted(self) -> bool:
        """Whether somebody said that nobody is to be told now."""
        return mutes_at(self.rule.project_id, self.now).filter(mute_of(self.rule)).exists()

    @cached_property
    def changes(self) -> dict[int, int]:
        """How often alerts changed within the last hour, by alert."""
        return changes_of(self.alerts, self.now_ns) if self.alerts else {}


def mutes_at(project_id: int, now: datetime) -> QuerySet[Mute]:
    """The mutes of a project that hold at a time."""
    return Mute.objects.filter(project_id=project_id, begins_at__lte=now, ends_at__gt=now)


def mute_of(rule: Rule) -> Q:
    """What mutes of a rule fulfil: its own, and those of all."""
    return Q(rule=rule) | Q(rule=None)


def changes_of(alerts: Sequence[Alert], now_ns: int) -> dict[int, int]:
    """How often alerts changed within an hour, by alert. One query."""
    found = changed(now_ns).filter(alert__in=alerts)
    counted = found.values("alert").annotate(number=Count("pk"))
    return dict(counted.values_list("alert", "number"))


def flapping(project_id: int, now_ns: int) -> QuerySet[AlertEvent, Any]:
    """The alerts of a project that go back and forth, as a subquery."""
    found = changed(now_ns).filter(project_id=project_id)
    counted = found.values("alert").annotate(number=Count("pk"))
    return counted.filter(number__gte=FLAPPING).values("alert")


def changed(now_ns: int) -> QuerySet[AlertEvent]:
    """Changes within an hour. What was told late changed before."""
    found = AlertEvent.objects.filter(
        notice__in=CHANGES, at_ns__gt=now_ns - FLAPPING_WITHIN * SECOND
    )
    return found.exclude(did=LATE)
