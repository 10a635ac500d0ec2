"""What is done again and again: days of calls are added up, and cheaper models suggested anew."""

from __future__ import annotations

from time import monotonic

from celery import shared_task
from django.utils import timezone

from agentscope.routing.days import add_up_days, forget_uses
from agentscope.routing.soon import suggest_soon
from agentscope.routing.suggest import suggest_all

SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on


@shared_task(name="routing.add_up")
def add_up_uses() -> None:
    """Add up days of uses that are over, until none is due or the shift is over; suggest models
    where none is suggested yet."""
    end = monotonic() + SHIFT
    while monotonic() < end and add_up_days():
        pass
    suggest_soon(timezone.now())


@shared_task(name="routing.suggest")
def suggest_models() -> None:
    """Suggest cheaper models anew in every project, by what the last weeks came to; forget calls of
    traces that are gone."""
    forget_uses()
    suggest_all(timezone.now())
