"""The tick of measuring."""

from celery import shared_task

from agentscope.storage.measure import measure_if_due


@shared_task(name="storage.measure")
def measure() -> None:
    """Measure what is stored, once an hour."""
    measure_if_due()
