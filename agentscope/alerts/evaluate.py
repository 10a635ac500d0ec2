"""Looking at the rules of a project: what changed, how the alerts stand, who is to hear of it.

One worker at a time looks at a project, in one transaction: what was taken note of, how alerts
stand and what people are told are committed together or not at all. So a look that is broken off is
taken again, and however many workers there are, an alert is told once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from agentscope.alerts import machine
from agentscope.alerts.conditions import Measured, Verdict
from agentscope.alerts.machine import OPEN, Look, Notice, Silence, State
from agentscope.alerts.measure import measure
from agentscope.alerts.metrics import OfFindings, OfSilence
from agentscope.alerts.models import Alert, AlertEvent, Looked, Rule
from agentscope.alerts.question import Question
from agentscope.alerts.watch import BadRule, Watch, watch
from agentscope.alerts.windows import Rolling
from agentscope.meter.changes import Changes, projects_changed, take_changes
from agentscope.projects.models import Project
from agentscope.traces.due import REST

log = logging.getLogger(__name__)

LOCK = "select pg_try_advisory_xact_lock(hashtextextended('alerts', %s))"
TICK = timedelta(seconds=5)  # after which time alone may have changed something
Other = Callable[[Project, Changes, int], object]


@dataclass(frozen=True, slots=True)
class Seen:
    """How a group of a rule was seen."""

    group: str
    measured: Measured
    verdict: Verdict


@transaction.atomic
def evaluate(project_id: int, now_ns: int, *others: Other) -> list[AlertEvent]:
    """Look at the rules of a project; what happened, in the order in which it did. Before that
    `others` are told of the changes, in the same transaction. Does nothing while another worker is
    at it, or if the project is gone."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [project_id])
        if not cursor.fetchone()[0]:
            return []
    began, project = perf_counter(), Project.objects.filter(pk=project_id).first()
    if project is None:
        return []
    changes = take_changes(project_id)
    for other in others:
        other(project, changes, now_ns)
    events: list[AlertEvent] = []
    for rule in Rule.objects.filter(project_id=project_id, enabled=True).order_by("pk"):
        events += look_or_say_why_not(project, rule, changes, now_ns)
    spent = {"looked_at": timezone.now(), "seconds": perf_counter() - began}
    Looked.objects.update_or_create(project_id=project_id, defaults=spent)
    return events


def projects_due() -> list[int]:
    """The projects whose rules are to be looked at: something changed or time has passed, and they
    have rested for REST times as long as the last look took."""
    with_rules = set(Rule.objects.filter(enabled=True).values_list("project_id", flat=True))
    looked = {each.project_id: each for each in Looked.objects.all()}
    changed, now = set(projects_changed()), timezone.now()
    found = []
    for project_id in sorted(with_rules | changed):
        last = looked.get(project_id)
        pause = timedelta(seconds=REST * last.seconds) if last else timedelta()
        if project_id not in changed:
            pause = max(pause, TICK)
        if last is None or now >= last.looked_at + pause:
            found.append(project_id)
    return found


def look_or_say_why_not(
    project: Project, rule: Rule, changes: Changes, now_ns: int
) -> list[AlertEvent]:
    """Look at a rule. One that cannot be looked at must not keep others waiting: it says why."""
    try:
        watched, trouble = watch(vars(rule), project.week_start), ""
        with transaction.atomic():
            events = look(project, rule, watched, changes, now_ns)
    except BadRule as error:
        events, trouble = [], str(error)
    except Exception:
        log.exception("Cannot look at rule %s of project %s", rule.pk, project.pk)
        events, trouble = [], "Looking at it failed: see the log of the worker."
    if trouble != rule.trouble:
        Rule.objects.filter(pk=rule.pk).update(trouble=trouble)
    return events


