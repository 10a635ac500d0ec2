"""In which days, weeks and months a project counts: its time zone, and when its week begins."""

from __future__ import annotations

from calendar import day_name
from zoneinfo import available_timezones

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.costs import BadSetting
from agentscope.projects.models import Project


@transaction.atomic
def set_clock(project: Project, time_zone: str, week_start: int, who: str) -> bool:
    """Store both and note what changed; whether anything did. `week_start` is 0 for Monday. What
    is counted in windows of the old ones is counted anew. Raises BadSetting, with `time_zone` or
    `week_start`."""
    check(time_zone, week_start)
    kept = Project.objects.select_for_update().get(pk=project.pk)
    before = {"time_zone": kept.time_zone, "week_start": kept.week_start}
    after = {"time_zone": time_zone, "week_start": week_start}
    if before == after:
        return False
    kept.time_zone, kept.week_start = time_zone, week_start
    kept.save(update_fields=list(after))
    what = f"Days begin at midnight in {time_zone} now, and weeks on {day_name[week_start]}"
    note_change("project", kept.pk, who, what, {"before": before, "after": after})
    return True


def check(time_zone: str, week_start: int) -> None:
    """Raises BadSetting unless the IANA database has the zone, and the week the day."""
    errors = {}
    if time_zone not in available_timezones():
        errors["time_zone"] = "There is no such time zone: name one as Europe/Berlin."
    if week_start not in range(7):
        errors["week_start"] = "A week begins on one of its days."
    if errors:
        raise BadSetting(**errors)
