"""What a rule that a budget keeps says of it to machines: each level has a rule of its own."""

from __future__ import annotations

from decimal import Context
from typing import Any

from agentscope.alerts.models import AlertEvent, Rule
from agentscope.alerts.names import digits

SEVERITY = {"soft": "warning", "hard": "alert"}  # of the levels, in the order of their rules
LEVEL = {severity: level for level, severity in SEVERITY.items()}
DIGITS = Context(prec=38)  # that an amount is stored with
UNIT = {"cost": "usd", "tokens": "tokens"}  # by metric


def rule_name(budget: str, level: str) -> str:
    """What the rule of a level is called."""
    return f"{budget}{ending(level)}"


def ending(level: str) -> str:
    """How the names of rules of a level end."""
    return f": {level} level"


def budget_data(rule: Rule) -> dict[str, Any]:
    """The budget that keeps a rule, as message.DATA names it; nothing of other rules. One query."""
    if rule.budget is None:
        return {}
    level = LEVEL[rule.severity]
    return {
        "budget": {"id": rule.budget, "name": rule.name.removesuffix(ending(level))},
        "level": level,
        "unit": UNIT[rule.metric],
        "limit": limit_of(rule),
        **{name: rule.only.get(name) for name in ("session", "trace")},
    }


def limit_of(rule: Rule) -> str | None:
    """The limit of the budget that keeps a rule: at which its hard level fires."""
    siblings = Rule.objects.filter(project_id=rule.project_id, budget=rule.budget)
    hard = siblings.filter(severity=SEVERITY["hard"]).values_list("condition", flat=True).first()
    return None if hard is None else str(hard["threshold"])


def event_data(of_budget: dict[str, Any], rule: Rule, event: AlertEvent) -> dict[str, Any]:
    """The same with what happened to a group; nothing of other rules."""
    if not of_budget:
        return {}
    group = event.alert.group
    own = {rule.each: group} if rule.each in ("session", "trace") else {}
    said = {**of_budget, **own}
    return {
        **said,
        "trace": said["trace"] and digits(said["trace"]),
        "group": digits(group) if rule.each == "trace" else group,
        "notice": event.notice,
        "spent": None if event.value is None else f"{event.value.normalize(DIGITS):f}",
        "unpriced_calls": event.unpriced_calls,
    }
