"""Alerts, their rules, history and mutes as tables: what the bodies say, a row each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from agentscope.alerts.read import alerts, history, mutes, rules
from agentscope.api.alerts_bodies import alert_body, event_body, mute_body, standing_body
from agentscope.projects.models import Project
from agentscope.retention.read import kept_of

AT_ONCE = 500  # that are read at once
ALERT_HEAD = (
    *("id", "rule", "rule_name", "group", "subject", "state", "since_ns", "value", "threshold"),
    *("unit", "looked_at", "acknowledged_by", "note", "snoozed_until", "is_muted", "is_flapping"),
)
EVENT_HEAD = (
    *("id", "alert", "rule", "group", "at_ns", "state", "notice", "held_back", "value"),
    *("threshold", "unpriced_calls", "window_begin_ns", "window_end_ns", "did", "who", "note"),
)
RULE_HEAD = (
    *("id", "name", "enabled", "severity", "metric", "of", "only", "each", "filter", "window"),
    *("condition", "hold", "remind", "silence", "channels", "budget", "firing", "open"),
    *("fired_at_ns", "trouble", "looked_at", "unseen"),
)
MUTE_HEAD = ("id", "rule", "begins_at", "ends_at", "reason", "created_by")
Cells = Iterator[list[object]]


def alert_cells(project: Project, state: str, rule_id: int | None, offset: int) -> Cells:
    """All alerts from a position on."""
    now = timezone.now()
    while True:
        page = alerts(
            project.pk, now, state=state, rule_id=rule_id, offset=offset, limit=AT_ONCE
        ).items
        for each in page:
            said = alert_body(project, each)
            yield [cell(said[name]) for name in ALERT_HEAD]
        if len(page) < AT_ONCE:
            return
        offset += AT_ONCE


def event_cells(project: Project, alert_id: int | None, rule_id: int | None, after: str) -> Cells:
    """All that happened, from a cursor on; that it is one of ours the caller has seen."""
    while True:
        page = history(project.pk, alert_id=alert_id, rule_id=rule_id, after=after, limit=AT_ONCE)
        for each in page.items:
            said = event_body(each)
            yield [cell(said[name]) for name in EVENT_HEAD]
        after = page.next
        if not after:
            return


def rule_cells(project: Project) -> Cells:
    """All rules."""
    kept = kept_of(project.pk)
    for each in rules(project.pk):
        said = standing_body(project, each, kept)
        yield [cell(said[name]) for name in RULE_HEAD]


def mute_cells(project: Project) -> Cells:
    """All mutes that hold or are to come."""
    for each in mutes(project.pk, timezone.now()):
        said = mute_body(each)
        yield [cell(said[name]) for name in MUTE_HEAD]


def cell(value: object) -> object:
    """A value as a table has it: what has parts as JSON, times as ISO 8601."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else value
