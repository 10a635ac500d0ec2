"""Rules, alerts and deliveries for tests of their pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.write import save_rule
from agentscope.channels.message import Message
from agentscope.channels.models import Channel, Delivery
from agentscope.channels.write import create_channel, deliver
from agentscope.projects.models import Project

SECRET = "a secret of 31 characters: zebra"
RULE: dict[str, Any] = {
    "name": "dear session",
    "metric": "cost",
    "each": "session",
    "window": {"kind": "rolling", "seconds": 86_400},
    "condition": {"kind": "at_least", "threshold": "2"},
}


def rule_of(project: Project, **said: Any) -> Rule:
    """A rule."""
    return save_rule(project, RULE | said, "ada")


def alert_of(rule: Rule, group: str = "s-1", state: str = "firing", **said: Any) -> Alert:
    """An alert that fires at $2.41, with what happened."""
    now_ns = int(timezone.now().timestamp()) * 10**9
    said = {"value": "2.41", "threshold": "2", "since_ns": now_ns} | said
    made = Alert.objects.create(
        project_id=rule.project_id, rule=rule, group=group, state=state, **said
    )
    AlertEvent.objects.create(
        project_id=rule.project_id,
        alert=made,
        at_ns=now_ns,
        state=state,
        notice="fired",
        value=made.value,
        threshold=made.threshold,
        window_begin_ns=now_ns - 86_400 * 10**9,
        window_end_ns=now_ns,
        unpriced_calls=3,
    )
    return made


def channel_of(project: Project, name: str = "hook") -> Channel:
    """A signed webhook."""
    said = {"url": "https://hooks.example.com/in", "secret": SECRET}
    return create_channel(project.pk, "webhook", name, said, "ada")


def delivery_of(channel: Channel, about: str = "alert-event:1", **said: Any) -> Delivery:
    """A message on its way."""
    facts = (("Cost", "$2.41"),)
    message = Message("It fires", ("It cost $2.41.",), facts, "/p/shop/alerts/1/", "alert", about)
    (made,) = deliver(channel.project_id, [channel], message)
    for name, value in said.items():
        setattr(made, name, value)
    made.save()
    return made


def mute_of(project: Project, rule: Rule | None = None, reason: str = "maintenance") -> Mute:
    """A mute that holds for an hour."""
    now = timezone.now()
    return Mute.objects.create(
        project_id=project.pk,
        rule=rule,
        begins_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(hours=1),
        reason=reason,
        created_by="ada",
    )