def look(
    project: Project, rule: Rule, watched: Watch, changes: Changes, now_ns: int
) -> list[AlertEvent]:
    """Look at a rule whose values may have changed."""
    alerts = {each.group: each for each in rule.alerts.filter(state__in=OPEN)}
    if not is_due(rule, watched, changes, has_open=bool(alerts)):
        return []
    groups = asked_for(watched, changes, alerts) if rule.looked_at else None
    zone = ZoneInfo(project.time_zone)
    found = measure(Question(project.pk, watched, zone, now_ns, groups))
    seen = [
        Seen(group, each, watched.condition.judge(each)) for group, each in sorted(found.items())
    ]
    Rule.objects.filter(pk=rule.pk).update(looked_at=timezone.now())
    return told(rule, watched, seen, now_ns)


def is_due(rule: Rule, watched: Watch, changes: Changes, *, has_open: bool) -> bool:
    """Whether a look may tell anything new: readings of its scope changed, or time alone has
    changed something."""
    by_time = has_open or isinstance(watched.metric, OfSilence | OfFindings)
    by_time |= watched.policy.silence == Silence.TELL
    if rule.looked_at is None or concerns(watched, changes):
        return True
    return by_time and timezone.now() >= rule.looked_at + TICK


def concerns(watched: Watch, changes: Changes) -> bool:
    """Whether readings of the scope of a rule may have changed."""
    return bool(changes) and all(
        any(is_meant(name, said, value) for said in changes.of(name))
        for name, value in watched.scope.only.items()
    )


def is_meant(dimension: str, said: str, only: str) -> bool:
    """Whether a name is the one that a scope says; a path is meant with all below it."""
    return said == only or (dimension == "path" and said.startswith(only + "/"))


def asked_for(watched: Watch, changes: Changes, alerts: Mapping[str, Alert]) -> list[str] | None:
    """The groups whose value may be another now; None: all there are."""
    if not watched.scope.each:
        return [""]
    if isinstance(watched.metric, OfSilence | OfFindings):
        return None
    return sorted({*changes.of(watched.scope.each), *alerts})


def told(rule: Rule, watched: Watch, seen: Iterable[Seen], now_ns: int) -> list[AlertEvent]:
    """Take each alert of a rule on to how it was seen; what happened with that."""
    groups = {each.group: each for each in seen}
    known = {each.group: each for each in rule.alerts.filter(group__in=groups)}
    events = []
    for group, each in groups.items():
        alert = known.get(group) or Alert(project_id=rule.project_id, rule=rule, group=group)
        before = state_of(alert)
        look = Look(each.verdict.seen, now_ns, begin_of(watched, each.measured))
        after, notice = machine.step(before, look, watched.policy)
        if group not in known and after.state in (State.OK, State.RESOLVED):
            continue
        keep(alert, after, each)
        if notice or after.state != before.state:
            events.append(event(alert, after, notice, each, now_ns))
    return AlertEvent.objects.bulk_create(events)


def begin_of(watched: Watch, measured: Measured) -> int | None:
    """Which window it is, if it does not move with time."""
    return None if isinstance(watched.span, Rolling) else measured.window.begin_ns


def state_of(alert: Alert) -> machine.Alert:
    """How an alert stands."""
    return machine.Alert(
        State(alert.state), alert.since_ns, alert.told_ns, alert.window, alert.was_corrected
    )


def keep(alert: Alert, after: machine.Alert, seen: Seen) -> None:
    """Write down how an alert stands now. What somebody took note of is over when it is."""
    alert.state, alert.since_ns, alert.told_ns = after.state, after.since_ns, after.told_ns
    alert.window, alert.was_corrected = after.window, after.was_corrected
    alert.value, alert.threshold = seen.verdict.value, seen.verdict.threshold
    alert.looked_at = timezone.now()
    if after.state not in OPEN:
        alert.acknowledged_by, alert.acknowledged_at, alert.note = "", None, ""
    alert.save()


def event(
    alert: Alert, after: machine.Alert, notice: Notice | None, seen: Seen, now_ns: int
) -> AlertEvent:
    """What happened to an alert."""
    return AlertEvent(
        project_id=alert.project_id,
        alert=alert,
        at_ns=now_ns,
        state=after.state,
        notice=notice or "",
        value=seen.verdict.value,
        threshold=seen.verdict.threshold,
        window_begin_ns=seen.measured.window.begin_ns,
        window_end_ns=seen.measured.window.end_ns,
    )
