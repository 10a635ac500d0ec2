"""Adding causes up from their findings.

The queue is the column `Cause.due_at`: whoever changes a finding makes its cause due in the same
transaction. Nothing is incremented.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F, Max, Min, Sum
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from agentscope.findings.models import Cause, Finding
from agentscope.traces.clocks import moment

log = logging.getLogger(__name__)

AT_ONCE = 20  # causes in one transaction
AGAIN_AFTER = timedelta(minutes=5)
CLAIM = """
select project_id, fingerprint from finding_cause where due_at <= statement_timestamp()
order by due_at limit %s for update skip locked
"""


@transaction.atomic
def add_up(limit: int = AT_ONCE) -> int:
    """Add up causes that are due, each by one worker at a time; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [limit])
        claimed: list[tuple[int, UUID]] = cursor.fetchall()
    for project_id, fingerprint in claimed:
        add_up_or_log(project_id, fingerprint)
    return len(claimed)


def add_up_or_log(project_id: int, fingerprint: UUID) -> None:
    """Add up a cause. One that cannot be must not keep others waiting: it is logged, and due again
    in a while."""
    try:
        with transaction.atomic():
            add_up_one(project_id, fingerprint)
    except Exception:
        log.exception("Cannot add up cause %s of project %s", fingerprint, project_id)
        Cause.objects.filter(project_id=project_id, fingerprint=fingerprint).update(
            due_at=timezone.now() + AGAIN_AFTER
        )


def add_up_one(project_id: int, fingerprint: UUID) -> None:
    """Write down what the findings of a cause come to, those of more places among them. Without any
    it goes, unless somebody decided something about it."""
    rows = Finding.objects.filter(
        project_id=project_id, fingerprint=fingerprint, withdrawn_at__isnull=True
    )
    cause = Cause.objects.filter(project_id=project_id, fingerprint=fingerprint)
    newest = rows.order_by("-last_at", "trace_id").first()
    if newest is None:
        cause.filter(decision="").delete()
        cause.update(findings=0, more_places=0, traces=0, due_at=None)
        return
    found = rows.aggregate(
        findings=Count("*") + Sum("more_places"),
        more_places=Sum("more_places"),
        traces=Count("trace_id", distinct=True),
        severity=Max("severity"),
        first_ns=Min(Least("first_ns", "more_first_ns")),
        last_at=Max(Greatest("last_at", "more_last_at")),
        raised_at=Max("raised_at"),
        tokens=Sum(F("tokens") + F("more_tokens")),
        known_cost=Sum(F("known_cost") + F("more_cost")),
        unpriced_calls=Sum(F("unpriced_calls") + F("more_unpriced")),
    )
    first = moment(found.pop("first_ns") // 1000)
    cause.update(**found, first_at=first, sentence=newest.sentence, due_at=None)
