"""Telling people what happened to alerts: messages to the channels of their rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from agentscope.alerts.conditions import GoneWithin, Measured, rate, seconds_left
from agentscope.alerts.evidence import Part, evidence, names_of, worst_finding
from agentscope.alerts.heard import HeldBack
from agentscope.alerts.kept import budget_data, event_data
from agentscope.alerts.machine import Notice
from agentscope.alerts.models import SEVERITIES, AlertEvent, Rule
from agentscope.alerts.names import run_called, run_id, short
from agentscope.alerts.question import Question
from agentscope.alerts.watch import Watch
from agentscope.alerts.windows import Rolling
from agentscope.alerts.words import Forecast, Tale, facts, sentences, title
from agentscope.channels.message import Message, Severity
from agentscope.channels.write import deliver
from agentscope.projects.models import Project

MOST_AT_ONCE = 10  # messages of a rule; what more there is goes into one


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to an alert, and how often it changed within an hour."""

    event: AlertEvent
    measured: Measured
    changes: int
    run: str = ""  # its name and id, if the alert is of one and its name is known

    @property
    def group(self) -> str:
        """Whose alert it is, as people know it."""
        return self.run or self.event.alert.group

    @property
    def is_told(self) -> bool:
        """Whether people are told by a message of its own."""
        return bool(self.event.notice and not self.event.held_back)

    @property
    def is_over(self) -> bool:
        """Whether a threshold is reached."""
        return self.event.notice in (Notice.FIRED, Notice.REMINDED)


def together(happened: Sequence[Happened]) -> list[Happened]:
    """What is to be told, the largest values first. What is more than MOST_AT_ONCE is marked as
    told together."""
    told = [each for each in happened if each.is_told]
    told.sort(key=lambda each: -(each.event.value or Decimal(0)))
    for each in told[MOST_AT_ONCE:]:
        each.event.held_back = HeldBack.TOGETHER
    return told


def hand_over(
    project: Project, rule: Rule, watched: Watch, told: Sequence[Happened], now_ns: int
) -> None:
    """Have what happened delivered, in the transaction that writes it down."""
    channels = list(rule.channels.all()) if told else []
    if not channels:
        return
    zone = ZoneInfo(project.time_zone)
    question, data = Question(project.pk, watched, zone, now_ns), budget_data(rule)
    told = named_runs(question, told)
    for each in told[:MOST_AT_ONCE]:
        tale = tale_of(rule, question, each)
        message = message_of(project, rule, each.event, tale)
        of_event = event_data(data, rule, each.event)
        deliver(project.pk, channels, replace(message, data=of_event))
    if rest := told[MOST_AT_ONCE:]:
        deliver(project.pk, channels, replace(message_of_all(project, rule, rest), data=data))


def named_runs(question: Question, told: Sequence[Happened]) -> list[Happened]:
    """The same with the names of their runs. One query, of rules that tell runs apart."""
    if question.watch.scope.each != "trace":
        return list(told)
    runs = [run_id(each.event.alert.group) for each in told]
    names = names_of(question.project_id, [run for run in runs if run])
    return [
        replace(each, run=run_called(names.get(run, ""), run) if run else "")
        for each, run in zip(told, runs, strict=True)
    ]


def tale_of(rule: Rule, question: Question, happened: Happened) -> Tale:
    """What there is to tell of an event."""
    event = happened.event
    return Tale(
        rule.name,
        question.watch,
        question.zone,
        happened.group,
        Notice(event.notice),
        event.value,
        event.threshold,
        happened.measured.window,
        event.unpriced_calls,
        worst_of(question, happened),
        happened.changes,
        is_late=bool(event.did),
        finding=finding_of(question, happened),
        forecast=forecast_of(question.watch, happened.measured),
    )


def worst_of(question: Question, happened: Happened) -> Part | None:
    """The trace with most of what an alert fires for, if it is known."""
    if not happened.is_over:
        return None
    group = happened.event.alert.group
    found = evidence(question, group, happened.measured.window, 1)
    return found.parts[0] if found.parts else None


def finding_of(question: Question, happened: Happened) -> str:
    """What the worst finding says of those for which an alert fires; "" if it fires for others."""
    if not happened.is_over:
        return ""
    return worst_finding(question, happened.event.alert.group, happened.measured.window)


def forecast_of(watched: Watch, measured: Measured) -> Forecast | None:
    """How a budget stands that is gone soon; None for what is no forecast. Of a window that rolls
    nobody knows when: what leaves it meanwhile is not spent any more."""
    condition = watched.condition
    if not isinstance(condition, GoneWithin):
        return None
    if measured.value is None or isinstance(watched.span, Rolling):
        return Forecast(measured.value, None)
    return Forecast(measured.value, seconds_left(condition.limit, measured.value, rate(measured)))


def message_of(project: Project, rule: Rule, event: AlertEvent, tale: Tale) -> Message:
    """The message of an event."""
    severity = severity_of(rule, Notice(event.notice))
    link = f"{address(project)}{event.alert_id}/?event={event.pk}"
    about = f"alert-event:{event.pk}"
    return Message(title(tale), sentences(tale), facts(tale), link, severity, about)


def message_of_all(project: Project, rule: Rule, rest: Sequence[Happened]) -> Message:
    """One message of all that are told together."""
    first, last = (limit(each.event.pk for each in rest) for limit in (min, max))
    number = f"{len(rest):,} more alert{'s' if len(rest) > 1 else ''}"
    names = ", ".join(short(each.group) for each in rest[:MOST_AT_ONCE])
    left = len(rest) - MOST_AT_ONCE
    more = f" and {left:,} more" if left > 0 else ""
    return Message(
        f"“{short(rule.name)}”: {number}",
        (
            f"{number} of the rule “{short(rule.name)}” changed at the same time: {names}{more}.",
            "The page of alerts has all of them.",
        ),
        (("Rule", short(rule.name)), ("Alerts", f"{len(rest):,}")),
        f"{address(project)}?rule={rule.pk}",
        min((severity_of(rule, Notice(each.event.notice)) for each in rest), key=SEVERITIES.index),
        f"alert-events:{first}-{last}",
    )


def address(project: Project) -> str:
    """Where the alerts of a project are."""
    return f"/p/{quote(project.name, safe='')}/alerts/"


def severity_of(rule: Rule, notice: Notice) -> Severity:
    """How bad it is: what is over is worth knowing, and without data nobody knows."""
    if notice in (Notice.RESOLVED, Notice.CORRECTED):
        return "info"
    of_rule: Severity = "warning" if rule.severity == "warning" else "alert"
    if rule.severity == "info":
        return "info"
    return "warning" if notice == Notice.NO_DATA else of_rule
