"""Setting from how many repeats on detectors speak in a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from agentscope.findings.catalogue import Entry
from agentscope.findings.limits import Limit
from agentscope.findings.models import Threshold
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project

MOST = 1_000_000  # repeats


@transaction.atomic
def set_limits(
    project_id: int, who: str, entries: Iterable[Entry], wanted: Mapping[str, Limit]
) -> int:
    """Let these limits hold, by code, for traces that are examined from now on. What is as usual is
    not kept as the project's own. Each change is noted; how many there were."""
    Project.objects.select_for_update().get(pk=project_id)  # one change at a time
    changed = [each for each in entries if wanted.get(each.code, each.limit) != each.limit]
    for entry in changed:
        set_limit(project_id, who, entry, wanted[entry.code])
    return len(changed)


def set_limit(project_id: int, who: str, entry: Entry, limit: Limit) -> None:
    """Let one limit hold, and note it."""
    rows = Threshold.objects.filter(project_id=project_id, code=entry.code)
    if limit == entry.usual:
        rows.delete()
    else:
        Threshold.objects.update_or_create(
            project_id=project_id, code=entry.code, defaults=as_said(limit)
        )
    details = {"code": entry.code, "before": as_said(entry.limit), "after": as_said(limit)}
    note_change("detector", project_id, who, f"{entry.code} {in_words(limit)}.", details)


def as_said(limit: Limit) -> dict[str, int | bool]:
    """A limit by the names of its parts."""
    return {"inform": limit.inform, "alert": limit.alert, "enabled": limit.enabled}


def in_words(limit: Limit) -> str:
    """A limit as the rest of a sentence."""
    if not limit.enabled:
        return "is off"
    return f"informs from {limit.inform} on and alerts from {limit.alert} on"
