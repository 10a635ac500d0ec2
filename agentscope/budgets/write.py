"""Making budgets and what belongs to them, and what people decide by hand. Each change is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from agentscope.alerts.evaluate import wait_for
from agentscope.alerts.kept import SEVERITY, rule_name
from agentscope.alerts.models import Rule
from agentscope.alerts.stored import check_stored
from agentscope.alerts.watch import BadRule, check_window, uuid_of
from agentscope.alerts.windows import SECOND
from agentscope.alerts.write import KINDS, check_there, keep, told
from agentscope.budgets.decision import Decision
from agentscope.budgets.models import (
    Answer,
    Budget,
    Lift,
    Otherwise,
    Reservation,
    Spent,
    Stop,
    ToolHour,
)
from agentscope.budgets.policy import Fail, Policy, Terms, as_rule, check_policy, share, terms
from agentscope.channels.models import Channel
from agentscope.findings.catalogue import unknown
from agentscope.meter.scope import group_name
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project

LONGEST_NAME = 200  # characters
LONGEST_WHY = 2_000
PLAIN = ("name", "unit", "only", "each", "window", "policy", "enabled")  # of a budget, as noted
LONGEST_LIFT = timedelta(days=31)
STOPPABLE = ("trace", "session", "agent")
KEPT = timedelta(days=90)  # answers, and what was spent
KEPT_RESERVATIONS = timedelta(days=1)
BATCH = 10_000  # rows that are deleted at once


@transaction.atomic
def save_budget(
    project: Project,
    who: str,
    said: Mapping[str, Any],
    channels: Sequence[Channel] | None = None,
    budget: Budget | None = None,
) -> Budget:
    """Make a budget, or change one, with the rules of its two levels, which tell `channels`; None:
    those that they told before. `said` is by the names of models.Budget. Nobody adds it up as it
    was meanwhile. Raises BadRule, and Gone for one that was deleted."""
    wait_for(project.pk)
    if budget:
        check_there(budget)
    found = budget or Budget(project_id=project.pk, created_by=who)
    before = as_said(found) if budget else {}
    meant = meaning(said, project.week_start)
    found.name, found.unit = named(said), said.get("unit") or Budget.Unit.USD
    found.limit, found.soft = Decimal(str(said["limit"])), share(said)
    found.only, found.each = dict(meant.watch.scope.only), meant.watch.scope.each
    found.window, found.policy = said["window"], said.get("policy") or {}
    found.enabled = said.get("enabled", True)
    found.changed_at, found.looked_at, found.trouble = timezone.now(), None, ""
    try:
        with transaction.atomic():
            found.save()
            manage_rules(found, who, channels)
    except IntegrityError as error:
        raise BadRule("name", f"There is a budget or a rule “{found.name}” already.") from error
    verb = "changed" if budget else "made"
    details = {"before": before, "after": as_said(found)}
    note_change("budget", project.pk, who, f"Budget “{found.name}” was {verb}.", details)
    return found


def meaning(said: Mapping[str, Any], week_start: int) -> Terms:
    """What is said of a budget. Raises BadRule for one that cannot be worked with, or would count
    what is not stored while it is on."""
    check_policy(said.get("policy") or {})
    meant = terms(said, week_start)
    check_window(said["window"])
    check_findings(meant.policy)
    if said.get("enabled", True):
        check_stored(meant.watch)
    return meant


def check_findings(policy: Policy) -> None:
    """Raise BadRule for findings that nobody looks for: they would stop nothing."""
    if strange := unknown(policy.findings):
        raise BadRule("findings", f"Nothing is looked for that is called “{strange[0]}”: {KINDS}")


def named(said: Mapping[str, Any]) -> str:
    """What it is called. Raises BadRule."""
    name = str(said.get("name") or "").strip()
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise BadRule("name", f"A name has 1 to {LONGEST_NAME} characters.")
    return name


def as_said(budget: Budget) -> dict[str, Any]:
    """A budget as it is noted."""
    plain = {name: getattr(budget, name) for name in PLAIN}
    return plain | {"limit": f"{budget.limit:f}", "soft": f"{budget.soft:f}"}


def manage_rules(budget: Budget, who: str, channels: Sequence[Channel] | None) -> None:
    """Let the rules of both levels be as their budget is: kept as any rule is."""
    rules = list(Rule.objects.filter(project_id=budget.project_id, budget=budget.pk).order_by("pk"))
    while len(rules) < len(SEVERITY):
        rules.append(Rule(project_id=budget.project_id, budget=budget.pk, created_by=who))
    amounts = budget.limit * Decimal(budget.soft), budget.limit
    for level, rule, amount in zip(SEVERITY, rules, amounts, strict=False):
        before = told(rule) if rule.pk else {}
        for name, value in as_rule(vars(budget), amount).items():
            setattr(rule, name, value)
        rule.name, rule.enabled = rule_name(budget.name, level), budget.enabled
        rule.severity = SEVERITY[level]
        keep(rule, before, who)
        if channels is not None:
            rule.channels.set(channels)


@transaction.atomic
def delete_budget(budget: Budget, who: str) -> None:
    """Delete a budget with its rules. What was answered stays. Done once, whoever else does so;
    nobody reserves of it meanwhile."""
    wait_for(budget.project_id)
    if not Budget.objects.select_for_update().filter(pk=budget.pk).exists():
        return
    what, details = f"Budget “{budget.name}” was deleted.", {"before": as_said(budget)}
    note_change("budget", budget.project_id, who, what, details)
    Rule.objects.filter(project_id=budget.project_id, budget=budget.pk).delete()
    budget.delete()


@transaction.atomic
def lift_budget(budget: Budget, group: str, until: datetime, who: str, why: str) -> Lift:
    """Let a group go on over its budget for a while. Raises BadRule."""
    check(until, why)
    kept = uuid_of(group, "group") if budget.each == "trace" else group
    of = f" for “{group_name(budget.each, kept)}”" if group else ""
    plain = {"project_id": budget.project_id, "until": until, "who": who, "why": why}
    made = Lift.objects.create(budget=budget, group=kept, **plain)
    what = f"Budget “{budget.name}”{of} was lifted: {why}"
    note_change("budget", budget.project_id, who, what, {"after": lift_said(made)})
    return made


@transaction.atomic
def lift_findings(project_id: int, trace: UUID, until: datetime, who: str, why: str) -> Lift:
    """Let a trace go on in spite of what was found in it. Raises BadRule."""
    check(until, why)
    made = Lift.objects.create(project_id=project_id, trace=trace, until=until, who=who, why=why)
    what = f"Findings of trace {trace.hex} were lifted: {why}"
    note_change("budget", project_id, who, what, {"after": lift_said(made)})
    return made


@transaction.atomic
def end_lift(found: Lift, who: str) -> None:
    """Let nobody go on any more by this, before it is over. Done once, whoever else does so."""
    ended = {"ended_at": timezone.now(), "ended_by": who}
    if Lift.objects.filter(pk=found.pk, ended_at=None).update(**ended):
        what = f"{lifted(found)} may not go on any more."
        note_change("budget", found.project_id, who, what, {"before": lift_said(found)})


def lifted(found: Lift) -> str:
    """What is let go on, as it is noted."""
    if found.budget is None:
        return f"In spite of findings, trace {found.trace.hex if found.trace else ''}"
    return f"Over budget “{found.budget.name}”, " + (
        f"“{group_name(found.budget.each, found.group)}”" if found.group else "calls"
    )


def lift_said(found: Lift) -> dict[str, Any]:
    """A lift as it is noted."""
    trace = found.trace.hex if found.trace else ""
    of = {"budget": found.budget.name, "group": found.group} if found.budget else {"trace": trace}
    return of | {"until": found.until.isoformat(), "why": found.why}


def check(until: datetime, why: str) -> None:
    """Nobody is let go on for ever, or without a reason. Raises BadRule."""
    if not timezone.now() < until <= timezone.now() + LONGEST_LIFT:
        raise BadRule("until", f"A lift ends within {LONGEST_LIFT.days} days.")
    check_why(why)


def check_why(why: str) -> None:
    """A reason is said. Raises BadRule."""
    if not 0 < len(why.strip()) <= LONGEST_WHY or "\0" in why:
        raise BadRule("why", f"Say why, in at most {LONGEST_WHY} characters.")


@transaction.atomic
def stop(
    project_id: int, of: str, name: str, who: str, why: str, until: datetime | None = None
) -> Stop:
    """Stop a trace, a session or an agent until then, or somebody ends that. Raises BadRule."""
    if of not in STOPPABLE:
        raise BadRule("of", f"One of {', '.join(STOPPABLE)} is stopped, by its name.")
    if not name or "\0" in name:
        raise BadRule("name", f"The {of} that is stopped has a name.")
    check_why(why)
    if until is not None and until <= timezone.now():
        raise BadRule("until", "That is over already.")
    if of == "trace":
        name = group_name(of, uuid_of(name, "name"))
    said = {"of": of, "name": name, "until": until, "who": who, "why": why}
    made = Stop.objects.create(project_id=project_id, **said)
    what, details = f"The {of} “{name}” was stopped: {why}", {"after": stop_said(made)}
    note_change("budget", project_id, who, what, details)
    return made


@transaction.atomic
def end_stop(found: Stop, who: str) -> None:
    """Let what was stopped go on. Done once, whoever else does so."""
    ended = {"ended_at": timezone.now(), "ended_by": who}
    if Stop.objects.filter(pk=found.pk, ended_at=None).update(**ended):
        what, details = f"The {found.of} “{found.name}” may go on.", {"before": stop_said(found)}
        note_change("budget", found.project_id, who, what, details)


def stop_said(found: Stop) -> dict[str, Any]:
    """A stop as it is noted."""
    until = found.until.isoformat() if found.until else None
    return {"of": found.of, "name": found.name, "until": until, "why": found.why}


@transaction.atomic
def set_otherwise(project_id: int, decision: str, fail: str, who: str) -> Otherwise:
    """What holds where no budget does. Raises BadRule."""
    if decision not in {each.word for each in Decision}:
        raise BadRule("decision", f"There is no decision “{decision}”.")
    if fail not in set(Fail):
        raise BadRule("fail", "Without an answer it goes on (open) or stops (closed).")
    said = {"decision": decision, "fail": fail}
    before = Otherwise.objects.filter(project_id=project_id).values(*said).first()
    details = {"before": before, "after": said}
    note_change("budget", project_id, who, f"Without a budget: {decision}, fails {fail}.", details)
    return Otherwise.objects.update_or_create(project_id=project_id, defaults=said)[0]


def forget_answers() -> None:
    """Delete what was answered long ago, what was reserved, and what groups spent and how tools
    did of which nothing was heard since."""
    now = timezone.now()
    before, long_ago = now - KEPT, now - KEPT_RESERVATIONS
    old = int(before.timestamp() * SECOND)
    forget(Answer.objects.filter(at__lt=before))
    forget(Reservation.objects.filter(expires_at__lt=long_ago))
    forget(Spent.objects.filter(as_of_ns__lt=old))
    forget(ToolHour.objects.filter(as_of_ns__lt=old))


def forget(rows: QuerySet[Any]) -> None:
    """Delete rows, BATCH at once."""
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.filter(pk__in=some).delete()
