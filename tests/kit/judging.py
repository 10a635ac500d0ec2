"""Days added up and judged, as the worker does it in time."""

from __future__ import annotations

from agentscope.costs.days import claim_day
from agentscope.costs.models import DayDue
from agentscope.findings.judging import judge_due
from agentscope.findings.models import JudgedDay
from agentscope.pipeline import add_up_day
from agentscope.traces.clocks import EPOCH


def judge() -> None:
    """Add up all days that changed, and judge them."""
    DayDue.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while found := claim_day():
        add_up_day(found)
    JudgedDay.objects.filter(due_at__isnull=False).update(due_at=EPOCH)
    while judge_due():
        pass
