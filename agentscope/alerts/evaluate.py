"""Looking at the rules of a project: what changed, how the alerts stand, who is to hear of it.

One worker at a time looks at a project, in one transaction: what was taken note of, how alerts
stand and what people are told are committed together or not at all. So a look that is broken off is
taken again, and however many workers there are, an alert is told once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from agentscope.alerts.conditions import TimesUsual
from agentscope.alerts.machine import OPEN, Silence
from agentscope.alerts.measure import measure
from agentscope.alerts.metrics import OfFindings, OfSilence, adds_up
from agentscope.alerts.models import AlertEvent, Looked, Rule
from agentscope.alerts.question import Question
from agentscope.alerts.stepping import Seen, step_all
from agentscope.alerts.stored import check_stored
from agentscope.alerts.watch import BadRule, Watch, watch
from agentscope.alerts.windows import SECOND, Rolling
from agentscope.meter.changes import Changes, projects_changed, take_changes
from agentscope.meter.scope import is_meant
from agentscope.projects.models import Project
from agentscope.traces.due import REST

log = logging.getLogger(__name__)

LOCK = "select pg_advisory_xact_lock(hashtextextended('alerts', %s))"
TRY = LOCK.replace("advisory", "try_advisory")
TICK = timedelta(seconds=5)  # after which time alone may have changed something
STEPS, A_MINUTE = 1000, 60  # of a window that rolls; seconds
IS_OPEN = Q(state__in=OPEN) | ~Q(owed="")  # what time alone may change
Other = Callable[[Project, Changes, int], object]


@transaction.atomic
def evaluate(project_id: int, now_ns: int, *others: Other) -> list[AlertEvent]:
    """Look at the rules of a project; what happened, in the order in which it did. Before that
    `others` are told of the changes, in the same transaction. Does nothing while another worker is
    at it, or if the project is gone."""
    with connection.cursor() as cursor:
        cursor.execute(TRY, [project_id])
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


def wait_for(project_id: int) -> None:
    """Wait until nobody looks at the rules of a project, and let nobody do so until the end of the
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [project_id])


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
    """Look at a rule. One that cannot be looked at must not keep others waiting: it says why. What
    changed meanwhile nobody else takes note of: its next look is at all groups."""
    try:
        watched, trouble = watch(vars(rule), project.week_start), ""
        check_stored(watched)
        with transaction.atomic():
            events = look(project, rule, watched, changes, now_ns)
    except BadRule as error:
        events, trouble = [], str(error)
    except Exception:
        log.exception("Cannot look at rule %s of project %s", rule.pk, project.pk)
        events, trouble = [], "Looking at it failed: see the log of the worker."
    if trouble != rule.trouble:
        anew = {"looked_at": None} if trouble else {}
        Rule.objects.filter(pk=rule.pk).update(trouble=trouble, **anew)
    return events


def look(
    project: Project, rule: Rule, watched: Watch, changes: Changes, now_ns: int
) -> list[AlertEvent]:
    """Look at a rule whose values may have changed."""
    is_told = watched.policy.silence == Silence.TELL
    known = rule.alerts.filter(Q() if is_told else IS_OPEN).values_list("group", flat=True)
    alerts, zone = sorted(known), ZoneInfo(project.time_zone)
    is_whole = rule.looked_at is None or (
        may_have_risen(rule.looked_at, watched)
        or begins_anew(rule.looked_at, watched, zone, now_ns)
    )
    if not is_whole and not is_due(rule, watched, changes, has_open=bool(alerts)):
        return []
    asked = asked_for(watched, changes, alerts)
    groups, others = None if is_whole else asked, alerts if asked is None else asked
    found = measure(Question(project.pk, watched, zone, now_ns, groups, others))
    seen = [
        Seen(group, each, watched.condition.judge(each)) for group, each in sorted(found.items())
    ]
    Rule.objects.filter(pk=rule.pk).update(looked_at=timezone.now())
    return step_all(project, rule, watched, seen, now_ns)


def is_due(rule: Rule, watched: Watch, changes: Changes, *, has_open: bool) -> bool:
    """Whether a look may tell anything new: readings of its scope changed, or time alone has
    changed something."""
    by_time = has_open or isinstance(watched.metric, OfSilence | OfFindings)
    by_time |= watched.policy.silence == Silence.TELL or bool(watched.filter)
    if rule.looked_at is None or concerns(watched, changes):
        return True
    return by_time and timezone.now() >= rule.looked_at + TICK


def may_have_risen(looked_at: datetime, watched: Watch) -> bool:
    """Whether time alone may have carried values over a threshold since a look at all groups: of a
    window that rolls a share rises when what had none of it leaves, and what is usual falls. That
    takes minutes; of a long window it is seen when a STEPS-th of it has passed."""
    if not isinstance(watched.span, Rolling):
        return False
    if adds_up(watched.metric) and not isinstance(watched.condition, TimesUsual):
        return False
    step = max(watched.span.seconds / STEPS, A_MINUTE)
    return looked_at.timestamp() // step != timezone.now().timestamp() // step


def begins_anew(looked_at: datetime, watched: Watch, zone: ZoneInfo, now_ns: int) -> bool:
    """Whether another calendar window has begun since a look: spans of a clock that is ahead may be
    in it already."""
    if isinstance(watched.span, Rolling):
        return False
    looked_ns = int(looked_at.timestamp() * SECOND)
    return watched.span.window(looked_ns, zone) != watched.span.window(now_ns, zone)


def concerns(watched: Watch, changes: Changes) -> bool:
    """Whether readings of the scope of a rule may have changed."""
    return bool(changes) and all(
        any(is_meant(name, said, value) for said in changes.of(name))
        for name, value in watched.scope.only.items()
    )


def asked_for(watched: Watch, changes: Changes, alerts: Sequence[str]) -> list[str] | None:
    """The groups whose value may be another now; None: all there are. Which runs a filter lets
    through may be others though no reading changed."""
    if not watched.scope.each:
        return [""]
    if watched.filter or isinstance(watched.metric, OfSilence | OfFindings):
        return None
    return sorted({*changes.of(watched.scope.each), *alerts})
