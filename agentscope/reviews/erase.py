"""What people wrote about decisions can be erased, as it may tell of somebody. Verdicts, and the
digests of what was written, stay."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agentscope.projects.changes import note_change
from agentscope.reviews.models import Comment, Review


@transaction.atomic
def erase_texts(project_id: int, traces: Collection[UUID], who: str, why: str) -> int:
    """Erase the reasons and comments about decisions of these traces; how many there were."""
    gone = {"text": "", "salt": "", "erased_at": timezone.now()}
    about = {"project_id": project_id, "trace_id__in": traces, "erased_at": None}
    count = sum(
        model.objects.filter(**about).exclude(text="").update(**gone) for model in (Review, Comment)
    )
    if count:
        what = f"The text of {count} reviews and comments was erased: {why}"
        details = {"traces": sorted(each.hex for each in traces), "why": why}
        note_change("erasure", project_id, who, what, details)
    return count
