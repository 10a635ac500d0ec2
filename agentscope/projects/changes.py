"""The log of what people changed in a project. Only ever added to."""

from __future__ import annotations

from typing import Any

from agentscope.projects.models import Change

COMMAND_LINE = "command line"  # who did it, where no user is known


def note_change(project_id: int, who: str, what: str, details: dict[str, Any]) -> Change:
    """Write down a change, in the transaction that makes it.

    `what` is a sentence for people; `details` is for programs, amounts being decimal strings.
    """
    return Change.objects.create(project_id=project_id, who=who, what=what, details=details)


def changes_of(project_id: int, before: int | None, limit: int) -> list[Change]:
    """The newest changes, of those before the one with this number."""
    found = Change.objects.filter(project_id=project_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])
