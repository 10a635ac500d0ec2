"""Rules, alerts and what happened to them, as pages and the API read them. All is of one project; a
foreign id gives None. The number of queries does not grow with what is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, Max, Q, QuerySet, Value, When

from agentscope.alerts.evidence import Evidence, evidence
from agentscope.alerts.heard import FLAPPING
from agentscope.alerts.hush import changes_of, flapping, mutes_at
from agentscope.alerts.machine import OPEN, State
from agentscope.alerts.models import Alert, AlertEvent, Mute, Rule
from agentscope.alerts.names import run_id
from agentscope.alerts.question import Question
from agentscope.alerts.stored import unseen
from agentscope.alerts.watch import BadRule, Watch, watch
from agentscope.alerts.windows import SECOND, Window
from agentscope.channels.models import Channel
from agentscope.projects.models import Project
from agentscope.retention.read import Kept

FIRST = (State.FIRING, State.NO_DATA, State.PENDING, State.RESOLVED, State.OK)
SNOOZED, MUTED, ACKNOWLEDGED, FLAPS = "snoozed", "muted", "acknowledged", "flapping"
DIGITS = 20  # of the largest number that Postgres has, and one more
STATES = (*FIRST, SNOOZED, MUTED, ACKNOWLEDGED, FLAPS)  # by which alerts are asked for


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """A rule, how many of its alerts fire or are open, and when it fired last in ns."""

    rule: Rule
    firing: int
    open: int
    fired_ns: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert and what holds back what there is to tell of it."""

    alert: Alert
    is_snoozed: bool
    is_muted: bool
    changes: int  # within an hour

    @property
    def is_flapping(self) -> bool:
        """Whether it goes back and forth."""
        return self.changes >= FLAPPING


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Some alerts, those that fire first, of so many in all."""

    items: list[Standing]
    total: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some of what happened, the newest first. `next` is where to go on, "" at the end."""

    items: list[AlertEvent]
    next: str


class BadCursor(ValueError):
    """A cursor that is none of ours."""


def rules(project_id: int) -> list[RuleStanding]:
    """All rules by name, with their channels. Two queries."""
    counted = Rule.objects.filter(project_id=project_id).annotate(
        firing=Count("alerts", filter=Q(alerts__state=State.FIRING)),
        open=Count("alerts", filter=Q(alerts__state__in=OPEN)),
        fired_ns=Max("alerts__told_ns", filter=Q(alerts__told_ns__gt=0)),
    )
    found = counted.order_by("name", "pk").prefetch_related("channels")
    return [RuleStanding(each, each.firing, each.open, each.fired_ns) for each in found]


def rule(project_id: int, pk: int) -> Rule | None:
    """One rule."""
    found = Rule.objects.filter(project_id=project_id, pk=pk)
    return found.prefetch_related("channels").first()


def rules_telling(channel: Channel) -> list[tuple[int, str]]:
    """Number and name of the rules that tell a channel, by name, but those of budgets. One
    query."""
    found = channel.rules.filter(budget__isnull=True).order_by("name")
    return list(found.values_list("pk", "name"))


def counts(project_id: int, now: datetime, rule_id: int | None = None) -> dict[str, int]:
    """How many alerts, of a rule if said, are in each of STATES; snoozed, muted and acknowledged
    are of those that are open. Two queries."""
    muted = muted_rules(project_id, now)
    asked = {
        str(each): Count("pk", filter=in_state(project_id, each, muted, now)) for each in STATES
    }
    found = Alert.objects.filter(project_id=project_id)
    return (found if rule_id is None else found.filter(rule=rule_id)).aggregate(**asked)


