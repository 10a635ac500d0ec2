"""Taking the alerts of a rule on to how they were seen; what happened with that is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone

from agentscope.alerts import machine
from agentscope.alerts.conditions import Measured, Verdict
from agentscope.alerts.heard import Ear, Told, tell
from agentscope.alerts.hush import Hush
from agentscope.alerts.lives import rest_of
from agentscope.alerts.machine import OPEN, Look, Notice, Silence, State
from agentscope.alerts.models import LATE, Alert, AlertEvent, Rule
from agentscope.alerts.stored import kept_from
from agentscope.alerts.telling import Happened, hand_over, together
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import Rolling, Whole
from agentscope.projects.models import Project

STEPPED = (
    *("state", "since_ns", "told_ns", "window", "was_corrected"),
    *("value", "threshold", "heard", "owed", "looked_at"),
)
ACKNOWLEDGED = ("acknowledged_by", "acknowledged_at", "note")


@dataclass(frozen=True, slots=True)
class Seen:
    """How a group of a rule was seen."""

    group: str
    measured: Measured
    verdict: Verdict


def step_all(
    project: Project, rule: Rule, watched: Watch, seen: Iterable[Seen], now_ns: int
) -> list[AlertEvent]:
    """Take each alert of a rule on to how it was seen, and have people told; what happened."""
    groups = {each.group: each for each in seen}
    known = {each.group: each for each in rule.alerts.filter(group__in=groups)}
    hush = Hush(rule, list(known.values()), now_ns)
    happened = []
    for group, each in groups.items():
        alert = known.get(group) or Alert(project_id=rule.project_id, rule=rule, group=group)
        found = step(alert, watched, each, hush)
        if found:
            happened.append(found)
    told = together(happened)
    events = AlertEvent.objects.bulk_create([each.event for each in happened])
    hand_over(project, rule, watched, told, now_ns)
    return events


def step(alert: Alert, watched: Watch, seen: Seen, hush: Hush) -> Happened | None:
    """Take an alert on; what happened, if anything did."""
    before, at_ns = state_of(alert), later(alert, hush.now_ns)
    if is_fallen(before, watched, seen) and may_have_expired(alert, watched, seen):
        stays = Verdict(machine.Seen.BETWEEN, alert.value, alert.threshold)
        seen = replace(seen, verdict=stays)
    begin, rest_ns = begin_of(watched, seen.measured), rest_of(watched, seen.measured)
    look = Look(seen.verdict.seen, at_ns, begin, rest_ns, watched.may_fall)
    after, notice = machine.step(before, look, watched.policy)
    if alert._state.adding and is_nothing(after, look, watched):
        return None
    heard = tell(ear_of(alert), after.state, notice, hush.of(alert, notice))
    keep(alert, after, seen, heard.ear)
    if not heard.notice and after.state == before.state:
        return None
    changes = hush.changes_with(alert, notice)
    return Happened(event(alert, after, heard, seen, at_ns), seen.measured, changes)


def is_fallen(before: machine.Alert, watched: Watch, seen: Seen) -> bool:
    """Whether a value is not what an alert fires for any more, in the same window."""
    window = begin_of(watched, seen.measured)
    is_same = before.state == State.FIRING and window is not None and window == before.window
    return is_same and seen.verdict.seen in (machine.Seen.UNDER, machine.Seen.NOTHING)


def may_have_expired(alert: Alert, watched: Watch, seen: Seen) -> bool:
    """Whether what an alert fires for may not be stored as a whole any more: a value that falls so
    is no news. What a whole run began with is what it had when it fired."""
    begin_ns = seen.measured.window.begin_ns
    if isinstance(watched.span, Whole):
        fired = alert.events.filter(notice=Notice.FIRED).order_by("-at_ns", "-pk").first()
        begin_ns = fired.window_begin_ns or 0 if fired else 0
    return begin_ns < kept_from(watched, seen.measured.now_ns)


def later(alert: Alert, now_ns: int) -> int:
    """When a look is taken, which is after the one before: the clock of this machine may be behind
    the one of which somebody took that, and what changed since is told to nobody else."""
    return max(now_ns, alert.since_ns + 1)


def is_nothing(after: machine.Alert, look: Look, watched: Watch) -> bool:
    """Whether a group that is seen first needs no alert. Of whom people want to hear that there is
    no data any more, that there was some has to be known."""
    if watched.policy.silence != Silence.TELL:
        return after.state == State.OK
    return bool(watched.scope.each) and look.seen == machine.Seen.NOTHING


def begin_of(watched: Watch, measured: Measured) -> int | None:
    """Which window it is, if it does not move with time."""
    return None if isinstance(watched.span, Rolling) else measured.window.begin_ns


def state_of(alert: Alert) -> machine.Alert:
    """How an alert stands."""
    return machine.Alert(
        State(alert.state), alert.since_ns, alert.told_ns, alert.window, alert.was_corrected
    )


def ear_of(alert: Alert) -> Ear:
    """What people heard of an alert."""
    heard, owed = (Notice(said) if said else None for said in (alert.heard, alert.owed))
    return Ear(heard, owed)


def keep(alert: Alert, after: machine.Alert, seen: Seen, ear: Ear) -> None:
    """Write down how an alert stands now, and leave alone what people say of it meanwhile. What
    somebody took note of is over when it is."""
    alert.state, alert.since_ns, alert.told_ns = after.state, after.since_ns, after.told_ns
    alert.window, alert.was_corrected = after.window, after.was_corrected
    alert.value, alert.threshold = seen.verdict.value, seen.verdict.threshold
    alert.heard, alert.owed = ear.heard or "", ear.owed or ""
    alert.looked_at, columns = timezone.now(), list(STEPPED)
    if after.state not in OPEN:
        alert.acknowledged_by, alert.acknowledged_at, alert.note = "", None, ""
        columns += ACKNOWLEDGED
    alert.save(update_fields=None if alert._state.adding else columns)


def event(alert: Alert, after: machine.Alert, told: Told, seen: Seen, now_ns: int) -> AlertEvent:
    """What happened to an alert."""
    return AlertEvent(
        project_id=alert.project_id,
        alert=alert,
        at_ns=now_ns,
        state=after.state,
        notice=told.notice or "",
        value=seen.verdict.value,
        threshold=seen.verdict.threshold,
        window_begin_ns=(seen.measured.lived or seen.measured.window).begin_ns,
        window_end_ns=seen.measured.window.end_ns,
        unpriced_calls=seen.measured.unpriced_calls,
        did=LATE if told.is_late else "",
        held_back=told.why or "",
    )
