"""The ticks of accounts."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from agentscope.accounts import attempts, told


@shared_task(name="accounts.tell")
def tell() -> None:
    """Tell ledgers of attempts in vain."""
    told.tell_failures()


@shared_task(name="accounts.forget")
def forget() -> None:
    """Delete sessions that are over, and failures that do not count any more."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    attempts.forget_old()
