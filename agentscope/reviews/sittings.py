"""How long somebody looked at a decision and what of its evidence was opened, as the server saw
it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agentscope.reviews.case import Case
from agentscope.reviews.models import Sitting

PAUSE = 900.0  # seconds: whoever does nothing for longer is taken to look at something else
MOST_SPANS = 1_000  # of evidence that is remembered
KEPT = timedelta(days=30)  # of those who never said what they think


@dataclass(frozen=True, slots=True)
class Looked:
    """What somebody did before saying what to think. None: nobody saw it."""

    opened_at: datetime | None = None
    seconds: int | None = None
    evidence: list[int] | None = None  # spans, in the order in which they were opened


@transaction.atomic
def opened(case: Case, who: str, span_id: int | None = None) -> Sitting:
    """Somebody opens a decision, or a span of its evidence: what is known of it by now."""
    now = timezone.now()
    start = {"opened_at": now, "last_at": now}
    one, is_new = Sitting.objects.select_for_update().get_or_create(
        **case.named, who=who, defaults=start
    )
    if not is_new:
        one.seconds, one.last_at = spent(one, now), now
    if span_id is not None and span_id not in one.evidence[:MOST_SPANS]:
        one.evidence = [*one.evidence, span_id][:MOST_SPANS]
    if not is_new or one.evidence:
        one.save()
    return one


def spent(one: Sitting, now: datetime) -> float:
    """For how many seconds it was looked at until now; of long pauses PAUSE."""
    return one.seconds + min(max((now - one.last_at).total_seconds(), 0), PAUSE)


def ended(case: Case, who: str, now: datetime) -> Looked:
    """Somebody says what to think: what was seen of it until now. Nothing, where the decision was
    not opened on its page."""
    one = Sitting.objects.select_for_update().filter(**case.named, who=who).first()
    if one is None:
        return Looked()
    found = Looked(one.opened_at, round(spent(one, now)), one.evidence)
    one.delete()
    return found


def forget_sittings() -> None:
    """Delete those of which nothing came long ago."""
    Sitting.objects.filter(last_at__lt=timezone.now() - KEPT).delete()
