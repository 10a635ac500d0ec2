"""What looks again and again at what is metered: rules of alerts, and sums of it."""

from __future__ import annotations

import logging
from time import monotonic, time_ns

from celery import shared_task
from django.utils import timezone

from agentscope.alerts.evaluate import Other, evaluate, projects_due
from agentscope.alerts.retention import forget_events
from agentscope.budgets.keeping import keep_spent
from agentscope.budgets.witness import forget_told
from agentscope.budgets.write import forget_answers
from agentscope.meter.quarters import add_up_quarters
from agentscope.meter.retention import forget_readings

log = logging.getLogger(__name__)

SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on
# What else is told of changes, in the transaction of a look
OTHERS: tuple[Other, ...] = (keep_spent,)


@shared_task(name="alerts.evaluate")
def evaluate_due() -> None:
    """Look at the rules of projects of which something changed, one after the other."""
    for project_id in projects_due():
        evaluate_or_log(project_id)


def evaluate_or_log(project_id: int) -> None:
    """Look at the rules of a project. One that cannot be looked at must not keep others waiting: it
    is logged, and due again with the next tick."""
    try:
        evaluate(project_id, time_ns(), *OTHERS)
    except Exception:
        log.exception("Cannot look at the rules of project %s", project_id)


@shared_task(name="meter.add_up")
def add_up_meter() -> None:
    """Add up quarters of an hour that are over, until none is due or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and add_up_quarters(time_ns()):
        pass


@shared_task(name="meter.forget")
def forget_metered() -> None:
    """Delete what traces that are gone used, old sums, and what happened to alerts long ago."""
    forget_readings(time_ns())
    forget_events(time_ns())
    forget_answers()
    forget_told(timezone.now())
