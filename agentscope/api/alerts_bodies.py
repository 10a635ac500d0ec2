"""Alerts, their rules and history as JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from agentscope.alerts.evidence import Evidence
from agentscope.alerts.metrics import BY_CODE
from agentscope.alerts.models import AlertEvent, Mute, Rule
from agentscope.alerts.preview import Preview
from agentscope.alerts.read import RuleStanding, Standing, unseen_by, watched
from agentscope.alerts.watch import BadRule
from agentscope.alerts.words import subject
from agentscope.alerts.write import SAID
from agentscope.api.bodies import usd_or_none
from agentscope.projects.models import Project
from agentscope.retention.read import Kept


def rule_body(project: Project, rule: Rule, kept: Kept) -> dict[str, Any]:
    """A rule of a project that keeps runs for so long."""
    return {
        "id": rule.pk,
        **{name: getattr(rule, name) for name in SAID},
        "channels": sorted(each.pk for each in rule.channels.all()),
        "budget": rule.budget,
        "trouble": rule.trouble,
        "unseen": unseen_by(project, rule, kept),
        "looked_at": rule.looked_at,
        "created_by": rule.created_by,
        "changed_at": rule.changed_at,
    }


def standing_body(project: Project, standing: RuleStanding, kept: Kept) -> dict[str, Any]:
    """A rule and how its alerts stand."""
    return {
        **rule_body(project, standing.rule, kept),
        "firing": standing.firing,
        "open": standing.open,
        "fired_at_ns": ns(standing.fired_ns),
    }


def alert_body(project: Project, standing: Standing) -> dict[str, Any]:
    """An alert."""
    alert = standing.alert
    metric = BY_CODE.get(alert.rule.metric)
    return {
        "id": alert.pk,
        "rule": alert.rule_id,
        "rule_name": alert.rule.name,
        "group": alert.group,
        "subject": subject_of(project, alert.rule, alert.group),
        "state": alert.state,
        "since_ns": ns(alert.since_ns),
        "value": number(alert.value),
        "threshold": number(alert.threshold),
        "unit": metric.unit if metric else None,
        "looked_at": alert.looked_at,
        "acknowledged_by": alert.acknowledged_by,
        "note": alert.note,
        "snoozed_until": alert.snoozed_until if standing.is_snoozed else None,
        "is_muted": standing.is_muted,
        "is_flapping": standing.is_flapping,
    }


def subject_of(project: Project, rule: Rule, group: str) -> str:
    """Whose value it is, in words; of a rule that makes no sense any more the group alone."""
    try:
        return subject(watched(project, rule), group)
    except BadRule:
        return group


def event_body(event: AlertEvent) -> dict[str, Any]:
    """Something that happened."""
    return {
        "id": event.pk,
        "alert": event.alert_id,
        "rule": event.alert.rule_id,
        "group": event.alert.group,
        "at_ns": ns(event.at_ns),
        "state": event.state,
        "notice": event.notice,
        "held_back": event.held_back,
        "value": number(event.value),
        "threshold": number(event.threshold),
        "unpriced_calls": event.unpriced_calls,
        "window_begin_ns": ns(event.window_begin_ns),
        "window_end_ns": ns(event.window_end_ns),
        "did": event.did,
        "who": event.who,
        "note": event.note,
    }


def evidence_body(event: AlertEvent, found: Evidence | None) -> dict[str, Any]:
    """Something that happened, with the traces behind it."""
    parts = found.parts if found else []
    return {
        **event_body(event),
        "traces": [
            {"trace_id": each.trace_id.hex, "name": each.name, "value": number(each.value)}
            for each in parts
        ],
        "more_traces": found.more if found else 0,
        "looked_since_ns": ns(found.since_ns) if found else None,
    }


def mute_body(mute: Mute) -> dict[str, Any]:
    """A time in which nobody is told."""
    names = ("begins_at", "ends_at", "reason", "created_by")
    return {"id": mute.pk, "rule": mute.rule_id} | {name: getattr(mute, name) for name in names}


def preview_body(found: Preview) -> dict[str, Any]:
    """What a rule would have done."""
    return {
        "unit": found.unit,
        "begin_ns": ns(found.begin_ns),
        "end_ns": ns(found.end_ns),
        "fired": found.fired,
        "groups": [{"group": name, "times": times} for name, times in found.groups],
        "more_groups": found.more,
        "group": found.group,
        "points": [
            {
                "at_ns": ns(each.at_ns),
                "value": number(each.value),
                "threshold": number(each.threshold),
            }
            for each in found.points
        ],
        "left_out": found.left_out,
    }


def number(value: Decimal | None) -> str | None:
    """A value as a plain decimal."""
    return usd_or_none(value)


def ns(value: int | None) -> str | None:
    """A time as a text, because JavaScript cannot hold it."""
    return None if value is None else str(value)
