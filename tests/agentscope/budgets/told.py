"""Budgets, spans and questions for tests, at noon."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.test import TestCase

from agentscope.alerts.evaluate import evaluate
from agentscope.budgets.deciding import decide
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.models import Budget
from agentscope.budgets.question import Question
from agentscope.budgets.told import told
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from tests.kit.costs import store
from tests.kit.spans import NOON

SECOND = 10**9
MINUTE = 60 * SECOND
TODAY = {"kind": "calendar", "unit": "day"}
WHOLE = {"kind": "whole"}
HOURLY = {"kind": "rolling", "seconds": 3600}


def budget(project: Project, limit: str = "10", **said: Any) -> Budget:
    plain = {"name": "daily", "unit": "usd", "soft": Decimal("0.8"), "window": TODAY}
    return Budget.objects.create(project_id=project.pk, limit=Decimal(limit), **(plain | said))


def tell(project: Project, *spans: Any) -> None:
    """Store spans and examine their traces."""
    store(project.pk, *spans)
    for project_id, trace in Trace.objects.values_list("project_id", "trace_id"):
        examine(project_id, trace)


def look(project: Project, after: int = MINUTE) -> None:
    """Add up what is spent, so many ns after noon."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        evaluate(project.pk, NOON + after, keep_spent)


def ask(project: Project, after: int = MINUTE, **said: Any) -> dict[str, Any]:
    """What is answered, so many ns after noon."""
    return told(decide(project, Question(**said), NOON + after))
