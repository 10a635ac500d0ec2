"""What would go if a project kept its traces for so many days, before anybody decides it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from agentscope.retention.models import Periods
from agentscope.retention.read import Kept, in_force
from agentscope.retention.write import check_periods
from agentscope.storage.ages import Going, ages, going
from agentscope.storage.read import storage


@dataclass(frozen=True)
class Preview:
    """What goes within hours of such periods, in traces, spans and bytes; None: the project was not
    measured yet."""

    kept: Kept
    going: Going
    size: int | None
    held: int | None


def preview(project_id: int, payload_days: int | None, metadata_days: int | None) -> Preview:
    """What such periods would remove now. Raises BadPeriods. Three queries."""
    check_periods(payload_days, metadata_days)
    kept = in_force(Periods(payload_days=payload_days, metadata_days=metadata_days))
    found = going(ages(project_id), kept, timezone.now().date())
    if (measured := storage(project_id)) is None:
        return Preview(kept, found, None, None)
    return Preview(kept, found, measured.bytes_of(found), measured.bytes_held(found.held))
