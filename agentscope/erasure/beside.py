"""What names a person where neither traces nor redaction reach: reasons that people gave for what
they did, and what groups spent of budgets."""

from __future__ import annotations

from typing import Any

from agentscope.budgets.models import Budget, Spent
from agentscope.redaction.derived import Table
from agentscope.redaction.step import Step

NO_JSON: frozenset[str] = frozenset()
REASONS = {
    "reasons of mutes": Table("alert_mute", ("id",), ("reason",), NO_JSON).texts,
    "reasons of holds": Table("trace_hold", ("trace_id", "project_id"), ("reason",), NO_JSON).texts,
    "reasons of erasures": Table("erasure", ("id",), ("reason",), NO_JSON).texts,
}


def spent(step: Step, place: Any) -> Any:
    """What groups that are called by the name spent of budgets goes. Such budgets are added up anew
    from what was metered, which does not name it any more."""
    groups = Spent.objects.filter(budget__project_id=step.project_id).exclude(group="")
    named = [
        (pk, budget)
        for pk, budget, group in groups.values_list("pk", "budget_id", "group").iterator()
        if step.cleaner.texts(group) != group
    ]
    Budget.objects.filter(pk__in={budget for _, budget in named}).update(looked_at=None)
    Spent.objects.filter(pk__in=[pk for pk, _ in named]).delete()
    step.add(texts=len(named))
