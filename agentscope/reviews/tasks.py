"""The tick of the queues of reviews."""

from __future__ import annotations

from time import monotonic

from celery import shared_task

from agentscope.reviews.fill import fill_from_runs, fill_new_queue
from agentscope.reviews.letters import mail_mentions
from agentscope.reviews.sittings import forget_sittings

SHIFT = 1.0  # second, then the task gives way to others; the next tick goes on


@shared_task(name="reviews.fill")
def fill() -> None:
    """Fill queues, until nothing is left to look at or the shift is over."""
    end = monotonic() + SHIFT
    while monotonic() < end and (fill_new_queue() or fill_from_runs()):
        pass


@shared_task(name="reviews.forget")
def forget() -> None:
    """Forget who looked at decisions long ago and said nothing of them."""
    forget_sittings()


@shared_task(name="reviews.mail")
def mail() -> None:
    """Mail who is named in comments."""
    mail_mentions()
