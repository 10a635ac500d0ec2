"""What people do about rules, and mutes of them. Both are noted in the log of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from time import time_ns
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from agentscope.alerts.acts import Refused, done, good_note, good_time
from agentscope.alerts.evaluate import IS_OPEN, wait_for
from agentscope.alerts.machine import State
from agentscope.alerts.matching import asked_of_traces
from agentscope.alerts.models import (
    LET_GO,
    SEVERITIES,
    AlertEvent,
    Mute,
    Rule,
)
from agentscope.alerts.stored import check_stored
from agentscope.alerts.watch import BadRule, check_window, watch
from agentscope.channels.models import Channel
from agentscope.findings.catalogue import unknown
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project
from agentscope.projects.write import is_name

MOST_RULES = 200  # of a project that people made
KINDS = "it is a severity (info, warning, alert) or a code of the page Detectors."
LONGEST_ID = 40  # digits
MEANING = ("metric", "of", "only", "each", "filter", "window", "condition")
POLICY = ("hold", "remind", "silence")
SAID = ("name", "enabled", "severity", *MEANING, *POLICY)


class Gone(Exception):
    """What was to be changed was deleted meanwhile. The text says what."""


@transaction.atomic
def save_rule(
    project: Project,
    said: Mapping[str, Any],
    who: str,
    rule: Rule | None = None,
    budget: int | None = None,
) -> Rule:
    """A rule as it is said, by the names of SAID and `channels`, ids of them: a new one, or one
    that was there, with what is not said left as it was. It is looked at anew as a whole. Rules of
    a budget are saved by it alone. Raises BadRule."""
    wait_for(project.pk)
    found = rule or Rule(project_id=project.pk, created_by=who, budget=budget)
    if found.budget != budget:
        raise BadRule("budget", "A budget keeps this rule: change the budget.")
    if rule:
        check_there(rule)
    before = told(found) if rule else {}
    fill(found, said)
    check(project, found)
    if "window" in said:
        check_window(found.window)
    channels = channels_of(project.pk, said["channels"]) if "channels" in said else None
    try:
        with transaction.atomic():
            keep(found, before, who)
    except IntegrityError as error:
        raise BadRule("name", f"There is a rule “{found.name}” already.") from error
    if channels is not None:
        found.channels.set(channels)
    verb = "Changed" if rule else "Added"
    note_change(
        "rule", project.pk, who, f"{verb} the rule {found.name}", {"to": told(found), "was": before}
    )
    return found


def check_there(row: Model) -> None:
    """Raise Gone for what somebody deleted meanwhile: saving would make it again. After
    `wait_for`."""
    if not type(row)._default_manager.filter(pk=row.pk).exists():
        raise Gone(f"“{str(row)[:100]}” was deleted meanwhile.")


def keep(rule: Rule, before: Mapping[str, Any], who: str) -> None:
    """Store a rule, which is looked at anew as a whole. If it is off or means something else than
    `before` (as `told` has it; empty: it is new), its alerts are over. After `wait_for`."""
    rule.looked_at, rule.trouble, rule.changed_at = None, "", timezone.now()
    rule.save()
    is_another = any(before[name] != getattr(rule, name) for name in MEANING if before)
    if before and (is_another or not rule.enabled):
        let_go(rule, who)


def fill(rule: Rule, said: Mapping[str, Any]) -> None:
    """Take over what is said. Raises BadRule for what has no name."""
    if unknown := sorted(set(said) - {*SAID, "channels"}):
        raise BadRule(unknown[0][:40], f"A rule has no “{unknown[0][:40]}”.")
    for name in SAID:
        if name in said:
            setattr(rule, name, said[name])
    rule.name = " ".join(str(rule.name or "").split())
    rule.hold, rule.remind = rule.hold or 0, rule.remind or None


def check(project: Project, rule: Rule) -> None:
    """Raise BadRule for a rule that cannot be worked with."""
    if not is_name(rule.name):
        raise BadRule("name", "A name has 1 to 100 printable characters and no slash.")
    if not isinstance(rule.enabled, bool):
        raise BadRule("enabled", "A rule is on or off: true or false.")
    if rule.severity not in SEVERITIES:
        raise BadRule("severity", f"A severity is one of {', '.join(SEVERITIES)}.")
    for name in ("only", "window", "condition"):
        if not isinstance(getattr(rule, name), dict):
            raise BadRule(name, f"“{name}” is an object.")
    check_meaning(project, rule)
    own = Rule.objects.filter(project_id=project.pk, budget=None)
    if rule._state.adding and rule.budget is None and own.count() >= MOST_RULES:
        raise BadRule("name", f"A project has {MOST_RULES} rules at most.")


def check_meaning(project: Project, rule: Rule) -> None:
    """Raise BadRule for one that would look at nothing, or at what is not stored while it is on."""
    watched = watch(vars(rule), project.week_start)
    if watched.of and unknown([watched.of]):
        raise BadRule("of", f"Nothing is looked for that is called “{watched.of[:40]}”: {KINDS}")
    if rule.enabled:
        check_stored(watched)
    asked_of_traces(project.pk, rule.filter)


def channels_of(project_id: int, ids: Sequence[Any]) -> list[Channel]:
    """The channels of a project with these ids. Raises BadRule."""
    if not isinstance(ids, list | tuple) or not all(is_id(str(each)) for each in ids):
        raise BadRule("channels", "Channels are a list of their ids.")
    wanted = {int(each) for each in ids}
    found = list(Channel.objects.filter(project_id=project_id, pk__in=wanted))
    if len(found) != len(wanted):
        raise BadRule("channels", "There is no such channel in this project.")
    return found


def is_id(said: str) -> bool:
    """Whether something can be a number of a row; Python reads no number of thousands of digits."""
    return said.isdecimal() and len(said) <= LONGEST_ID


def told(rule: Rule) -> dict[str, Any]:
    """A rule as the log of changes has it."""
    return {name: getattr(rule, name) for name in SAID}


def let_go(rule: Rule, who: str) -> None:
    """The open alerts of a rule are over without a word: what they were about is not looked at any
    more, or is something else now."""
    alerts, now_ns = list(rule.alerts.filter(IS_OPEN)), time_ns()
    AlertEvent.objects.bulk_create(
        [done(alert, LET_GO, who, "The rule was changed.", State.OK, now_ns) for alert in alerts]
    )
    fresh = {"state": State.OK, "since_ns": now_ns, "window": None, "heard": "", "owed": ""}
    over = {"acknowledged_by": "", "acknowledged_at": None, "note": "", "was_corrected": False}
    rule.alerts.filter(pk__in=[alert.pk for alert in alerts]).update(**fresh, **over)


@transaction.atomic
def delete_rule(rule: Rule, who: str, budget: int | None = None) -> None:
    """Delete a rule with its alerts and their history, once, whoever else does so. Raises BadRule
    for one of a budget."""
    if rule.budget != budget:
        raise BadRule("budget", "A budget keeps this rule: delete the budget.")
    wait_for(rule.project_id)
    if not Rule.objects.filter(pk=rule.pk).exists():
        return
    note_change("rule", rule.project_id, who, f"Deleted the rule {rule.name}", {"was": told(rule)})
    rule.delete()


@transaction.atomic
def mute(
    project_id: int,
    rule: Rule | None,
    begins_at: datetime,
    ends_at: datetime,
    who: str,
    reason: str = "",
) -> Mute:
    """Nobody is told of the alerts of a rule, or of all, for a while. Raises Refused."""
    if rule and rule.project_id != project_id:
        raise Refused("There is no such rule in this project.")
    good_time(max(begins_at, timezone.now()), ends_at)
    plain = {"project_id": project_id, "rule": rule, "reason": good_note(reason)}
    found = Mute.objects.create(**plain, begins_at=begins_at, ends_at=ends_at, created_by=who)
    of = f"the rule {rule.name}" if rule else "all rules"
    note_change("rule", project_id, who, f"Muted {of}", {"to": mute_told(found)})
    return found


@transaction.atomic
def end_mute(found: Mute, who: str) -> None:
    """A mute ends now; one that has not begun is deleted, and one that has ended stays."""
    now = timezone.now()
    if found.ends_at <= now:
        return
    of = f"the rule {found.rule.name}" if found.rule else "all rules"
    note_change("rule", found.project_id, who, f"Ended the mute of {of}", {"was": mute_told(found)})
    if found.begins_at >= now:
        found.delete()
    else:
        Mute.objects.filter(pk=found.pk).update(ends_at=now)


def mute_told(found: Mute) -> dict[str, str]:
    """A mute as the log of changes has it."""
    began, ends = found.begins_at.isoformat(), found.ends_at.isoformat()
    return {"from": began, "until": ends, "reason": found.reason}


def look_anew(project_id: int) -> None:
    """Have all groups of all rules looked at: their windows are others, since the clock of the
    project is."""
    Rule.objects.filter(project_id=project_id).update(looked_at=None)