def alerts(
    project_id: int,
    now: datetime,
    *,
    state: str = "",
    rule_id: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> AlertPage:
    """Alerts of a state, or all, and of a rule, if said; those that fire first, then by when they
    changed. Four queries."""
    muted = muted_rules(project_id, now)
    found = Alert.objects.filter(in_state(project_id, state, muted, now), project_id=project_id)
    if rule_id is not None:
        found = found.filter(rule=rule_id)
    places = [When(state=each, then=Value(place)) for place, each in enumerate(FIRST)]
    ordered = found.order_by(Case(*places), F("since_ns").desc(), "pk").select_related("rule")
    items = list(ordered[offset : offset + limit])
    return AlertPage(standings(items, muted, now), found.count())


def alert(project_id: int, pk: int, now: datetime) -> Standing | None:
    """One alert with its rule. Three queries."""
    found = list(Alert.objects.filter(project_id=project_id, pk=pk).select_related("rule"))
    known = standings(found, muted_rules(project_id, now), now) if found else []
    return known[0] if known else None


def standings(
    found: Sequence[Alert], muted: frozenset[int | None], now: datetime
) -> list[Standing]:
    """What holds back what there is to tell of alerts. One query."""
    changes = changes_of(found, int(now.timestamp()) * SECOND) if found else {}
    return [
        Standing(
            each,
            bool(each.snoozed_until and each.snoozed_until > now),
            bool(muted & {None, each.rule_id}),
            changes.get(each.pk, 0),
        )
        for each in found
    ]


def in_state(project_id: int, state: str, muted: frozenset[int | None], now: datetime) -> Q:
    """What alerts of one of STATES fulfil; "": all."""
    is_open = Q(state__in=OPEN)
    asked = {
        "": Q(),
        SNOOZED: is_open & Q(snoozed_until__gt=now),
        MUTED: is_open & of_muted(muted),
        ACKNOWLEDGED: is_open & ~Q(acknowledged_by=""),
        FLAPS: Q(pk__in=flapping(project_id, int(now.timestamp()) * SECOND)),
    }
    return asked[state] if state in asked else Q(state=state)


def muted_rules(project_id: int, now: datetime) -> frozenset[int | None]:
    """The rules of which nobody is told now; None stands for all. One query."""
    return frozenset(mutes_at(project_id, now).values_list("rule", flat=True))


def of_muted(muted: frozenset[int | None]) -> Q:
    """What alerts of these rules fulfil."""
    return ~Q(pk=None) if None in muted else Q(rule__in=[each for each in muted if each])


def history(
    project_id: int,
    *,
    alert_id: int | None = None,
    rule_id: int | None = None,
    after: str = "",
    limit: int = 50,
) -> HistoryPage:
    """What happened, the newest first: to an alert, to those of a rule, or in the whole project.
    One query. Raises BadCursor."""
    found = AlertEvent.objects.filter(behind(after), project_id=project_id)
    if alert_id is not None:
        found = found.filter(alert=alert_id)
    if rule_id is not None:
        found = found.filter(alert__rule=rule_id)
    items = list(newest(found)[: limit + 1])
    last = items[limit - 1] if len(items) > limit else None
    return HistoryPage(items[:limit], f"{last.at_ns}-{last.pk}" if last else "")


def newest(found: QuerySet[AlertEvent]) -> QuerySet[AlertEvent]:
    """The newest first, with the alert and the rule of each."""
    return found.order_by("-at_ns", "-pk").select_related("alert__rule")


def behind(cursor: str) -> Q:
    """What comes after a cursor. Raises BadCursor."""
    if not cursor:
        return Q()
    at_ns, _, pk = cursor.partition("-")
    if not all(each.isascii() and each.isdigit() and len(each) < DIGITS for each in (at_ns, pk)):
        raise BadCursor(f"{cursor[:40]!r} is no `next` of a page.")
    return Q(at_ns__lt=int(at_ns)) | Q(at_ns=int(at_ns), pk__lt=int(pk))


def event(project_id: int, pk: int) -> AlertEvent | None:
    """One of what happened."""
    return newest(AlertEvent.objects.filter(project_id=project_id, pk=pk)).first()


def watched(project: Project, found: Rule) -> Watch:
    """A rule as it is worked with. Raises BadRule."""
    return watch(vars(found), project.week_start)


def unseen_by(project: Project, found: Rule, kept: Kept) -> str:
    """What a rule cannot see of its window, as the project keeps runs for so long; "" if it sees
    all, or makes no sense any more."""
    try:
        return unseen(watched(project, found), kept.metadata)
    except BadRule:
        return ""


def evidence_of(project: Project, happened: AlertEvent, limit: int = 20) -> Evidence | None:
    """The traces behind the value of an event, by what its rule says today; None where nothing was
    measured. Raises BadRule."""
    begin_ns, end_ns = happened.window_begin_ns, happened.window_end_ns
    if begin_ns is None or end_ns is None:
        return None
    found = watched(project, happened.alert.rule)
    if found.scope.each == "trace" and run_id(happened.alert.group) is None:
        raise BadRule("each", "The rule is of something else by now: its runs are not known.")
    question = Question(project.pk, found, ZoneInfo(project.time_zone), happened.at_ns)
    return evidence(question, happened.alert.group, Window(begin_ns, end_ns), limit)


def mutes(project_id: int, now: datetime) -> list[Mute]:
    """The mutes that hold or are to come, the next first. One query."""
    found = Mute.objects.filter(project_id=project_id, ends_at__gt=now)
    return list(found.order_by("begins_at", "pk").select_related("rule"))


def mute(project_id: int, pk: int) -> Mute | None:
    """One mute."""
    return Mute.objects.filter(project_id=project_id, pk=pk).select_related("rule").first()
