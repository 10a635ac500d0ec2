"""What people decide about causes: expected here, resolved, or open again. Each decision is in the
log of changes, and can be taken back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agentscope.findings.models import Cause
from agentscope.projects.changes import note_change

EXPECTED, RESOLVED, NONE = Cause.Decision.EXPECTED, Cause.Decision.RESOLVED, Cause.Decision.NONE
OPEN, REOPENED = "open", "reopened"
STATES = (OPEN, REOPENED, str(EXPECTED.value), str(RESOLVED.value))
WORDS = {EXPECTED: "expected here", RESOLVED: "resolved", NONE: "open again"}


def state(cause: Cause) -> str:
    """How a cause stands: one of STATES. What was resolved and was found again since, or went on in
    a trace that was open then, is reopened; what is expected stays so."""
    if cause.decision != RESOLVED:
        return cause.decision or OPEN
    times = [at for at in (cause.raised_at, cause.last_at) if at]
    since = cause.decided_at and any(at > cause.decided_at for at in times)
    return REOPENED if since else str(RESOLVED.value)


@transaction.atomic
def decide(
    project_id: int, fingerprint: UUID, decision: Cause.Decision, who: str, note: str = ""
) -> Cause | None:
    """Write down what somebody decided about a cause, and that they did; None if the project has
    no such cause."""
    rows = Cause.objects.select_for_update()
    cause = rows.filter(project_id=project_id, fingerprint=fingerprint).first()
    if cause is None:
        return None
    before = cause.decision
    Cause.objects.filter(project_id=project_id, fingerprint=fingerprint).update(
        decision=decision, decided_at=timezone.now(), decided_by=who, note=note
    )
    details = {"fingerprint": str(fingerprint), "before": before, "after": decision, "note": note}
    what = f"{cause.code} of {cause.subject} is {WORDS[decision]}."
    note_change("finding", project_id, who, what, details)
    return Cause.objects.get(project_id=project_id, fingerprint=fingerprint)
