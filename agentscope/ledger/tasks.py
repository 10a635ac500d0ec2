"""The tick of the ledger."""

from __future__ import annotations

from celery import shared_task

from agentscope.ledger.anchoring import want_anchored
from agentscope.ledger.models import Entry
from agentscope.ledger.write import checkpoint


@shared_task(name="ledger.checkpoint")
def tell() -> None:
    """Sign how long each ledger is that has grown, which is to be kept elsewhere too."""
    for project in Entry.objects.order_by().values_list("project_id", flat=True).distinct():
        if told := checkpoint(project):
            want_anchored(project, told.position)
