"""What is done each hour: forget calls of traces that are gone, and suggest anew."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from agentscope.routing.suggest import suggest_all
from agentscope.routing.write import forget_uses


@shared_task(name="routing.suggest")
def suggest_models() -> None:
    """Suggest cheaper models anew in every project, by what the last weeks came to."""
    forget_uses()
    suggest_all(timezone.now())
